"""The year so far, for whoever looks: all of the district, or one's own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports import queries, stages
from calakan.reports.documents import evidence
from calakan.reports.documents.evidence import Section
from calakan.reports.terms import Dimension, Filters, Row, Summary, usual_days
from calakan.reports.turnout import Turnout

MOST_PEOPLE = 30


@dataclass(frozen=True)
class Dashboard:
    """`before` holds the same days of the year before. `missing` are people of one's own who took part in nothing."""

    since: date
    until: date
    now: Summary
    before: Summary
    months: Sequence[Row]
    satisfaction: Section | None
    known: int
    others: int
    missing: Sequence[Person]
    missing_count: int

    @property
    def passed(self) -> int:
        """Of all participations, in percent, those that meet the condition of attendance."""
        return self.now.percent_passed

    @property
    def growth(self) -> int | None:
        """Participations against the year before, in percent."""
        was = self.before.enrolled
        return round((self.now.enrolled - was) * 100 / was) if was else None


def dashboard(*, today: date, visible_to: Actor, own_people: bool) -> Dashboard:
    since, until = usual_days(today)
    filters = Filters(since=since, until=until)
    before = Filters(since=since.replace(year=since.year - 1), until=_year_before(today))
    turnout = Turnout(filters, visible_to=visible_to)
    months = [row for row in turnout.rows([Dimension.MONTH]) if row.keys[0].code]
    known, others, missing, count = _own(filters, visible_to) if own_people else (0, 0, [], 0)
    return Dashboard(
        since, until, queries.summary(turnout), queries.summary(Turnout(before, visible_to=visible_to)),
        months, None if own_people else evidence.satisfaction(filters), known, others, missing, count,
    )  # fmt: skip


def own_people(*, today: date, actor: Actor) -> tuple[Filters, int, int]:
    """Of the people of one's own: in which days, how many took part, and how many there are, as the dashboard counts."""
    since, until = usual_days(today)
    filters = Filters(since=since, until=until)
    return filters, Turnout(filters, visible_to=actor).total[1], _own(filters, actor)[0]


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _own(filters: Filters, actor: Actor) -> tuple[int, int, Sequence[Person], int]:
    """How many people the actor sees, how many without himself, those of them without a participation, and how many these are.

    Participations count his own too, so what they are held against does.
    """
    all_of_them = sa.and_(people.visible_to(actor), Person.active)
    mine = sa.and_(all_of_them, Person.id != actor.person_id)
    known, others = (
        db.session().scalar(sa.select(sa.func.count()).select_from(Person).where(of)) or 0 for of in (all_of_them, mine)
    )
    there = stages.shares([], filters).subquery()
    absent = sa.and_(mine, Person.id.not_in(sa.select(there.c.person_id)))
    count = db.session().scalar(sa.select(sa.func.count()).select_from(Person).where(absent)) or 0
    wanted = sa.select(Person).where(absent).order_by(Person.name_key, Person.id).limit(MOST_PEOPLE)
    rows = db.session().scalars(wanted.options(joinedload(Person.school), joinedload(Person.kecamatan)))
    return known, others, rows.all(), count
