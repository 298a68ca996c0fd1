"""Marking busy times, and naming the calendar address that is read for more of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.availability import addresses, queries
from calakan.availability.errors import BusyTimesInvalid
from calakan.availability.models import BusySource, BusyTime
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.people.models import Person

QUEUE = "availability.fetch"
LONGEST = timedelta(days=60)
MOST = 200
# Parts of the day a tap marks, in minutes of the day (WIB).
PARTS: dict[str, tuple[int, int]] = {
    "pagi": (7 * 60, 12 * 60),
    "siang": (12 * 60, 15 * 60),
    "sore": (15 * 60, 18 * 60),
    "malam": (18 * 60, 21 * 60),
}


def toggle_weekly(person_id: int, weekday: int, part: str, *, actor: Actor, now: datetime) -> bool:
    """One tap: free becomes busy every week, busy becomes free. Returns whether it is busy now. Raises NotFound."""
    if part not in PARTS or not 0 <= weekday <= 6:
        raise NotFound()
    person = db.lock(Person, person_id)
    start, end = PARTS[part]
    held = sa.select(BusyTime).where(
        BusyTime.person_id == person_id,
        BusyTime.weekday == weekday,
        BusyTime.starts_minute == start,
        BusyTime.ends_minute == end,
    )
    row = db.session().scalar(held)
    if row is None:
        db.session().add(BusyTime(person_id=person_id, weekday=weekday, starts_minute=start, ends_minute=end))
    else:
        db.session().delete(row)
    db.session().flush()
    audit.record("availability.toggle_weekly", person, actor=actor, now=now, day=weekday, part=part, busy=row is None)
    return row is None


def add_dated(
    person_id: int, starts_at: datetime, ends_at: datetime, *, note: str = "", actor: Actor, now: datetime
) -> BusyTime:
    """Busy once, from one instant to another. The same time twice is kept once. Raises BusyTimesInvalid."""
    if ends_at <= starts_at:
        raise BusyTimesInvalid(why="reversed")
    if ends_at - starts_at > LONGEST:
        raise BusyTimesInvalid(why="long")
    if ends_at <= now:
        raise BusyTimesInvalid(why="past")
    person = db.lock(Person, person_id)
    held = queries.dated(person_id, now=now)
    for row in held:
        if (row.starts_at, row.ends_at) == (starts_at, ends_at):
            return row
    if len(held) >= MOST:
        raise BusyTimesInvalid(why="many")
    made = BusyTime(person_id=person_id, starts_at=starts_at, ends_at=ends_at, note=note[:120])
    db.session().add(made)
    db.session().flush()
    audit.record("availability.add_dated", person, actor=actor, now=now)
    return made


def remove_dated(person_id: int, busy_id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound for what is not one's own, or came from the calendar address."""
    person = db.lock(Person, person_id)
    row = db.session().get(BusyTime, busy_id)
    if row is None or row.person_id != person_id or row.source_id is not None or row.weekday is not None:
        raise NotFound()
    db.session().delete(row)
    db.session().flush()
    audit.record("availability.remove_dated", person, actor=actor, now=now)


def connect_calendar(person_id: int, url: str, *, actor: Actor, now: datetime) -> BusySource:
    """Remember the address; a worker reads it at once and every few hours. Raises CalendarAddressInvalid."""
    address = addresses.checked(url)
    person = db.lock(Person, person_id)
    row = queries.source(person_id)
    if row is None:
        row = BusySource(person_id=person_id, key=f"busy_source:{person_id}", attempts=0)
        db.session().add(row)
    elif row.url != address:
        _forget(row)
    row.url, row.state, row.due_at = address, WorkState.PENDING, now
    row.fetched_at, row.found, row.last_error, row.attempts, row.claim_token = None, 0, None, 0, None
    db.session().flush()
    audit.record("availability.connect_calendar", person, actor=actor, now=now)
    db.ring(QUEUE)
    return row


def disconnect_calendar(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget the address and everything read from it. Without one, nothing happens."""
    person = db.lock(Person, person_id)
    row = queries.source(person_id)
    if row is None:
        return
    _forget(row)
    db.session().delete(row)
    db.session().flush()
    audit.record("availability.disconnect_calendar", person, actor=actor, now=now)


def store(source: BusySource, times: Sequence[tuple[datetime, datetime]]) -> None:
    """Replace what the address gave before; titles are never stored."""
    _forget(source)
    values = [
        {"person_id": source.person_id, "source_id": source.id, "starts_at": start, "ends_at": end, "note": ""}
        for start, end in times
    ]
    for first in range(0, len(values), 1000):
        db.session().execute(sa.insert(BusyTime), values[first : first + 1000])
    source.found = len(values)


def _forget(source: BusySource) -> None:
    db.session().execute(sa.delete(BusyTime).where(BusyTime.source_id == source.id))
