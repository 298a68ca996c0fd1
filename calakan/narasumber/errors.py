"""What volunteers and assignments refuse."""

from calakan.kernel.errors import DomainError


class SpeakerClash(DomainError):
    """In two places at once: `name`, and `title`, `place`, `starts_at`, `ends_at` of what is in the way."""

    field = "speakers"


class AccountClash(DomainError):
    """One licence cannot host two sessions: `name`, `other_title`, `starts_at`, `ends_at`."""

    field = "account"


class OverrideNotAllowed(DomainError):
    """A clash is accepted by the panitia alone."""

    field = "override"


class AccountUnknown(DomainError):
    field = "account"


class AccountTaken(DomainError):
    """Another meeting account has this name."""

    field = "name"


class NotAVolunteer(DomainError):
    """Only an approved narasumber can be assigned."""

    field = "speakers"


class OutsiderClosed(DomainError):
    """The account of this address is closed."""


class SlotClosed(DomainError):
    """The session is over, cancelled or not open to offers."""


class SlotTaken(DomainError):
    """Somebody else already stands confirmed."""


class AlreadyAsked(DomainError):
    """This person was invited and may still answer, or stands confirmed."""


class TooManyInvitations(DomainError):
    """This person was invited `most` times in a day."""


class InvitationExpired(DomainError):
    """The time to answer is over."""


class InvitationReplaced(DomainError):
    """A newer invitation took the place of this link."""


class InvitationAnswered(DomainError):
    """The link was used already, and the answer was another one."""


class CheckInTooEarly(DomainError):
    """The room opens at `opens_at`."""


class NotYourSession(DomainError):
    """Only whoever stands confirmed can check in or step back."""


class AlreadyVolunteer(DomainError):
    pass


class PhotoUnreadable(DomainError):
    """`why`: kind, large, pixels."""

    field = "photo"


class LinkNotAllowed(DomainError):
    """A link of a profile starts with https:// and names a public host."""

    field = "links"
