"""Reads of busy times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from calakan.availability.models import BusySource, BusyTime
from calakan.kernel import clock, db


@dataclass(frozen=True)
class Busy:
    """One stretch of time in which a person cannot speak."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    note: str = ""


def busy(person_ids: Iterable[int] | None, start: datetime, end: datetime) -> dict[int, list[Busy]]:
    """person (None: everybody) -> the busy times that touch this span, in order; one statement for any number of people.

    Touching ends are no clash.
    """
    whose = sa.true() if person_ids is None else BusyTime.person_id.in_(list(person_ids))
    first, last = clock.local(start).date(), clock.local(end).date()
    weekdays = {(first + timedelta(days=n)).weekday() for n in range(min((last - first).days, 6) + 1)}
    rows = db.session().execute(
        sa.select(
            BusyTime.person_id,
            BusyTime.weekday,
            BusyTime.starts_minute,
            BusyTime.ends_minute,
            BusyTime.starts_at,
            BusyTime.ends_at,
            BusyTime.note,
        ).where(
            whose,
            sa.or_(
                BusyTime.weekday.in_(weekdays),
                sa.and_(BusyTime.starts_at < end, BusyTime.ends_at > start),
            ),
        )
    )
    found: dict[int, list[Busy]] = defaultdict(list)
    for person_id, weekday, from_minute, to_minute, starts_at, ends_at, note in rows:
        if starts_at is not None and ends_at is not None:
            found[person_id].append(Busy(person_id, starts_at, ends_at, note))
            continue
        assert weekday is not None
        assert from_minute is not None
        assert to_minute is not None
        for day in _days(first, last, weekday):
            begins, finishes = _at(day, from_minute), _at(day, to_minute)
            if begins < end and finishes > start:
                found[person_id].append(Busy(person_id, begins, finishes, note))
    return {id: sorted(times, key=lambda b: b.starts_at) for id, times in found.items()}


def _days(first: date, last: date, weekday: int) -> Iterable[date]:
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)


def _at(day: date, minute: int) -> datetime:
    return clock.instant(day, time.min) + timedelta(minutes=minute)


def weekly(person_id: int) -> set[tuple[int, int, int]]:
    """(weekday, from minute, to minute) of what this person marked as busy every week."""
    rows = db.session().execute(
        sa.select(BusyTime.weekday, BusyTime.starts_minute, BusyTime.ends_minute).where(
            BusyTime.person_id == person_id, BusyTime.weekday.is_not(None)
        )
    )
    return {(weekday, start or 0, end or 0) for weekday, start, end in rows if weekday is not None}


def dated(person_id: int, *, now: datetime) -> Sequence[BusyTime]:
    """Dated times to come that the person typed; those of a calendar address are only counted there."""
    return (
        db.session()
        .scalars(
            sa.select(BusyTime)
            .where(BusyTime.person_id == person_id, BusyTime.ends_at > now, BusyTime.source_id.is_(None))
            .order_by(BusyTime.starts_at, BusyTime.id)
        )
        .all()
    )


def source(person_id: int) -> BusySource | None:
    return db.session().scalar(sa.select(BusySource).where(BusySource.person_id == person_id))
