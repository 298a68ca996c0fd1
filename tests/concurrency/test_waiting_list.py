"""Cancellations and newcomers at the same time; double clicks. Each with its control: the lock switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.enrolment import joining, services
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.promises import invariants
from tests import factories


def at_once(app: Flask, works: list[Callable[[], object]]) -> list[BaseException]:
    """Each in a thread and a transaction of its own, all let go together; what they raised."""
    barrier, failures = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                barrier.wait(60)
                with db.transaction():
                    work()
            except BaseException as error:
                failures.append(error)
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    return failures


def join(diklat_id: int, person_id: int) -> Callable[[], object]:
    return lambda: services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def leave(diklat_id: int, person_id: int) -> Callable[[], object]:
    return lambda: services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def counted(diklat_id: int) -> dict[EnrolmentState, int]:
    grouped = sa.select(Enrolment.state, sa.func.count().label("people")).where(Enrolment.diklat_id == diklat_id)
    return {row.state: row.people for row in db.session().execute(grouped.group_by(Enrolment.state))}


def full(app: Flask, seats: int, waiting: int) -> tuple[int, list[int]]:
    course = factories.diklat(quota=seats).id
    people = [factories.person(f"Guru {n}").id for n in range(seats + waiting)]
    for person_id in people:
        with db.transaction():
            join(course, person_id)()
    return course, people


def test_cancellations_and_newcomers_at_once(app: Flask) -> None:
    """Six of eight seats are given back, some twice, while six wait and four come: no seat free, none sold twice."""
    course, people = full(app, seats=8, waiting=6)
    newcomers = [factories.person(f"Baru {n}").id for n in range(4)]
    works = [leave(course, id) for id in (*people[:6], *people[:3])] + [join(course, id) for id in newcomers]
    assert at_once(app, works) == []
    assert counted(course) == {
        EnrolmentState.CONFIRMED: 8, EnrolmentState.CANCELLED: 6, EnrolmentState.WAITING: 4
    }  # fmt: skip
    # First come, first served: those who waited before sit, the newcomers wait.
    seated = sa.select(Enrolment.person_id).where(Enrolment.state == EnrolmentState.CONFIRMED)
    assert set(db.session().scalars(seated)) == set(people[6:])
    promoted = sa.select(sa.func.count()).select_from(Message).where(Message.kind == "enrolment.promoted")
    assert db.session().scalar(promoted) == 6
    assert invariants.broken() == []


def test_a_double_click_is_one_enrolment_and_one_mail(app: Flask) -> None:
    course, teacher = factories.diklat(quota=3).id, factories.person().id
    assert at_once(app, [join(course, teacher)] * 8) == []
    assert counted(course) == {EnrolmentState.CONFIRMED: 1}
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def unlocked(model: type[Any], id: int, *columns: Any) -> Any:
    return db.session().get(model, id)


def test_without_the_lock_a_double_click_collides(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control. On SQLite the writing transaction itself is the lock, so there one still finds the other."""
    course, teacher = factories.diklat(quota=3).id, factories.person().id
    postgres, together, looked = db.engine().dialect.name == "postgresql", threading.Barrier(4), joining.line

    def look_together(*asked: Any) -> joining.Line:
        found = looked(*asked)
        if postgres:
            together.wait(60)
        return found

    monkeypatch.setattr(db, "hold", unlocked)
    monkeypatch.setattr(joining, "line", look_together)
    failures = at_once(app, [join(course, teacher)] * 4)
    assert len(failures) == (3 if postgres else 0), failures


def test_without_the_lock_a_seat_that_comes_free_is_lost(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the promotion: two leave and both choose before either seats the line, so a free seat is lost."""
    course, people = full(app, seats=2, waiting=3)
    postgres, together, seat = db.engine().dialect.name == "postgresql", threading.Barrier(2), services._seat

    def seat_together(*args: Any, **kwargs: Any) -> None:
        if postgres:
            together.wait(60)
        seat(*args, **kwargs)

    monkeypatch.setattr(db, "lock", unlocked)
    monkeypatch.setattr(services, "_seat", seat_together)
    assert at_once(app, [leave(course, people[0]), leave(course, people[1])]) == []
    taken = counted(course)[EnrolmentState.CONFIRMED]
    # Each saw one seat free (its own) and the same person first in the line.
    assert taken == (1 if postgres else 2)
