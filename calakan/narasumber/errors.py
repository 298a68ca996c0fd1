"""What volunteers and assignments refuse."""

from calakan.kernel.errors import DomainError


class SpeakerClash(DomainError):
    """In two places at once: `name`, and `title`, `place`, `starts_at`, `ends_at` of the session in the way."""

    field = "speakers"


class NotAVolunteer(DomainError):
    """Only an approved narasumber can be assigned."""

    field = "speakers"


class SlotClosed(DomainError):
    """The session is over, cancelled or not open to offers."""


class SlotTaken(DomainError):
    """Somebody else already stands confirmed."""


class AlreadyVolunteer(DomainError):
    pass
