"""Who is to be reminded of what: computed from the data, never scheduled, so nothing needs rescheduling.

Mornings are bundled: one letter a person and day names every session it is about, and is written anew when it is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.notifications import budget
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.people.models import Person

DAY, HOUR = "day", "hour"
BUNDLE, SINGLE = "enrolment.day_reminder", "enrolment.reminder"


@dataclass(frozen=True)
class Meeting:
    """A coming session with its plan."""

    id: int
    diklat_id: int
    title: str
    starts_at: datetime
    local_date: date
    plan: Plan


@dataclass(frozen=True)
class Due:
    """One message to be written; `sessions` in order of time."""

    key: str
    offset: str
    sessions: tuple[Meeting, ...]
    person_id: int
    name: str
    email: str

    @property
    def title(self) -> str:
        return ", ".join(session.title for session in self.sessions)

    @property
    def starts_at(self) -> datetime:
        return self.sessions[0].starts_at


def due(*, now: datetime) -> list[Due]:
    """Reminders that should be on their way and are not: confirmed people of planned sessions.

    Nobody is reminded of a moment that lay before the enrolment, and nobody in the quiet hours.
    """
    if plans.quiet(now):
        return []
    meetings = _meetings(now)
    return [*_bundles(meetings, now), *_singles(meetings, now)]


def _meetings(now: datetime) -> list[Meeting]:
    rows = db.session().execute(
        sa.select(
            LiveSession.id,
            LiveSession.diklat_id,
            LiveSession.title,
            LiveSession.starts_at,
            LiveSession.local_date,
            ReminderPlan.moments,
            ReminderPlan.morning,
        )
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .outerjoin(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at <= now + timedelta(days=plans.FURTHEST + 1),
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [
        Meeting(id, diklat_id, title, starts_at, day, _plan(moments, morning))
        for id, diklat_id, title, starts_at, day, moments, morning in rows
    ]


def _plan(moments: list[str] | None, morning: time) -> Plan:
    return Plan() if moments is None else Plan(tuple(moments), morning)


def _bundles(meetings: Sequence[Meeting], now: datetime) -> list[Due]:
    """One letter for each person of whom a morning has come."""
    open_now: dict[int, list[tuple[datetime, Meeting]]] = defaultdict(list)
    for meeting in meetings:
        for begins, until in meeting.plan.mornings(meeting):
            if begins <= now < until:
                open_now[meeting.diklat_id].append((begins, meeting))
    prefix, suffix = "reminder:", f":{clock.local(now).date().isoformat()}"
    key = sa.func.concat(prefix, sa.cast(Person.id, sa.String), suffix)
    latest = {id: max(begins for begins, _ in found) for id, found in open_now.items()}
    mine: dict[tuple[int, str, str], set[Meeting]] = defaultdict(set)
    for diklat_id, decided_at, *person in _people(latest, key):
        wanted = {meeting for begins, meeting in open_now[diklat_id] if decided_at <= begins}
        mine[tuple(person)] |= wanted  # type: ignore[index]
    return [
        Due(
            key=f"{prefix}{person[0]}{suffix}",
            offset=DAY,
            sessions=tuple(sorted(found, key=lambda m: (m.starts_at, m.id))),
            person_id=person[0],
            name=person[1],
            email=person[2],
        )
        for person, found in mine.items()
    ]


def _singles(meetings: Sequence[Meeting], now: datetime) -> list[Due]:
    """The hour before is about one session, because it carries that session's room."""
    found: list[Due] = []
    for meeting in meetings:
        begins = plans.hour_before(meeting)
        if not meeting.plan.has(plans.HOUR) or not begins <= now:
            continue
        prefix, suffix = f"reminder:{meeting.id}:{meeting.local_date.isoformat()}:", f":{HOUR}"
        key = sa.func.concat(prefix, sa.cast(Person.id, sa.String), suffix)
        found += [
            Due(f"{prefix}{id}{suffix}", HOUR, (meeting,), id, name, email)
            for _, _, id, name, email in _people({meeting.diklat_id: begins}, key)
        ]
    return found


def _people(latest: dict[int, datetime], key: sa.ColumnElement[str]) -> Iterable[sa.Row[int, datetime, int, str, str]]:
    """Confirmed people of these diklat who enrolled before that moment and have no message of this key."""
    if not latest:
        return []
    by_moment: dict[datetime, list[int]] = defaultdict(list)
    for diklat_id, moment in latest.items():
        by_moment[moment].append(diklat_id)
    in_time = sa.or_(
        *(
            sa.and_(Enrolment.diklat_id.in_(ids), Enrolment.decided_at <= moment)
            for moment, ids in sorted(by_moment.items())
        )
    )
    return db.session().execute(
        sa.select(Enrolment.diklat_id, Enrolment.decided_at, Person.id, Person.name, Person.email)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            in_time,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            ~sa.exists().where(Message.key == key),
        )
        .order_by(Person.id)
    )


def of_today(person_id: int, day: date, *, now: datetime) -> list[LiveSession]:
    """What a person's letter of this day is about, as the data are now; each with its diklat. One statement."""
    rows = db.session().execute(
        sa.select(LiveSession, Enrolment.decided_at, ReminderPlan.moments, ReminderPlan.morning)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .outerjoin(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at <= now + timedelta(days=plans.FURTHEST + 1),
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
        )
        .options(contains_eager(LiveSession.diklat).options(lazyload("*")))
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [
        session
        for session, decided_at, moments, morning in rows
        if any(
            clock.local(begins).date() == day and decided_at <= begins <= now
            for begins, _ in _plan(moments, morning).mornings(session)
        )
    ]


def shortfalls(diklat_id: int, limits: Mapping[timedelta, int], *, now: datetime) -> dict[date, int]:
    """Mornings of this diklat on which the relay's caps are too small for all diklat together -> how many would miss."""
    on_day: dict[date, set[int]] = defaultdict(set)
    begins_at: dict[date, datetime] = {}
    for meeting in _meetings(now):
        for begins, _ in meeting.plan.mornings(meeting):
            if begins > now:
                day = clock.local(begins).date()
                on_day[day].add(meeting.diklat_id)
                begins_at[day] = min(begins, begins_at.get(day, begins))
    found = {}
    for day in sorted(day for day, ids in on_day.items() if diklat_id in ids):
        room = budget.capacity(limits, begins_at[day], clock.instant(day, plans.QUIET_FROM))
        if room is None:
            return {}
        people = sa.select(sa.func.count(Enrolment.person_id.distinct())).where(
            Enrolment.diklat_id.in_(on_day[day]), Enrolment.state == EnrolmentState.CONFIRMED
        )
        missing = (db.session().scalar(people) or 0) - room
        if missing > 0:
            found[day] = missing
    return found


def queue_due(*, now: datetime) -> int:
    """Write the due reminders as messages; returns how many are new."""
    return notifications.queue_rows(_row(item, now) for item in due(now=now))


def _row(item: Due, now: datetime) -> dict[str, object]:
    if item.offset == DAY:
        today = clock.local(now).date()
        courses = {session.diklat_id for session in item.sessions}
        return notifications.message_row(
            BUNDLE,
            key=item.key,
            person_id=item.person_id,
            address=item.email,
            now=now,
            expires_at=min(clock.instant(today, plans.QUIET_FROM), item.sessions[-1].starts_at),
            # Counted with its diklat; a letter about several belongs to the person.
            subject_kind=Diklat.__tablename__ if len(courses) == 1 else Person.__tablename__,
            subject_id=courses.pop() if len(courses) == 1 else item.person_id,
            facts={"name": item.name, "date": today.isoformat()},
        )
    session = item.sessions[0]
    return notifications.message_row(
        SINGLE,
        key=item.key,
        person_id=item.person_id,
        address=item.email,
        now=now,
        expires_at=session.starts_at,
        subject_kind=LiveSession.__tablename__,
        subject_id=session.id,
        facts={"name": item.name, "date": session.local_date.isoformat()},
    )
