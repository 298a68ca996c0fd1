"""Who took part and works in another kabupaten: counted apart, by the place that the profile names."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.people.models import Person
from calakan.reports import stages
from calakan.reports.terms import Filters


def by_kabupaten(filters: Filters, *, visible_to: Actor) -> list[tuple[str, int, int]]:
    """(kabupaten, persons, participations), the most participations first."""
    shares = stages.shares([Enrolment.id.label("id")], filters).subquery()
    rows = db.session().execute(
        sa.select(Person.kabupaten_elsewhere, sa.func.count(sa.distinct(Person.id)), sa.func.count())
        .join(shares, shares.c.person_id == Person.id)
        .where(Person.kabupaten_elsewhere != "", stages.of_person(filters), stages.scope(visible_to))
        .group_by(Person.kabupaten_elsewhere)
        .order_by(sa.func.count().desc(), Person.kabupaten_elsewhere)
    )
    return [(place, people, count) for place, people, count in rows]
