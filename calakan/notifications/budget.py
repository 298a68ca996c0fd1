"""The mail relay's budget: what may still leave now, counted in the database by all workers together, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message, RelayTurn
from calakan.office.queries import OfficeSettings

SPANS: dict[str, timedelta] = {
    "mail_per_second": timedelta(seconds=1),
    "mail_per_minute": timedelta(minutes=1),
    "mail_per_hour": timedelta(hours=1),
    "mail_per_day": timedelta(days=1),
}
WAITABLE = timedelta(minutes=1)


def caps(settings: OfficeSettings) -> dict[timedelta, int]:
    """The caps that an admin set; none means as fast as the relay takes it."""
    return {span: getattr(settings, name) for name, span in SPANS.items() if getattr(settings, name)}


def take_turn() -> None:
    """Workers count one after the other: what one may take depends on what the others took."""
    db.insert_new(RelayTurn, [{"id": 1, "lock_count": 0}])
    db.lock(RelayTurn, 1)


def left(limits: Mapping[timedelta, int], *, now: datetime) -> dict[timedelta, int]:
    """How many may leave at this moment within each rolling span. Needs the turn."""
    in_hand = Message.state.in_([WorkState.CLAIMED, WorkState.HANDING])
    free = {}
    for span, cap in limits.items():
        went = sa.select(sa.func.count()).where(sa.or_(in_hand, Message.sent_at > now - span))
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
