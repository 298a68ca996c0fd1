"""Rounds bigger than the relay's caps: when they begin, whom they miss, and that nights stay quiet. Counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions
from calakan.enrolment import meetings, plans, reminders, services, spreading
from calakan.enrolment.models import Enrolment
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.office import services as office
from tests import factories

DAY = date(2027, 3, 10)
HOURLY = {timedelta(hours=1): 1}
Wave = tuple[datetime, int]


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), int(hour % 1 * 60)))


@pytest.fixture(autouse=True)
def long_before() -> Iterator[None]:
    with time_machine.travel(at(9, -60), tick=False):
        yield


def course(title: str, start: datetime, people: int, *moments: str) -> int:
    """A diklat of one session with so many confirmed people."""
    id = factories.diklat(title, days=80).id
    first = diklat_queries.sessions_of(id)[0].id
    plan = sessions.SessionPlan(title=title, starts_at=start, ends_at=start + timedelta(hours=2))
    with db.transaction():
        sessions.change(first, plan, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        services.set_plan(id, Plan(moments), remind=True, actor=factories.SYSTEM, now=clock.now())
    for number in range(people):
        person = factories.person(f"{title} {number}").id
        with db.transaction():
            services.join(id, person, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
    with db.transaction() as session:
        session.execute(sa.delete(Message))
    return id


def cap(**values: int) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), **values)


def due(now: datetime) -> list[reminders.Due]:
    db.session().rollback()
    return reminders.due(now=now)


def rounds(limits: spreading.Limits, now: datetime) -> list[tuple[str, datetime, int, int]]:
    db.session().rollback()
    found = spreading.rounds(meetings.coming(now), limits, now=now)
    return [(r.moment, r.begins, r.people, r.missing) for r in found]


@pytest.mark.parametrize(
    ("limits", "begins", "until", "number"),
    [
        (HOURLY, at(7), at(21), 14),
        (HOURLY, at(20.5, -1), at(21), 1 + 16),
        (HOURLY, at(22, -1), at(7), 2),
        (HOURLY, at(22), at(23), 0),
        ({**HOURLY, timedelta(days=1): 4}, at(7), at(21), 4),
        ({**HOURLY, timedelta(days=1): 4}, at(20.5, -1), at(21), 8),
        ({timedelta(days=1): 4}, at(7), at(21), 4),
    ],
)
def test_the_room_between_two_instants_leaves_the_night_out(
    limits: spreading.Limits, begins: datetime, until: datetime, number: int
) -> None:
    assert spreading.room(limits, begins, until) == number


@pytest.mark.parametrize(
    ("people", "begins", "missing"),
    [
        (14, at(7, -1), 0),
        (15, at(6.5, -1), 0),
        (16, at(5.5, -1), 0),
        (17, at(20.5, -2), 0),
        (20, at(17.5, -2), 0),
        (21, at(17, -2), 1),
    ],
)
def test_a_morning_begins_as_late_as_it_can(app: Flask, people: int, begins: datetime, missing: int) -> None:
    course("Numerasi", at(13), people, "d1")
    assert rounds(HOURLY, at(9, -5)) == [("morning", begins, people, missing)]


def test_a_round_begins_early_by_itself_and_says_the_right_day(app: Flask) -> None:
    id = course("Numerasi", at(13), 17, "d1")
    assert due(at(20.5, -2)) == []
    cap(mail_per_hour=1)
    assert due(at(20.4, -2)) == []
    found = due(at(20.5, -2))
    assert (len(found), {item.day for item in found}) == (17, {DAY - timedelta(days=1)})
    with db.transaction():
        assert reminders.queue_due(now=at(20.5, -2)) == 17
    assert due(at(7, -1)) == []
    message = db.session().scalars(sa.select(Message)).first()
    assert message is not None
    assert (message.expires_at, message.subject_id) == (at(21, -1), id)
    for now, words in ((at(20.5, -2), "2 hari lagi"), (at(7, -1), "Besok")):
        letter = letters.compose(message, now)
        assert letter is not None
        assert letter.subject == f"{words}: Numerasi"


def test_one_person_of_two_diklat_counts_once(app: Flask) -> None:
    first = course("Numerasi", at(8), 3, "d1")
    second = course("Literasi", at(10), 0, "d1")
    people = db.session().scalars(sa.select(Enrolment.person_id).where(Enrolment.diklat_id == first)).all()
    for person in [*people, factories.person("Lain").id]:
        with db.transaction():
            services.join(second, person, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
    daily = {timedelta(days=1): 1}
    assert rounds(daily, at(9, -5)) == [("morning", at(17, -2), 4, 2)]


def test_what_went_already_is_not_counted_again(app: Flask) -> None:
    course("Numerasi", at(13), 4, "d1")
    cap(mail_per_hour=1)
    with db.transaction() as session:
        reminders.queue_due(now=at(7, -1))
        gone = sa.select(Message.id).order_by(Message.id).limit(3)
        session.execute(sa.update(Message).where(Message.id.in_(gone)).values(state=WorkState.DONE))
    assert rounds(HOURLY, at(20, -1)) == [("morning", at(7, -1), 1, 0)]


def test_the_hour_before_is_shared_by_those_that_start_in_it(app: Flask) -> None:
    course("Numerasi", at(13), 6, "h1")
    course("Literasi", at(13.5), 6, "h1")
    four = {timedelta(hours=1): 4}
    # Six in two hours' worth: a quarter of an hour earlier is enough. Twelve in three: three quarters more.
    assert rounds(four, at(9, -1)) == [("h1", at(11.75), 6, 0), ("h1", at(11.25), 12, 0)]
    assert rounds({timedelta(hours=1): 1}, at(9, -1)) == [("h1", at(10), 6, 3), ("h1", at(10.5), 12, 9)]
    cap(mail_per_hour=4)
    assert [len(due(at(hour))) for hour in (11, 11.25, 11.75)] == [0, 6, 12]


def test_a_session_of_today_does_not_wait_behind_tomorrows(app: Flask) -> None:
    course("Hari ini", at(13), 1, "d0")
    course("Besok", at(13, 1), 1, "d1")
    with db.transaction():
        assert reminders.queue_due(now=at(7)) == 2
    rows = db.session().scalars(sa.select(Message)).all()
    assert {row.facts["name"]: row.priority for row in rows} == {"Hari ini 0": 20, "Besok 0": 50}


def test_the_morning_of_the_day_is_one_letter_and_none_for_a_session_before_it(app: Flask) -> None:
    course("Siang", at(13), 1, "d0")
    course("Subuh", at(5.5), 1, "d0")
    course("Pagi", at(7), 1, "d0")
    assert [(item.title, item.day) for item in due(at(7))] == [("Siang", DAY)]
    assert rounds(HOURLY, at(6)) == [("morning", at(7), 1, 0)]

    class Early:
        starts_at, local_date = at(5.5), DAY

    class Noon:
        starts_at, local_date = at(12), DAY

    assert list(Plan(("d0",)).rounds(Early())) == []
    assert list(Plan(("d0",), morning=time(5, 30)).rounds(Early())) == []
    assert list(Plan((plans.TEN,)).rounds(Noon())) == [(plans.TEN, at(12) - timedelta(minutes=10))]
    Early.starts_at = at(5) + timedelta(minutes=9)
    assert list(Plan((plans.TEN,)).rounds(Early())) == []  # that is at night
    assert plans.normal(["d0", "d1", "x"]) == ("d1", "d0")
