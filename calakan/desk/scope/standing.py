"""Where one's own people stand this year: JP against the target of their status, papers, what they take part in. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.certificates import queries as certificates
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment import services as enrolments
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.askable import Askable
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import Person, School
from calakan.roster.models import RosterRow

MOST_OFFERED = 40


class Show(Askable):
    """Whom of one's people a page shows."""

    ALL = "semua"
    BELOW = "kurang"
    ABSENT = "belum"


@dataclass(frozen=True)
class Asked:
    """The filters of the page; `school` is an NPSN."""

    year: int
    words: str = ""
    school: str = ""
    show: Show = Show.ALL


def own(actor: Actor, asked: Asked) -> sa.Select[Person]:
    """The people of the actor's schools and kecamatan that these filters leave, by name."""
    wanted = people.in_scope(actor, words=asked.words)
    if asked.school:
        wanted = wanted.where(Person.school_id.in_(sa.select(School.id).where(School.npsn == asked.school)))
    if asked.show is Show.BELOW:
        wanted = wanted.where(below(asked.year))
    elif asked.show is Show.ABSENT:
        wanted = wanted.where(~enrolment.seated_in(asked.year))
    return wanted


def below(year: int) -> sa.ColumnElement[bool]:
    """Whether a Person has fewer JP certified in a year than the target of his status."""
    office = office_settings()
    target = sa.case(office.jp_targets, value=Person.employment, else_=office.yearly_jp_target)
    return certificates.jp_in(year) < target


def one(actor: Actor, code: str) -> Person | None:
    """Somebody of one's own."""
    return db.session().scalar(people.in_scope(actor).where(Person.code == code))


def may_look(actor: Actor, person: Person) -> bool:
    """Whether this is one of the actor's own people, with an open account."""
    here = person.school_id in actor.school_ids or person.kecamatan_code in actor.kecamatan_codes
    return person.active and here


def schools(actor: Actor) -> Sequence[tuple[str, str]]:
    """(NPSN, name) of the schools in the actor's scope."""
    within = sa.or_(School.id.in_(actor.school_ids), School.kecamatan_code.in_(actor.kecamatan_codes))
    wanted = sa.select(School.npsn, School.name).where(within, School.active).order_by(School.name, School.id)
    return [(npsn, name) for npsn, name in db.session().execute(wanted)]


def without_account(actor: Actor) -> int:
    """How many the roster names in the actor's scope whose row nobody has claimed."""
    here = sa.select(School.id).where(
        sa.or_(School.id.in_(actor.school_ids), School.kecamatan_code.in_(actor.kecamatan_codes))
    )
    wanted = sa.select(sa.func.count()).select_from(RosterRow)
    free = wanted.where(RosterRow.school_id.in_(here), RosterRow.person_id.is_(None), RosterRow.left_on.is_(None))
    return db.session().scalar(free) or 0


@dataclass(frozen=True)
class Year:
    """One person's year."""

    jp: int
    target: int
    titles: Sequence[str]
    papers: int

    @property
    def lacking(self) -> int:
        return max(self.target - self.jp, 0)


def years(persons: Iterable[Person], year: int) -> Mapping[int, Year]:
    """person -> his year, in a fixed number of statements."""
    employment = {person.id: person.employment for person in persons}
    ids, office = list(employment), office_settings()
    jp, titles = certificates.jp_by_person(ids, year), enrolment.titles_of_year(ids, year)
    papers = certificates.papers_by_person(ids, year)
    return {
        id: Year(jp.get(id, 0), office.jp_target_of(status), titles.get(id, ()), papers.get(id, 0))
        for id, status in employment.items()
    }


def offered(now: datetime, person: Person | None = None) -> list[Diklat]:
    """Diklat that one may enrol in now, the soonest first; with a person, those that are for his level and post."""
    wanted = (
        sa.select(Diklat)
        .where(
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.ends_at > now,
            sa.or_(Diklat.enrol_opens_at.is_(None), Diklat.enrol_opens_at <= now),
            sa.or_(Diklat.enrol_closes_at.is_(None), Diklat.enrol_closes_at > now),
        )
        .order_by(Diklat.starts_at, Diklat.id)
        .limit(MOST_OFFERED)
    )
    found = db.session().scalars(wanted).unique().all()
    if person is None:
        return list(found)
    level, post = person.jenjang, person.jabatan
    return [row for row in found if enrolments.meant(row.jenjang, [p.jabatan for p in row.posts], level, post)]


def this_year(now: datetime) -> int:
    return clock.local(now).year
