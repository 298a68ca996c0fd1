"""What attendance refuses."""

from calakan.kernel.errors import DomainError


class CheckInNotOpen(DomainError):
    """`why`: cancelled, early, over."""


class MarkNeedsReason(DomainError):
    field = "reason"


class NotAParticipant(DomainError):
    pass


class CodeWrong(DomainError):
    """No check-in of the person's sessions has this code now."""

    field = "code"


class CodeLate(DomainError):
    """The window of this code is over; it is kept for the panitia's review."""

    field = "code"


class CodesTooMany(DomainError):
    field = "code"


class AttendanceFinal(DomainError):
    """The diklat is closed: certificates rest on what stands now."""
