"""What joining asks the database. Its statements are built once: on the evening a diklat opens, hundreds wait for each other.

What is known of the person is asked before the diklat is locked; what decides about seats and their order, after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatLevel, DiklatPost, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.notifications import queries as notifications
from calakan.people.models import Jenjang, Person

# What of the diklat must hold when the seat is given.
LOCKED = (
    Diklat.title,
    Diklat.state,
    Diklat.quota,
    Diklat.starts_at,
    Diklat.ends_at,
    Diklat.enrol_opens_at,
    Diklat.enrol_closes_at,
    Diklat.seat_by,
    Diklat.seat_limits,
    Diklat.seat_release_days,
    Diklat.newcomers_first,
)
# What of a person decides whether he fits and in which share, and what his letter needs.
_PROFILE = (
    Person.id,
    Person.name,
    Person.email,
    Person.jenjang,
    Person.jabatan,
    Person.school_id,
    Person.school_elsewhere,
    Person.kabupaten_elsewhere,
    Person.kecamatan_code,
    Person.notice_accepted_at,
)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """Seats and line of a diklat at this moment: `last` is when the last one came, `mine` the person's own row.

    `active`: whether the account is open; `in_share` are the seats of the share that was asked for.
    """

    taken: int
    last: datetime | None
    mine: int | None
    active: bool = True
    in_share: int = 0

    def place(self, now: datetime) -> datetime:
        """Behind everybody who is there, whoever's clock runs ahead: so nobody's place gets worse afterwards."""
        return now if self.last is None or self.last < now else self.last + _TICK


@dataclass(frozen=True)
class Applicant:
    """What is known of somebody before the diklat is locked. `overlap` are titles, `levels` and `posts` whom it is for.

    `person` has the columns of `_PROFILE`, `enrolled` (a seat or a place in the line already) and `elsewhere` (written to by
    another way than mail, too).
    """

    person: sa.Row[Any]
    levels: list[Jenjang]
    posts: list[str]
    overlap: list[str]


def applicant(diklat_id: int, person_id: int, *, now: datetime, schedule: bool = True) -> Applicant:
    """Asked before the transaction where many may come at once, since SQLite lets nobody else write from its start on.

    Without `schedule`, what meets at the same time is not looked at.
    """
    person = db.session().execute(_person_statement(), {"diklat_id": diklat_id, "person_id": person_id}).one()
    overlap = overlapping_titles(diklat_id, person_id, now=now) if schedule else []
    return Applicant(person, *target(diklat_id), overlap)


@cache
def _person_statement() -> sa.Executable:
    person_id: sa.BindParameter[int] = sa.bindparam("person_id", type_=sa.Integer)
    mine = sa.exists().where(
        Enrolment.diklat_id == sa.bindparam("diklat_id"),
        Enrolment.person_id == person_id,
        Enrolment.state != EnrolmentState.CANCELLED,
    )
    elsewhere = notifications.written_elsewhere(person_id).label("elsewhere")
    return sa.select(*_PROFILE, mine.label("enrolled"), elsewhere).where(Person.id == person_id)


@cache
def _line_statement() -> sa.Select[int, datetime | None, datetime | None, int | None, bool | None, int]:
    """Each part of it is read from an index: a line of thousands costs hardly more than a short one."""
    person_id: sa.BindParameter[int] = sa.bindparam("person_id")
    share = sa.bindparam("share", type_=sa.String)
    here = Enrolment.diklat_id == sa.bindparam("diklat_id")
    seated, waits = Enrolment.state == EnrolmentState.CONFIRMED, Enrolment.state == EnrolmentState.WAITING
    in_share = sa.select(sa.func.count()).where(here, seated, Enrolment.share_key == share).scalar_subquery()
    return sa.select(
        sa.select(sa.func.count()).where(here, seated).scalar_subquery(),
        sa.select(sa.func.max(Enrolment.queued_at)).where(here, seated).scalar_subquery(),
        sa.select(sa.func.max(Enrolment.queued_at)).where(here, waits).scalar_subquery(),
        sa.select(Enrolment.id).where(here, Enrolment.person_id == person_id).scalar_subquery(),
        sa.select(Person.active).where(Person.id == person_id).scalar_subquery(),
        sa.case((share.is_not(None), in_share), else_=0),
    )


@cache
def _overlap_statement() -> sa.Select[str, datetime]:
    other, mine = sa.orm.aliased(LiveSession), sa.orm.aliased(LiveSession)
    return (
        sa.select(Diklat.title, sa.func.min(other.starts_at))
        .join(other, other.diklat_id == Diklat.id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .join(mine, sa.and_(mine.starts_at < other.ends_at, mine.ends_at > other.starts_at))
        .where(
            Enrolment.person_id == sa.bindparam("person_id"),
            Enrolment.state == EnrolmentState.CONFIRMED,
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.id != sa.bindparam("diklat_id"),
            other.state == SessionState.PLANNED,
            other.ends_at > sa.bindparam("now"),
            mine.diklat_id == sa.bindparam("diklat_id"),
            mine.state == SessionState.PLANNED,
        )
        .group_by(Diklat.id, Diklat.title)
        .order_by(sa.func.min(other.starts_at), Diklat.id)
    )


@cache
def _target_statement() -> sa.CompoundSelect[str | None, str | None]:
    none = sa.cast(sa.null(), sa.String)
    wanted: sa.BindParameter[int] = sa.bindparam("diklat_id")
    levels = sa.select(sa.cast(DiklatLevel.jenjang, sa.String), none).where(DiklatLevel.diklat_id == wanted)
    return levels.union_all(sa.select(none, DiklatPost.jabatan).where(DiklatPost.diklat_id == wanted))


def line(diklat_id: int, person_id: int, share: str | None = None) -> Line:
    """Only what is read after the lock is true until the seat is given."""
    given = {"diklat_id": diklat_id, "person_id": person_id, "share": share}
    taken, seated, waiting, mine, active, in_share = db.session().execute(_line_statement(), given).one()
    last = max((moment for moment in (seated, waiting) if moment is not None), default=None)
    return Line(taken, last, mine, bool(active), in_share)


def held(diklat_id: int) -> dict[str | None, int]:
    """Share -> its seats; None for those of no share."""
    grouped = sa.select(Enrolment.share_key, sa.func.count()).where(
        Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.CONFIRMED
    )
    return dict(db.session().execute(grouped.group_by(Enrolment.share_key)).all())


def rank(diklat_id: int, person_id: int, *, now: datetime) -> int:
    """1 for who had a seat in another diklat that has begun by now, else 0."""
    before = sa.exists().where(*_took_part(now), Enrolment.person_id == person_id, Enrolment.diklat_id != diklat_id)
    return int(db.session().scalar(sa.select(before)) or False)


def took_part(diklat_id: int, *, now: datetime) -> set[int]:
    """Who of the people of this diklat had a seat in another one that has begun by now."""
    here = sa.orm.aliased(Enrolment)
    mine = sa.select(here.person_id).where(here.diklat_id == diklat_id, here.state != EnrolmentState.CANCELLED)
    wanted = sa.select(Enrolment.person_id).distinct().join(Diklat, Diklat.id == Enrolment.diklat_id)
    return set(
        db.session().scalars(
            wanted.where(*_took_part(now), Enrolment.person_id.in_(mine), Enrolment.diklat_id != diklat_id)
        )
    )


def _took_part(now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    return (
        Diklat.id == Enrolment.diklat_id,
        Enrolment.state == EnrolmentState.CONFIRMED,
        Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
        Diklat.starts_at <= now,
    )


def overlapping_titles(diklat_id: int, person_id: int, *, now: datetime) -> list[str]:
    """Other diklat of the person, some session of which meets while one of this diklat does; the soonest first."""
    given = {"diklat_id": diklat_id, "person_id": person_id, "now": now}
    return [title for title, _ in db.session().execute(_overlap_statement(), given)]


def target(diklat_id: int) -> tuple[list[Jenjang], list[str]]:
    """Levels and jabatan the diklat is for; an empty list means all."""
    rows: Sequence[sa.Row[str | None, str | None]] = (
        db.session().execute(_target_statement(), {"diklat_id": diklat_id}).all()
    )
    return [Jenjang(level) for level, _ in rows if level is not None], [post for _, post in rows if post is not None]
