"""What tests of seats do to a diklat, each in a transaction of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from calakan.diklat import seat_shares as shares
from calakan.diklat.models import Diklat, SeatBy
from calakan.diklat.services import details
from calakan.enrolment import queries, services
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.people.models import School
from tests import factories

WAITING, CONFIRMED = EnrolmentState.WAITING, EnrolmentState.CONFIRMED
EACH = {shares.EACH: 2}


def schools(count: int) -> list[int]:
    return list(db.session().scalars(sa.select(School.id).order_by(School.id).limit(count)))


def join(diklat_id: int, person_id: int, **options: bool) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), **options).state


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def promote(diklat_id: int, *people: int) -> int:
    with db.transaction():
        return services.promote(diklat_id, people, actor=factories.SYSTEM, now=clock.now())


def state(diklat_id: int, person_id: int) -> EnrolmentState:
    db.session().rollback()
    found = queries.enrolment(diklat_id, person_id)
    assert found is not None
    return found.state


def change(course: int, *, keep_seated: bool = False, **values: Any) -> None:
    diklat = db.session().get_one(Diklat, course)
    given = {"title": diklat.title, "summary": diklat.summary, "quota": diklat.quota, **values}
    given.setdefault("enrol_opens_at", diklat.enrol_opens_at)
    given.setdefault("enrol_closes_at", diklat.enrol_closes_at)
    with db.transaction():
        details.change(
            course, details.Details(**given), actor=factories.SYSTEM, now=clock.now(), keep_seated=keep_seated
        )


def two_per_school(*, quota: int | None = 5, **values: Any) -> int:
    return factories.diklat(quota=quota, seat_by=SeatBy.SCHOOL, seat_limits=EACH, days=6, **values).id


def remove(course: int, person_id: int) -> None:
    with db.transaction():
        services.remove(course, [person_id], reason="Salah", actor=factories.SYSTEM, now=clock.now())
