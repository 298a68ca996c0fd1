"""Which share of those who work at a school, or in a kecamatan, has been reached in a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import db, formats
from calakan.kernel.actor import Actor, Role
from calakan.people.models import Jenjang, Kecamatan, Person, School
from calakan.reports import headcounts, queries
from calakan.reports.models import HeadcountSource
from calakan.reports.terms import Dimension, Filters


@dataclass(frozen=True)
class Reach:
    """People reached of those there are. `given` is how many of the schools have a number of the office's own list."""

    code: str
    name: str
    target: int
    reached: int
    schools: int = 1
    given: int = 0

    @property
    def percent(self) -> int:
        """At most 100: people move, and lists are older than people."""
        return formats.share(self.reached, self.target)


@dataclass(frozen=True)
class SchoolReach(Reach):
    kecamatan_code: str = ""
    jenjang: Jenjang = Jenjang.SD


@dataclass(frozen=True)
class Coverage:
    schools: Sequence[SchoolReach]
    places: Sequence[Reach]
    source: HeadcountSource | None

    @property
    def whole(self) -> Reach:
        return _sum("", "", self.schools)


def coverage(filters: Filters, *, visible_to: Actor, jenjang: Jenjang | None = None) -> Coverage:
    """Schools of the district that are open, with their kecamatan; in a fixed number of statements.

    A school that the newest list of the office does not name has its known people as its number.
    """
    source = headcounts.newest()
    given = headcounts.by_school(source.id) if source is not None else {}
    reached = {row.keys[0].code: row.unik for row in queries.rows([Dimension.SCHOOL], filters, visible_to=visible_to)}
    known = _known()
    wanted = sa.select(School).where(School.active, _within(visible_to)).order_by(School.name, School.id)
    if jenjang is not None:
        wanted = wanted.where(School.jenjang.in_(jenjang.within))
    if filters.kecamatan:
        wanted = wanted.where(School.kecamatan_code == filters.kecamatan)
    schools = [
        SchoolReach(
            code=school.npsn,
            name=school.name,
            target=given.get(school.id, known.get(school.id, 0)),
            reached=reached.get(school.npsn, 0),
            given=int(school.id in given),
            kecamatan_code=school.kecamatan_code,
            jenjang=school.jenjang,
        )
        for school in db.session().scalars(wanted)
    ]
    return Coverage(schools, _places(schools), source)


def _within(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.is_committee or actor.has(Role.PIMPINAN):
        return sa.true()
    return sa.or_(School.id.in_(actor.school_ids), School.kecamatan_code.in_(actor.kecamatan_codes))


def _known() -> dict[int, int]:
    """school -> accounts of people who say they work there."""
    rows = db.session().execute(
        sa.select(Person.school_id, sa.func.count())
        .where(Person.school_id.is_not(None), Person.active)
        .group_by(Person.school_id)
    )
    return {school: people for school, people in rows if school is not None}


def _places(schools: Sequence[SchoolReach]) -> list[Reach]:
    names = db.session().execute(sa.select(Kecamatan.code, Kecamatan.name).order_by(Kecamatan.name))
    return [
        _sum(code, name, inside) for code, name in names if (inside := [s for s in schools if s.kecamatan_code == code])
    ]


def _sum(code: str, name: str, schools: Sequence[Reach]) -> Reach:
    return Reach(
        code,
        name,
        target=sum(school.target for school in schools),
        reached=sum(school.reached for school in schools),
        schools=len(schools),
        given=sum(school.given for school in schools),
    )


def unreached(found: Coverage) -> list[SchoolReach]:
    """Schools of which nobody took part, those with the most people first."""
    return sorted((s for s in found.schools if not s.reached), key=lambda s: (-s.target, s.name))


def ahead(*, now: datetime, limit: int = 3) -> Sequence[Diklat]:
    """What a school can be invited to."""
    return db.session().scalars(
        sa.select(Diklat)
        .where(Diklat.state == DiklatState.PUBLISHED, Diklat.starts_at > now)
        .order_by(Diklat.starts_at, Diklat.id)
        .limit(limit)
    ).all()  # fmt: skip
