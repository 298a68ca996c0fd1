"""What the catalogue announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class DiklatEvent:
    diklat_id: int
    actor: Actor
    now: datetime


class DiklatPublished(DiklatEvent):
    pass


class DiklatClosed(DiklatEvent):
    pass


class DiklatCancelled(DiklatEvent):
    pass


class QuotaRaised(DiklatEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class QuotaLowered(DiklatEvent):
    """Whoever knows the seats may refuse it, unless the panitia said that all who are seated stay (`keep_seated`)."""

    keep_seated: bool = False


@dataclass(frozen=True, kw_only=True)
class SeatRuleChanged(DiklatEvent):
    """Seats are shared out in another way; the same holds as for a lowered quota."""

    keep_seated: bool = False


class PresenceRuleChanged(DiklatEvent):
    """What makes somebody present is another thing now."""


@dataclass(frozen=True)
class ProgrammeCounted:
    """The JP of a published diklat were added up anew; whoever knows what shows a row takes off what nothing shows."""

    diklat_id: int


@dataclass(frozen=True, kw_only=True)
class LiveSessionEvent:
    """`was_at` is when the session was to start before it changed: people count on that hour."""

    live_session_id: int
    was_at: datetime
    actor: Actor
    now: datetime


@dataclass(frozen=True, kw_only=True)
class LiveSessionMoved(LiveSessionEvent):
    """`override`: the reason for which a clash at the new time is accepted."""

    override: str = ""


class LiveSessionCancelled(LiveSessionEvent):
    pass
