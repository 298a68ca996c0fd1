"""Many of one school at once: its share is never oversold, and a seat that comes free goes to who may have it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.diklat.models import SeatBy
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.people.models import School
from calakan.promises import invariants
from tests import factories
from tests.concurrency.test_waiting_list import at_once, counted, join, leave


def held(diklat_id: int) -> list[int]:
    """Seats of each school."""
    wanted = sa.select(sa.func.count()).where(
        Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.CONFIRMED
    )
    return list(db.session().scalars(wanted.group_by(Enrolment.share_key)))


def test_no_share_is_oversold_by_those_who_come_at_once(app: Flask) -> None:
    course = factories.diklat(quota=7, seat_by=SeatBy.SCHOOL, seat_limits={"": 2}).id
    schools = list(db.session().scalars(sa.select(School.id).order_by(School.id).limit(3)))
    people = [factories.person(f"Guru {n}", school_id=schools[n % 3]).id for n in range(18)]
    assert at_once(app, [join(course, id) for id in (*people, *people[:4])]) == []
    assert held(course) == [2, 2, 2]
    assert counted(course) == {EnrolmentState.CONFIRMED: 6, EnrolmentState.WAITING: 12}
    assert invariants.broken() == []


def test_seats_that_come_free_at_once_stay_with_their_schools(app: Flask) -> None:
    course = factories.diklat(quota=4, seat_by=SeatBy.SCHOOL, seat_limits={"": 2}).id
    schools = list(db.session().scalars(sa.select(School.id).order_by(School.id).limit(2)))
    people = [factories.person(f"Guru {n}", school_id=schools[n % 2]).id for n in range(10)]
    for id in people:
        with db.transaction():
            join(course, id)()
    newcomers = [factories.person(f"Baru {n}", school_id=schools[0]).id for n in range(3)]
    works = [leave(course, id) for id in (*people[:4], *people[:2])] + [join(course, id) for id in newcomers]
    assert at_once(app, works) == []
    assert held(course) == [2, 2]
    # Those who waited before sit; the newcomers wait.
    seated = sa.select(Enrolment.person_id).where(Enrolment.state == EnrolmentState.CONFIRMED)
    assert set(db.session().scalars(seated)) == set(people[4:8])
    assert invariants.broken() == []
