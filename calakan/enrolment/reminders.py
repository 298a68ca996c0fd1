"""Who is to be reminded of what: computed from the data, never scheduled, so nothing needs rescheduling.

Mornings are bundled: one letter a person and day names every session it is about, and is written anew when it is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import elsewhere, keys, meetings, plans, spreading
from calakan.enrolment.keys import Key
from calakan.enrolment.meetings import Meeting
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.spreading import Early
from calakan.kernel import clock, db
from calakan.notifications import budget, letters, ways
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.people.models import Person

DAY, HOUR, TEN = "day", keys.HOUR, "ten"
BUNDLE, SINGLE, SOON = "enrolment.day_reminder", "enrolment.reminder", "enrolment.soon"


@dataclass(frozen=True)
class Due:
    """One message to be written; `sessions` in order of time, `day` the one whose morning or hour it is about."""

    key: str
    offset: str
    day: date
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

    Nobody is reminded of a moment that lay before the enrolment, and nobody in the quiet hours. Rounds too big for the
    relay's caps begin earlier (`spreading`).
    """
    if plans.quiet(now):
        return []
    found = meetings.coming(now)
    early = spreading.early(found, budget.caps(office_settings(), Way.MAIL), now=now)
    return [*_bundles(found, early, now), *_singles(found, early, now), *_soon(found, now)]


def _bundles(coming: Sequence[Meeting], early: Early, now: datetime) -> list[Due]:
    """One letter for each person of whom a morning has come, of this day or, when it begins early, of the next."""
    of_day: dict[date, dict[int, list[Meeting]]] = defaultdict(lambda: defaultdict(list))
    for meeting in coming:
        for usual, until in meeting.plan.mornings(meeting):
            day = clock.local(usual).date()
            if min(usual, early.mornings.get(day, usual)) <= now < until:
                of_day[day][meeting.diklat_id].append(meeting)
    return [item for day, open_now in sorted(of_day.items()) for item in _bundles_of(day, open_now)]


def _bundles_of(day: date, open_now: dict[int, list[Meeting]]) -> list[Due]:
    key = keys.morning(day)
    begins = {id: clock.instant(day, found[0].plan.morning) for id, found in open_now.items()}
    mine: dict[tuple[int, str, str], set[Meeting]] = defaultdict(set)
    for diklat_id, person_id, address, name in _people(begins, _unwritten(key)):
        mine[person_id, address, name].update(open_now[diklat_id])
    return [
        Due(
            key=key.of(id),
            offset=DAY,
            day=day,
            sessions=tuple(sorted(found, key=lambda m: (m.starts_at, m.id))),
            person_id=id,
            name=name,
            email=email,
        )
        for (id, name, email), found in mine.items()
    ]


def _singles(coming: Sequence[Meeting], early: Early, now: datetime) -> list[Due]:
    """The hour before is about one session, because it carries that session's room."""
    found: list[Due] = []
    for meeting in coming:
        begins = plans.hour_before(meeting)
        if not meeting.plan.has(plans.HOUR) or not min(begins, early.hours.get(meeting.id, begins)) <= now:
            continue
        key = keys.before(meeting, HOUR)
        found += [
            Due(key.of(id), HOUR, meeting.local_date, (meeting,), id, name, email)
            for _, id, name, email in _people({meeting.diklat_id: begins}, _unwritten(key))
        ]
    return found


def _soon(coming: Sequence[Meeting], now: datetime) -> list[Due]:
    """Ten minutes before, for those who have opened another channel than mail."""
    found: list[Due] = []
    for meeting in coming:
        begins = plans.ten_before(meeting)
        if not ways.others() or not meeting.plan.has(plans.TEN) or not begins <= now:
            continue
        key = keys.soon(meeting)
        told = sa.exists().where(
            Message.kind == SOON,
            Message.person_id == Person.id,
            Message.subject_id == meeting.id,
            Message.created_at >= begins,
        )
        wanted = sa.and_(~told, elsewhere.reached())
        found += [
            Due(key.of(id), TEN, meeting.local_date, (meeting,), id, name, email)
            for _, id, name, email in _people({meeting.diklat_id: now}, wanted)
        ]
    return found


def _unwritten(key: Key) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(Message.key == key.column)


def _people(latest: dict[int, datetime], wanted: sa.ColumnElement[bool]) -> Iterable[sa.Row[int, int, str, str]]:
    """Confirmed people of these diklat who enrolled before that moment, and for whom the condition on Person holds."""
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
        sa.select(Enrolment.diklat_id, Person.id, Person.name, Person.email)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            in_time,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            wanted,
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
            clock.local(begins).date() == day and decided_at <= begins
            for begins, _ in meetings.plan_of_row(moments, morning).mornings(session)
        )
    ]


def queue_due(*, now: datetime) -> int:
    """Write the due reminders as messages; returns how many are new."""
    found = due(now=now)
    spared = _spared(found)
    mails = [_row(item, now) for item in found if item.offset != TEN and item.key not in spared]
    chats = [_row(item, now) for item in found if item.offset == TEN]
    new = notifications.queue_rows(mails) + (notifications.queue_rows(chats, by=ways.others()) if chats else 0)
    return new + (notifications.queue_elsewhere(_row(i, now) for i in found if i.key in spared) if spared else 0)


def _spared(found: Sequence[Due]) -> set[str]:
    """Keys of those that go by another channel alone: all their diklat say so, and the person has one."""
    asked = [item for item in found if item.offset != TEN and all(m.plan.spare_mail for m in item.sessions)]
    if not asked or not ways.others():
        return set()
    reached = set(db.session().scalars(sa.select(Person.id).where(elsewhere.reached())))
    return {item.key for item in asked if item.person_id in reached}


def _row(item: Due, now: datetime) -> dict[str, object]:
    return _bundle_row(item, now) if item.offset == DAY else _single_row(item, now)


def _bundle_row(item: Due, now: datetime) -> dict[str, object]:
    courses = {session.diklat_id for session in item.sessions}
    row = notifications.message_row(
        BUNDLE,
        key=item.key,
        person_id=item.person_id,
        address=item.email,
        now=now,
        expires_at=min(clock.instant(item.day, plans.QUIET_FROM), item.sessions[-1].starts_at),
        # Counted with its diklat; a letter about several belongs to the person.
        subject_kind=Diklat.__tablename__ if len(courses) == 1 else Person.__tablename__,
        subject_id=courses.pop() if len(courses) == 1 else item.person_id,
        facts={"name": item.name, "date": item.day.isoformat()},
    )
    if item.sessions[0].local_date == item.day:
        row["priority"] = letters.kind_of(SINGLE).priority  # a session of today does not wait behind tomorrow's
    return row


def _single_row(item: Due, now: datetime) -> dict[str, object]:
    session = item.sessions[0]
    return notifications.message_row(
        SOON if item.offset == TEN else SINGLE,
        key=item.key,
        person_id=item.person_id,
        address=item.email,
        now=now,
        expires_at=session.starts_at,
        subject_kind=LiveSession.__tablename__,
        subject_id=session.id,
        facts={"name": item.name, "date": session.local_date.isoformat()},
    )
