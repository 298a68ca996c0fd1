"""What this room refuses: erasing somebody's data, and steps of a breach out of their order."""

from calakan.kernel.errors import DomainError


class ErasureNeedsReason(DomainError):
    field = "reason"


class ErasureOfStaff(DomainError):
    """Roles are taken away first, so that no admin goes by accident."""


class StillOnDuty(DomainError):
    """A narasumber with sessions ahead."""


class BreachNotYet(DomainError):
    field = "noticed_at"


class BreachNotTold(DomainError):
    """It is over once the people and the authority know."""


class BreachClosed(DomainError):
    """What is closed is not changed any more."""
