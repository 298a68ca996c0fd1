"""What this room refuses: erasing somebody's data."""

from calakan.kernel.errors import DomainError


class ErasureNeedsReason(DomainError):
    field = "reason"


class ErasureOfStaff(DomainError):
    """Roles are taken away first, so that no admin goes by accident."""


class StillOnDuty(DomainError):
    """A narasumber with sessions ahead."""
