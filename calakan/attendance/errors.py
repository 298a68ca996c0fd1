"""What attendance refuses."""

from calakan.kernel.errors import DomainError


class CheckInNotOpen(DomainError):
    """`why`: cancelled, early, over."""


class MarkNeedsReason(DomainError):
    field = "reason"


class NotAParticipant(DomainError):
    pass


class AttendanceFinal(DomainError):
    """The diklat is closed: certificates rest on what stands now."""
