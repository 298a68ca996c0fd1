"""All coming sessions of a diklat at once: changed and added as the rows of one table say, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.diklat.services import details
from calakan.diklat.services.sessions import SessionPlan
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError, NotFound
from calakan.kernel.text import search_key
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Assignment, Duty
from calakan.people.models import Person
from calakan.planning.errors import SessionChanged, SpeakerUnknown

MOST_LINES = 60


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: `number` None for a session that is new, `seen` when it was last changed as far as the writer knew."""

    title: str
    starts_at: datetime
    ends_at: datetime
    jp: int | None = None
    speakers: tuple[int, ...] = ()
    account_id: int | None = None
    room_url: str = ""
    place: str = ""
    number: int | None = None
    row_id: int | None = None
    seen: str = ""


@dataclass(frozen=True)
class Saved:
    added: int
    changed: int


def lines(diklat: Diklat, *, now: datetime) -> list[Line]:
    """The sessions that have not begun and that end on the day they begin: what rows of day and hours can hold."""
    coming = [session for session in diklat_queries.sessions_of(diklat.id) if _fits(session, now)]
    ids = [session.id for session in coming]
    assigned, needs = narasumber.confirmed_of(ids), narasumber.staffings(ids)
    return [_line(session, assigned.get(session.id, ()), needs[session.id].meeting_account_id) for session in coming]


def _fits(session: LiveSession, now: datetime) -> bool:
    return session.starts_at > now and clock.local(session.ends_at).date() == session.local_date


def _line(session: LiveSession, assigned: Iterable[Assignment], account_id: int | None) -> Line:
    return Line(
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        jp=session.jp or None,
        speakers=tuple(sorted(row.person_id for row in assigned if row.duty is Duty.SPEAKER)),
        account_id=account_id,
        room_url=session.room_url,
        place=session.place,
        number=session.number,
        row_id=session.row_id,
        seen=session.changed_at.isoformat(),
    )


def save(diklat_id: int, wanted: Sequence[Line], *, actor: Actor, now: datetime) -> Saved:
    """Bring the coming sessions in line with these rows; sessions without a row stay as they are.

    A refusal's facts tell the `line` it is about. Raises SessionChanged where somebody was quicker, NotFound for a
    number that is not of this diklat, and whatever scheduling refuses.
    """
    diklat = details.open_for_change(diklat_id)
    added = changed = 0
    for place, line in enumerate(wanted):
        try:
            if line.number is None:
                _add(diklat, line, actor=actor, now=now)
                added += 1
            else:
                changed += _change(diklat, line, line.number, actor=actor, now=now)
        except DomainError as error:
            error.facts["line"] = place
            raise
    return Saved(added, changed)


def moves(diklat: Diklat, wanted: Sequence[Line]) -> list[tuple[LiveSession, Line]]:
    """The sessions that would have another time."""
    planned = {session.number: session for session in diklat_queries.sessions_of(diklat.id)}
    found = [(planned[line.number], line) for line in wanted if line.number in planned]
    return [(s, line) for s, line in found if (s.starts_at, s.ends_at) != (line.starts_at, line.ends_at)]


def _add(diklat: Diklat, line: Line, *, actor: Actor, now: datetime) -> None:
    plan = SessionPlan(
        title=line.title,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        jp=line.jp,
        row_id=line.row_id,
        room_url=line.room_url,
        place=line.place,
    )
    needs = speaking.Needs(meeting_account_id=line.account_id)
    speaking.schedule(diklat.id, plan, line.speakers, needs=needs, actor=actor, now=now)


def _change(diklat: Diklat, line: Line, number: int, *, actor: Actor, now: datetime) -> bool:
    """Whether anything changed; what a row does not show stays."""
    session = db.session().scalar(
        sa.select(LiveSession).where(LiveSession.diklat_id == diklat.id, LiveSession.number == number)
    )
    if session is None:
        raise NotFound()
    assigned, said = narasumber.confirmed_of([session.id]).get(session.id, ()), narasumber.staffing(session.id)
    stands = _line(session, assigned, said.meeting_account_id)
    if _same(stands, line):
        return False
    if session.state is SessionState.CANCELLED or line.seen != stands.seen:
        raise SessionChanged(title=session.title)
    plan = SessionPlan(
        title=line.title,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        jp=line.jp,
        room_url=line.room_url,
        room_note=session.room_note,
        stream_url=session.stream_url,
        room_capacity=session.room_capacity,
        place=line.place,
    )
    speaking.reschedule(
        session.id,
        plan,
        line.speakers,
        moderator_ids=[row.person_id for row in assigned if row.duty is Duty.MODERATOR],
        needs=speaking.Needs(speakers=said.speakers, meeting_account_id=line.account_id),
        actor=actor,
        now=now,
    )
    return True


def _same(stands: Line, line: Line) -> bool:
    names = ("title", "starts_at", "ends_at", "jp", "account_id", "room_url", "place")
    return all(getattr(stands, name) == getattr(line, name) for name in names) and set(stands.speakers) == set(
        line.speakers
    )


def who_may_speak(given: Iterable[Line]) -> dict[int, Person]:
    """Everybody who may be assigned, and whoever stands in these rows already."""
    people = {person.id: person for person in narasumber.can_speak()}
    others = {id for line in given for id in line.speakers} - people.keys()
    if others:
        wanted = sa.select(Person).where(Person.id.in_(others)).order_by(Person.name_key, Person.id)
        people |= {person.id: person for person in db.session().scalars(wanted)}
    return people


def named(text: str, people: Iterable[Person]) -> tuple[int, ...]:
    """Who is meant by names that stand between semicolons, as printed or without titles. Raises SpeakerUnknown."""
    known: dict[str, set[int]] = {}
    for person in people:
        for name in (person.printed_name, person.name):
            known.setdefault(search_key(name), set()).add(person.id)
    found: list[int] = []
    for name in filter(None, (part.strip() for part in text.split(";"))):
        ids = known.get(search_key(name), set())
        if len(ids) != 1:
            raise SpeakerUnknown(name=name, many=len(ids) > 1)
        found += ids
    return tuple(dict.fromkeys(found))
