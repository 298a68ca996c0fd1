"""When the line for a seat moves, and until when one is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services, tasks
from calakan.enrolment.errors import (
    AccountClosed,
    EnrolmentClosed,
    LeaveDeadlineOver,
)
from calakan.kernel import clock, db
from calakan.office import services as office
from calakan.people.models import Person
from calakan.promises import invariants
from tests import factories
from tests.enrolment.seating import CONFIRMED, WAITING, change, join, leave, promote, remove, state


def test_nobody_moves_up_once_the_first_session_has_begun(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2).id
    factories.live_session(course, factories.morning(4))
    first, second, third = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    join(course, first)
    join(course, second)
    begun = factories.morning(2)
    with time_machine.travel(begun, tick=False):
        leave(course, first)
        assert state(course, second) is WAITING
        assert tasks.repair_seats(app.extensions["calakan.settings"]) == 0
        assert invariants.broken() == []
        # A person may still decide it.
        assert promote(course, second) == 1
        assert join(course, third, by_hand=True) is WAITING
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), promote_late=True)
    with time_machine.travel(begun, tick=False):
        leave(course, second)
        assert state(course, third) is CONFIRMED


def test_a_moment_before_it_the_line_still_moves(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2).id
    first, second = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, first)
    join(course, second)
    with time_machine.travel(factories.morning(2) - timedelta(seconds=1), tick=False):
        leave(course, first)
        assert state(course, second) is CONFIRMED


def test_whoever_could_never_get_a_seat_is_not_put_in_line(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2, enrol_closes_at=factories.morning(5)).id
    factories.live_session(course, factories.morning(4))
    first, second = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, first)
    with time_machine.travel(factories.morning(2), tick=False), pytest.raises(EnrolmentClosed) as refused:
        join(course, second)
    assert refused.value.facts == {"why": "late"}


@pytest.mark.parametrize("door", ["join", "by_hand", "promote", "sweep", "quota", "leave", "rule"])
def test_nobody_enrols_after_the_last_session_by_any_door(app: Flask, door: str) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), promote_late=True)
    course = factories.diklat(quota=1, days=2, enrol_closes_at=factories.morning(20)).id
    seated, waiting, late = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    join(course, seated)
    join(course, waiting)
    doors: dict[str, Callable[[], object]] = {
        "join": lambda: join(course, late),
        "by_hand": lambda: join(course, late, by_hand=True),
        "promote": lambda: promote(course, waiting),
        "sweep": lambda: tasks.repair_seats(app.extensions["calakan.settings"]),
        "quota": lambda: change(course, quota=9),
        "leave": lambda: remove(course, seated),
        "rule": lambda: change(course, quota=None, newcomers_first=True),
    }
    with time_machine.travel(factories.morning(2) + timedelta(hours=3), tick=False):
        if door in ("join", "by_hand", "promote"):
            with pytest.raises(EnrolmentClosed) as refused:
                doors[door]()
            assert refused.value.facts["why"] == "ended"
        else:
            doors[door]()
    assert state(course, waiting) is WAITING
    assert queries.enrolment(course, late) is None


def test_a_closed_account_gets_no_seat_and_no_place(app: Flask) -> None:
    course, teacher = factories.diklat().id, factories.person().id
    with db.transaction() as session:
        session.get_one(Person, teacher).active = False
    for by_hand in (False, True):
        with pytest.raises(AccountClosed):
            join(course, teacher, by_hand=by_hand)
    assert queries.enrolment(course, teacher) is None


def test_a_seat_is_given_back_alone_until_its_deadline(app: Flask) -> None:
    course = factories.diklat(quota=1, days=6).id
    seated, waiting = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, seated)
    join(course, waiting)
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=2)
    deadline = clock.start_of(clock.today() + timedelta(days=5))
    with time_machine.travel(deadline, tick=False):
        with pytest.raises(LeaveDeadlineOver) as refused:
            leave(course, seated)
        assert refused.value.facts["until"] == deadline
        leave(course, waiting)  # holds no seat
        remove(course, seated)
    assert join(course, seated) is CONFIRMED
    with time_machine.travel(deadline - timedelta(seconds=1), tick=False):
        leave(course, seated)


@pytest.mark.parametrize(("days", "begins", "until"), [(0, True, False), (2, False, False), (2, True, True)])
def test_a_deadline_to_give_a_seat_back_needs_days_and_a_first_session(
    app: Flask, days: int, begins: bool, until: bool
) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=days)
    starts_at = factories.morning(6) if begins else None
    found = services.leave_until(Diklat(starts_at=starts_at))
    assert (found == clock.start_of(clock.today() + timedelta(days=5))) is until
    assert until or found is None
