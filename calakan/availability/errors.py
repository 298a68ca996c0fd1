"""What the busy times refuse."""

from calakan.kernel.errors import DomainError


class BusyTimesInvalid(DomainError):
    """`why`: reversed, long, past, many."""

    field = "ends_at"


class CalendarAddressInvalid(DomainError):
    """`why`: scheme, address, private."""

    field = "url"
