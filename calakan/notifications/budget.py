"""Each channel's budget: what may still leave now, counted in the database by all workers together, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications import ways
from calakan.notifications.models import Message, RelayTurn
from calakan.notifications.night import quiet
from calakan.notifications.ways import Way
from calakan.office.queries import OfficeSettings

SPANS: dict[str, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
WAITABLE = timedelta(minutes=1)
_TURNS = {way: number for number, way in enumerate(Way, start=1)}


def caps(settings: OfficeSettings, way: Way) -> dict[timedelta, int]:
    """The caps that an admin set, above those of the provider; none means as fast as the channel takes it."""
    typed = {span: getattr(settings, f"{way}_per_{name}") for name, span in SPANS.items()}
    return {**ways.usual_caps(way), **{span: cap for span, cap in typed.items() if cap}}


def take_turn(way: Way) -> RelayTurn:
    """Workers count one after the other: what one may take depends on what the others took."""
    db.insert_new(RelayTurn, [{"id": _TURNS[way], "lock_count": 0}])
    return db.lock(RelayTurn, _TURNS[way])


def rest(way: Way, until: datetime, *, trouble: str) -> None:
    """Nothing leaves by this channel until then; the page of messages says why."""
    turn = take_turn(way)
    turn.rests_until, turn.trouble = until, trouble[:300]
    db.session().flush()


def resting(now: datetime) -> dict[Way, RelayTurn]:
    """The channels that rest at this moment."""
    rows = db.session().scalars(sa.select(RelayTurn).where(RelayTurn.rests_until > now))
    way_of = {number: way for way, number in _TURNS.items()}
    return {way_of[row.id]: row for row in rows}


def flowing(settings: OfficeSettings, now: datetime) -> list[Way]:
    """The channels by which something may leave at this moment: neither resting, nor used up, nor quiet for the night."""
    rest, awake = resting(now), [Way.MAIL] if quiet(now) else ways.configured()
    return [way for way in awake if way not in rest and all(left(way, caps(settings, way), now=now).values())]


def left(way: Way, limits: Mapping[timedelta, int], *, now: datetime) -> dict[timedelta, int]:
    """How many may leave at this moment within each rolling span. Whoever takes some needs the turn."""
    in_hand = Message.state.in_([WorkState.CLAIMED, WorkState.HANDING])
    free = {}
    for span, cap in limits.items():
        went = sa.select(sa.func.count()).where(Message.channel == way, sa.or_(in_hand, Message.sent_at > now - span))
        free[span] = max(0, cap - (db.session().scalar(went) or 0))
    return free


def worth_waiting(free: Mapping[timedelta, int]) -> bool:
    """Whether seconds are enough: only short spans are used up."""
    return all(number > 0 for span, number in free.items() if span > WAITABLE)


def capacity(limits: Mapping[timedelta, int], begin: datetime, end: datetime) -> int | None:
    """How many can leave between two instants at most; None without a cap."""
    if not limits:
        return None
    length = max(end - begin, timedelta(0))
    return min(cap * max(1, -(-length // span)) if length else 0 for span, cap in limits.items())


def done_at(limits: Mapping[timedelta, int], count: int, begin: datetime) -> datetime:
    """When the last of so many has left, as far as the caps go."""
    waits = [span * (-(-count // cap) - 1) for span, cap in limits.items()]
    return begin + max([timedelta(0), *waits])
