"""What the catalogue refuses."""

from calakan.kernel.errors import DomainError


class DiklatFinal(DomainError):
    """A closed or cancelled diklat no longer changes."""


class NotReady(DomainError):
    """Cannot be published: `missing` names what lacks (session, programme, target, enrolment)."""


class NotOver(DomainError):
    """Cannot be closed while a session is still to come."""

    field = None


class WindowReversed(DomainError):
    field = "enrol_closes_at"


class SeatLimitUnclear(DomainError):
    """`why`: empty, part, figure, unknown (with `known`), twice, mixed, many; `part` is what was not understood."""

    field = "seat_limit"


class SharesAboveQuota(DomainError):
    """What is set aside for groups by name (`total`) is more than the `quota`."""

    field = "seat_limit"


class SessionTimesInvalid(DomainError):
    """`why`: reversed, long, past."""

    field = "ends_at"


class SessionOver(DomainError):
    """A session that has ended is not moved."""


class RoomLinkInvalid(DomainError):
    field = "room_url"


class StreamLinkInvalid(DomainError):
    field = "stream_url"


class RowInUse(DomainError):
    """A programme row with sessions stays, and stays taught in sessions."""

    field = "live"


class ReasonMissing(DomainError):
    field = "reason"


class JpLengthFixed(DomainError):
    """A diklat that was published keeps the minutes of its JP."""

    field = "minutes_per_jp"


class JpAboveMinutes(DomainError):
    """More JP than the scheduled minutes carry: `jp`, `minutes`, `allowed`, `per_jp` (minutes of one JP)."""

    field = "jp"
