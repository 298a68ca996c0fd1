"""What the roster refuses."""

from calakan.kernel.errors import DomainError


class ListNotReady(DomainError):
    """The list is being worked on, or is not at the stage where this can be asked."""


class ListForgotten(DomainError):
    """Its lines were kept for as long as the office says and are gone, so it can not be taken back any more."""


class DateAhead(DomainError):
    """A list tells of today or of a day before."""

    field = "as_of"


class AccountsAreAdmins(DomainError):
    """An account opens the site to somebody, so nobody but an admin makes many of them at once."""

    field = "accounts"


class RowHeld(DomainError):
    """Whoever has a row of his own takes no second one."""


class ClaimOver(DomainError):
    """Somebody has decided it already, or its owner took it back."""


class NumberOfAnother(DomainError):
    """Another account has the NIP or NUPTK of this row."""


class TooManySchools(DomainError):
    """So many schools were looked at within a day that the rest waits."""
