"""What this room refuses."""

from calakan.kernel.errors import DomainError


class ExceptionNeedsReason(DomainError):
    field = "reason"


class ExceptionForStranger(DomainError):
    """No seat in this diklat: there is nothing to pass."""


class NothingToExcept(DomainError):
    """The person meets every condition already."""


class ExceptionOutOfTime(DomainError):
    """A draft has no participants yet, and a cancelled diklat none any more."""


class ReminderOutOfTime(DomainError):
    """Only while the diklat goes on can something still be done."""


class NobodyLacks(DomainError):
    """Meanwhile everybody has it."""


class PapersUnderWay(DomainError):
    """The certificate was asked for already; only revoking it helps now."""
