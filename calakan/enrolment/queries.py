"""Reads of seats, waiting lists and participants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatLevel, DiklatPost, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.text import like, search_key
from calakan.notifications.models import Message
from calakan.people import holders
from calakan.people.models import Jenjang, Person
from calakan.people.queries import visible_to as visible_people

LINE = (Enrolment.rank, Enrolment.queued_at, Enrolment.id)
"""The order of the waiting list."""
HELD = (DiklatState.PUBLISHED, DiklatState.CLOSED, DiklatState.CANCELLED)


@dataclass(frozen=True)
class Seats:
    """`left` is None where there is no quota."""

    quota: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        return None if self.quota is None else max(self.quota - self.taken, 0)

    @property
    def full(self) -> bool:
        return self.left == 0


def seats(*diklat: Diklat) -> dict[int, Seats]:
    """Seats of each diklat, in one statement."""
    counts: dict[tuple[int, EnrolmentState], int] = {
        (id, state): count for id, state, count in db.session().execute(_SEATS, {"ids": [d.id for d in diklat]})
    }
    return {
        d.id: Seats(
            quota=d.quota,
            taken=counts.get((d.id, EnrolmentState.CONFIRMED), 0),
            waiting=counts.get((d.id, EnrolmentState.WAITING), 0),
        )
        for d in diklat
    }


_SEATS = (
    sa.select(Enrolment.diklat_id, Enrolment.state, sa.func.count())
    .where(
        Enrolment.diklat_id.in_(sa.bindparam("ids", expanding=True)),
        Enrolment.state.in_([EnrolmentState.CONFIRMED, EnrolmentState.WAITING]),
    )
    .group_by(Enrolment.diklat_id, Enrolment.state)
)


def has_seats() -> sa.ColumnElement[bool]:
    """The condition on Diklat that a seat is free."""
    taken = (
        sa.select(sa.func.count())
        .where(Enrolment.diklat_id == Diklat.id, Enrolment.state == EnrolmentState.CONFIRMED)
        .correlate(Diklat)
        .scalar_subquery()
    )
    return sa.or_(Diklat.quota.is_(None), Diklat.quota > taken)


def enrolment(diklat_id: int, person_id: int | None) -> Enrolment | None:
    return db.session().scalar(_ENROLMENT, {"diklat": diklat_id, "person": person_id})


_ENROLMENT = sa.select(Enrolment).where(
    Enrolment.diklat_id == sa.bindparam("diklat"), Enrolment.person_id == sa.bindparam("person")
)


def hold(diklat_id: int, person_id: int) -> None:
    """Hold what one person has in one diklat until the transaction ends, against himself with another tap."""
    db.session().execute(_held(), {"diklat": diklat_id, "person": person_id})


@cache
def _held() -> sa.Select[int]:
    mine = sa.and_(Enrolment.diklat_id == sa.bindparam("diklat"), Enrolment.person_id == sa.bindparam("person"))
    return sa.select(Enrolment.id).where(mine).with_for_update(key_share=True)


def session_and_standing(session_id: int, person_id: int) -> tuple[LiveSession, EnrolmentState] | None:
    """A live session with its diklat, and where this person stands in it; None for who never enrolled. One statement."""
    row = db.session().execute(_session_and_standing(), {"session": session_id, "person": person_id}).first()
    return (row[0], row[1]) if row is not None else None


@cache
def _session_and_standing() -> sa.Select[LiveSession, EnrolmentState]:
    """Built once: each of ten thousand letters asks it."""
    return (
        sa.select(LiveSession, Enrolment.state)
        .join(Enrolment, Enrolment.diklat_id == LiveSession.diklat_id)
        .where(LiveSession.id == sa.bindparam("session"), Enrolment.person_id == sa.bindparam("person"))
        # A letter names the diklat; whom it is for and what it is about would be three more statements.
        .options(joinedload(LiveSession.diklat).options(lazyload("*")))
    )


def place_in_line(enrolment: Enrolment) -> int:
    """1 is next."""
    ahead = sa.select(sa.func.count()).where(
        Enrolment.diklat_id == enrolment.diklat_id,
        Enrolment.state == EnrolmentState.WAITING,
        sa.tuple_(*LINE) < sa.tuple_(enrolment.rank, enrolment.queued_at, enrolment.id),
    )
    return (db.session().scalar(ahead) or 0) + 1


def places_in_line(person_id: int) -> dict[int, int]:
    """diklat -> the person's place in its waiting list, in one statement."""
    other = sa.orm.aliased(Enrolment)
    ahead = sa.and_(
        other.diklat_id == Enrolment.diklat_id,
        other.state == EnrolmentState.WAITING,
        sa.tuple_(other.rank, other.queued_at, other.id) <= sa.tuple_(*LINE),
    )
    rows = db.session().execute(
        sa.select(Enrolment.diklat_id, sa.func.count().label("place"))
        .join(other, ahead)
        .where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.WAITING)
        .group_by(Enrolment.diklat_id)
    )
    return {row.diklat_id: row.place for row in rows}


def line(diklat_id: int) -> Sequence[int]:
    """Ids of the whole waiting list, whoever is next first."""
    return (
        db.session()
        .scalars(
            sa.select(Enrolment.id)
            .where(Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.WAITING)
            .order_by(*LINE)
        )
        .all()
    )


def of_person(person_id: int) -> Sequence[Enrolment]:
    """Everything that was not cancelled, with the diklat, the latest first. Read once a transaction."""
    found: Sequence[Enrolment] = db.once(
        f"enrolments of {person_id}", lambda: db.session().scalars(_of_person(), {"person": person_id}).all()
    )
    return found


@cache
def _of_person() -> sa.Select[Enrolment]:
    return (
        sa.select(Enrolment)
        .join(Enrolment.diklat)
        .where(Enrolment.person_id == sa.bindparam("person"), Enrolment.state != EnrolmentState.CANCELLED)
        .options(contains_eager(Enrolment.diklat).options(*diklat_queries.NAMED))
        .order_by(Diklat.starts_at.desc(), Enrolment.id.desc())
    )


def ahead(person_id: int, *, since: datetime | None, states: Container[DiklatState] = HELD) -> Sequence[LiveSession]:
    """Planned sessions that end after `since` (None: all), of what the person is confirmed for; with the diklat, by time."""
    taken = [row.diklat for row in of_person(person_id) if row.state is EnrolmentState.CONFIRMED]
    ids = [diklat.id for diklat in taken if diklat.state in states]
    found = [session for session in diklat_queries.sessions_of(*ids) if since is None or session.ends_at > since]
    return sorted(found, key=lambda session: (session.starts_at, session.id))


def overlapping(person_id: int, diklat_id: int, *, now: datetime) -> list[LiveSession]:
    """Coming sessions of other diklat the person is confirmed for that meet while this diklat meets."""
    other, mine = sa.orm.aliased(LiveSession), sa.orm.aliased(LiveSession)
    found = db.session().scalars(
        sa.select(other)
        .join(Enrolment, Enrolment.diklat_id == other.diklat_id)
        .join(mine, sa.and_(mine.starts_at < other.ends_at, mine.ends_at > other.starts_at))
        .join(Diklat, Diklat.id == other.diklat_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Diklat.state == DiklatState.PUBLISHED,
            other.diklat_id != diklat_id,
            other.state == SessionState.PLANNED,
            other.ends_at > now,
            mine.diklat_id == diklat_id,
            mine.state == SessionState.PLANNED,
        )
        .options(joinedload(other.diklat))
        .order_by(other.starts_at)
        .distinct()
    )
    return list(found.unique())


def roster(
    diklat_id: int,
    *,
    visible_to: Actor,
    words: str = "",
    jenjang: Jenjang | None = None,
    state: EnrolmentState = EnrolmentState.CONFIRMED,
) -> sa.Select[Enrolment]:
    """Participants the actor may see, all for the panitia of the diklat, with person, school and kecamatan; the waiting list in its order."""
    own = sa.literal(visible_to.limited and diklat_id in diklat_queries.own_committees(visible_to))
    wanted = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.state == state, sa.or_(own, visible_people(visible_to)))
        .options(
            joinedload(Enrolment.person).joinedload(Person.school),
            joinedload(Enrolment.person).joinedload(Person.kecamatan),
        )
    )
    key = search_key(words)
    if key:
        wanted = wanted.where(Person.name_key.like(like(key), escape="\\"))
    if jenjang is not None:
        wanted = wanted.where(Person.jenjang.in_(jenjang.within))
    if state is EnrolmentState.CANCELLED:
        return wanted.order_by(Enrolment.decided_at.desc(), Enrolment.id)
    if state is EnrolmentState.WAITING:
        return wanted.order_by(*LINE)
    return wanted.order_by(Person.name_key, Enrolment.id)


def confirmed_people(diklat_id: int) -> Sequence[int]:
    return (
        db.session()
        .scalars(
            sa.select(Enrolment.person_id)
            .where(Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.CONFIRMED)
            .order_by(Enrolment.person_id)
        )
        .all()
    )


def sessions_of_person(person_id: int) -> Sequence[LiveSession]:
    """Sessions of everything the person is confirmed for, with the diklat; for the personal calendar."""
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Diklat.state.in_(HELD),
        )
        .options(joinedload(LiveSession.diklat).options(lazyload("*")))
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return db.session().scalars(wanted).all()


def fitting(person: Person, *, without: int, now: datetime, most: int = 3) -> Sequence[Diklat]:
    """Other diklat that this person could join today, the soonest first; the rules of `services.check_eligible`."""
    levels = sa.exists().where(DiklatLevel.diklat_id == Diklat.id)
    posts = sa.exists().where(DiklatPost.diklat_id == Diklat.id)
    asked = person.jenjang.asked_by if person.jenjang is not None else ()
    level_fits = ~levels | levels.where(DiklatLevel.jenjang.in_(asked)) if asked else sa.true()
    wanted = diklat_queries.catalogue(diklat_queries.Filters(), now=now).where(
        Diklat.id != without,
        level_fits,
        ~posts | posts.where(DiklatPost.jabatan == person.jabatan),
        sa.or_(Diklat.enrol_opens_at.is_(None), Diklat.enrol_opens_at <= now),
        sa.or_(Diklat.enrol_closes_at.is_(None), Diklat.enrol_closes_at > now),
    )
    return db.session().scalars(wanted.limit(most)).all()


def calendar_owner(token: str) -> Person | None:
    """Whoever's personal calendar this secret address opens."""
    if not 20 <= len(token) <= 26:
        return None
    return holders.holder(db.session().scalar(sa.select(Person.id).where(Person.calendar_token == token)))


def participant_ids(
    diklat_id: int, codes: Sequence[str], *, state: EnrolmentState = EnrolmentState.CONFIRMED
) -> dict[str, int]:
    """Code of a person -> id, of participants in this state only."""
    rows = db.session().execute(
        sa.select(Person.code, Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.diklat_id == diklat_id,
            Enrolment.state == state,
            Person.code.in_(list(codes)),
        )
    )
    return {row.code: row.id for row in rows}


def states_of(diklat_id: int, person_ids: Iterable[int]) -> dict[int, EnrolmentState]:
    """person -> how he stands in this diklat, of those who have a row here."""
    wanted = sa.select(Enrolment.person_id, Enrolment.state).where(
        Enrolment.diklat_id == diklat_id, Enrolment.person_id.in_(list(person_ids))
    )
    return dict(db.session().execute(wanted).all())


def titles_of_year(person_ids: Iterable[int], year: int) -> dict[int, list[str]]:
    """person -> diklat with a seat that start in a year (WIB), the earliest first."""
    rows = db.session().execute(
        sa.select(Enrolment.person_id, Diklat.title)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(Enrolment.person_id.in_(list(person_ids)), *_seated_in(year))
        .order_by(Diklat.starts_at, Diklat.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, title in rows:
        found[person_id].append(title)
    return found


def seated_in(year: int) -> sa.ColumnElement[bool]:
    """Whether a Person has a seat in a diklat that starts in a year, as a condition of a select of people."""
    return sa.exists().where(
        Enrolment.person_id == Person.id, Diklat.id == Enrolment.diklat_id, *_seated_in(year)
    ).correlate(Person)  # fmt: skip


def _seated_in(year: int) -> Sequence[sa.ColumnElement[bool]]:
    return (
        Enrolment.state == EnrolmentState.CONFIRMED,
        Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
        Diklat.starts_at >= clock.start_of(date(year, 1, 1)),
        Diklat.starts_at < clock.end_of(date(year, 12, 31)),
    )


def plan_of(diklat_id: int) -> Plan:
    row = db.session().get(ReminderPlan, diklat_id)
    return Plan() if row is None else Plan(tuple(row.moments), row.morning, row.note, row.spare_mail)


def plan_notes(diklat_ids: Iterable[int]) -> dict[int, str]:
    """What the panitia of these diklat add to their reminders."""
    wanted = sa.select(ReminderPlan.diklat_id, ReminderPlan.note).where(
        ReminderPlan.diklat_id.in_(set(diklat_ids)), ReminderPlan.note != ""
    )
    return dict(db.session().execute(wanted).all())


def message_counts(diklat_id: int) -> dict[WorkState, int]:
    """How the messages about this diklat, its sessions and its participants ended."""
    sessions = sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id)
    enrolments = sa.select(Enrolment.id).where(Enrolment.diklat_id == diklat_id)
    about = sa.or_(
        sa.and_(Message.subject_kind == Diklat.__tablename__, Message.subject_id == diklat_id),
        sa.and_(Message.subject_kind == LiveSession.__tablename__, Message.subject_id.in_(sessions)),
        sa.and_(Message.subject_kind == Enrolment.__tablename__, Message.subject_id.in_(enrolments)),
    )
    wanted = sa.select(Message.state, sa.func.count()).where(about).group_by(Message.state)
    return dict(db.session().execute(wanted).all())
