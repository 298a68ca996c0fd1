"""What planning refuses."""

from calakan.kernel.errors import DomainError


class SeriesInvalid(DomainError):
    """`why`: past, far, times, minutes, none (no free day within a year)."""

    field = "first"


class ScheduleChanged(DomainError):
    """The times that were shown are no longer free; the newly found ones are shown."""


class NoteEmpty(DomainError):
    field = "text"


class SessionChanged(DomainError):
    """Somebody else changed this session after the page was opened: `title`."""


class SpeakerUnknown(DomainError):
    """No narasumber, or more than one, has this name: `name`, `many`."""

    field = "speakers"
