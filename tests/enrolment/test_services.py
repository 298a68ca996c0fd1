"""Joining and leaving: seats, the line, refusals."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat
from calakan.diklat.services import details
from calakan.enrolment import queries, services
from calakan.enrolment.errors import EnrolmentClosed, NotEligible, ProfileIncomplete, QuotaBelowSeated, ScheduleOverlap
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person
from calakan.promises import invariants
from tests import factories


def join(diklat_id: int, person_id: int, **options: bool) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), **options).state


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def test_the_last_seat_then_the_line_then_promotion(app: Flask) -> None:
    course = factories.diklat(quota=1)
    first, second, third = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    assert join(course.id, first) is EnrolmentState.CONFIRMED
    assert join(course.id, second) is EnrolmentState.WAITING
    assert join(course.id, third) is EnrolmentState.WAITING
    waiting = queries.enrolment(course.id, third)
    assert waiting is not None
    assert queries.place_in_line(waiting) == 2
    leave(course.id, first)
    assert queries.enrolment(course.id, second).state is EnrolmentState.CONFIRMED
    assert queries.enrolment(course.id, third).state is EnrolmentState.WAITING
    kinds = sorted(db.session().scalars(sa.select(Message.kind)))
    assert kinds == [
        "enrolment.cancelled",
        "enrolment.confirmed",
        "enrolment.promoted",
        "enrolment.waiting",
        "enrolment.waiting",
    ]


def test_a_second_click_finds_the_first_answer(app: Flask) -> None:
    course, teacher = factories.diklat(), factories.person()
    join(course.id, teacher.id)
    join(course.id, teacher.id)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def test_refusals_change_nothing(app: Flask) -> None:
    closed = factories.diklat("Tutup", enrol_closes_at=clock.now() - timedelta(hours=1))
    other = factories.diklat("Hanya SMP", levels=[Jenjang.SMP])
    draft = factories.diklat("Draf", publish=False)
    teacher, newcomer = factories.person(), factories.person("Baru", complete=False)
    for diklat_id, person_id, error in (
        (closed.id, teacher.id, EnrolmentClosed),
        (draft.id, teacher.id, EnrolmentClosed),
        (other.id, teacher.id, NotEligible),
        (other.id, newcomer.id, ProfileIncomplete),
    ):
        with pytest.raises(error):
            join(diklat_id, person_id)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0


def test_whom_a_diklat_does_not_suit_is_shown_what_does(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    slug = factories.diklat("Hanya SMP", levels=[Jenjang.SMP]).slug
    factories.diklat("SMP lain", levels=[Jenjang.SMP])
    factories.diklat("Pengawas", posts=["pengawas_sekolah"])
    factories.diklat("Tutup", enrol_closes_at=clock.now() - timedelta(hours=1))
    fitting = {factories.diklat(title, levels=levels).slug for title, levels in (("SD", [Jenjang.SD]), ("Semua", []))}
    browser = client_of(factories.person(jenjang=Jenjang.SD).id)
    page = browser.get(f"/diklat/{slug}").get_data(as_text=True).partition("Yang cocok untuk Bapak/Ibu")[2]
    shown = re.findall(r'class="btn btn-2 btn-s" href="/diklat/([^"]+)"', page)
    assert (len(shown), set(shown)) == (2, fitting)
    for found in fitting:
        assert "Yang cocok untuk" not in browser.get(f"/diklat/{found}").get_data(as_text=True)


def test_an_overlap_is_told_and_may_be_accepted(app: Flask) -> None:
    one, two, teacher = factories.diklat("Satu"), factories.diklat("Dua"), factories.person()
    join(one.id, teacher.id)
    with pytest.raises(ScheduleOverlap) as refused:
        join(two.id, teacher.id)
    assert refused.value.facts == {"titles": ["Satu"]}
    assert join(two.id, teacher.id, accept_overlap=True) is EnrolmentState.CONFIRMED


def test_twenty_people_and_double_clicks_on_five_seats(app: Flask) -> None:
    course = factories.diklat(quota=5)
    people = [factories.person(f"Guru {n}").id for n in range(20)]
    diklat_id, barrier, failures = course.id, threading.Barrier(24), []

    def click(person_id: int) -> None:
        with app.app_context():
            try:
                barrier.wait()
                join(diklat_id, person_id)
            except Exception as error:
                failures.append(error)
            finally:
                db.session().rollback()
                db.db.session.remove()

    threads = [threading.Thread(target=click, args=(id,)) for id in [*people, *people[:4]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session().rollback()
    seats = queries.seats(db.session().get_one(Diklat, diklat_id))[diklat_id]
    assert (seats.taken, seats.waiting) == (5, 15)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 20


def test_a_closed_account_keeps_its_place_in_the_line_and_takes_no_seat(app: Flask) -> None:
    course = factories.diklat(quota=1)
    first, closed, third = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    for person_id in (first, closed, third):
        join(course.id, person_id)
    with db.transaction() as session:
        session.get_one(Person, closed).active = False
    leave(course.id, first)
    states = {id: queries.enrolment(course.id, id).state for id in (closed, third)}
    assert states == {closed: EnrolmentState.WAITING, third: EnrolmentState.CONFIRMED}
    leave(course.id, third)
    with db.transaction():
        assert services.promote(course.id, [closed], actor=factories.SYSTEM, now=clock.now()) == 0
    assert not [line for line in invariants.broken() if line.startswith("seat-left")]


def test_a_quota_never_goes_below_those_who_are_seated(app: Flask) -> None:
    course = factories.diklat(quota=3)
    for name in ("Ani", "Budi"):
        join(course.id, factories.person(name).id)

    def lower(quota: int) -> None:
        with db.transaction() as session:
            row = session.get_one(Diklat, course.id)
            details.change(course.id, _details(row, quota), actor=factories.SYSTEM, now=clock.now())

    with pytest.raises(QuotaBelowSeated) as refused:
        lower(1)
    assert refused.value.facts == {"taken": 2}
    lower(2)
    assert db.session().get_one(Diklat, course.id).quota == 2
    assert not [line for line in invariants.broken() if line.startswith("oversold")]


def _details(row: Diklat, quota: int) -> details.Details:
    return details.Details(
        title=row.title, summary=row.summary, description=row.description, kind=row.kind, mode=row.mode, quota=quota
    )
