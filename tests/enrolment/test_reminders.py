"""When a reminder falls, whom it reaches, and that it is true when it leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.demo import district
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions
from calakan.enrolment import plans, reminders, services
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories

DAY = date(2027, 3, 10)  # a Wednesday


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), int(hour % 1 * 60)))


@pytest.fixture(autouse=True)
def long_before() -> Iterator[None]:
    """Everybody enrols two months before the day."""
    with time_machine.travel(at(9, -60), tick=False):
        yield


def course(title: str, *starts: datetime, moments: tuple[str, ...] | None = None) -> int:
    id = factories.diklat(title, days=80).id
    first = diklat_queries.sessions_of(id)[0].id
    for number, start in enumerate(starts):
        if number:
            factories.live_session(id, start, title=f"{title} {number + 1}")
            continue
        plan = sessions.SessionPlan(title=f"{title} 1", starts_at=start, ends_at=start + timedelta(hours=2))
        with db.transaction():
            sessions.change(first, plan, actor=factories.SYSTEM, now=clock.now())
    if moments is not None:
        with db.transaction():
            services.set_plan(
                id, Plan(moments, note="Bawa laptop"), remind=True, actor=factories.SYSTEM, now=clock.now()
            )
    return id


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)


def keys(now: datetime) -> list[tuple[str, int, list[str]]]:
    db.session().rollback()
    return [(d.offset, d.person_id, [s.title for s in d.sessions]) for d in reminders.due(now=now)]


def test_a_plan_falls_in_the_morning_and_an_hour_before(app: Flask) -> None:
    id = course("Numerasi", at(13), moments=plans.PRESETS["lengkap"])
    me = factories.person().id
    join(id, me)
    one = ["Numerasi 1"]
    seen = {
        (days, hour): keys(at(hour, -days))
        for days, hour in ((7, 6.9), (7, 7), (3, 12), (2, 12), (1, 7), (1, 21), (0, 11), (0, 12), (0, 13))
    }
    assert seen == {
        (7, 6.9): [], (7, 7): [("day", me, one)], (3, 12): [("day", me, one)], (2, 12): [], (1, 7): [("day", me, one)],
        (1, 21): [], (0, 11): [], (0, 12): [("hour", me, one)], (0, 13): [],
    }  # fmt: skip
    by_day = {days: reminders.of_today(me, DAY - timedelta(days=days), now=at(7, -days)) for days in (7, 2, 1)}
    assert {days: [s.title for s in found] for days, found in by_day.items()} == {7: one, 2: [], 1: one}


def test_a_morning_is_one_letter_a_person_whatever_it_is_about(app: Flask) -> None:
    first = course("Numerasi", at(8), at(13))
    second = course("Literasi", at(19, 2), moments=("d3",))
    me, other = factories.person("Ani").id, factories.person("Budi").id
    join(first, me)
    join(second, me)
    join(second, other)
    assert keys(at(9, -1)) == [
        ("day", me, ["Numerasi 1", "Numerasi 2", "Literasi 1"]),
        ("day", other, ["Literasi 1"]),
    ]
    with db.transaction():
        assert reminders.queue_due(now=at(9, -1)) == 2
    with db.transaction():
        assert reminders.queue_due(now=at(9.5, -1)) == 0
    mine = db.session().scalars(sa.select(Message).where(Message.key == f"reminder:{me}:2027-03-09")).one()
    letter = letters.compose(mine, at(9, -1))
    assert letter is not None
    assert letter.subject == "Besok: Numerasi 1 dan 2 sesi lain"
    assert letter.text.count("Catatan panitia: Bawa laptop") == 1
    assert [line for line in letter.text.splitlines() if line.endswith(":")] == ["Besok:", "Besok:", "3 hari lagi:"]
    # Moved before it left: the letter says what holds now.
    session = db.session().scalars(sa.select(LiveSession).where(LiveSession.title == "Numerasi 2")).one()
    plan = sessions.SessionPlan(title="Numerasi 2", starts_at=at(15), ends_at=at(16))
    with db.transaction():
        sessions.change(session.id, plan, actor=factories.SYSTEM, now=at(9, -1))
    mine = db.session().scalars(sa.select(Message).where(Message.key == f"reminder:{me}:2027-03-09")).one()
    later = letters.compose(mine, at(9.5, -1))
    assert later is not None
    assert "15.00–16.00 WIB" in later.text
    with db.transaction():
        services.leave(first, me, actor=factories.SYSTEM, now=at(9, -1))
        services.leave(second, me, actor=factories.SYSTEM, now=at(9, -1))
    mine = db.session().scalars(sa.select(Message).where(Message.key == f"reminder:{me}:2027-03-09")).one()
    assert letters.compose(mine, at(10, -1)) is None


def test_nobody_is_reminded_of_a_moment_before_the_enrolment(app: Flask) -> None:
    id = course("Numerasi", at(13))
    early, late = factories.person("Ani").id, factories.person("Budi").id
    join(id, early)
    with time_machine.travel(at(8, -1)):
        join(id, late)
    assert keys(at(9, -1)) == [("day", early, ["Numerasi 1"])]
    assert keys(at(12.5)) == [("hour", early, ["Numerasi 1"]), ("hour", late, ["Numerasi 1"])]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ((5.5, 0), (5, 0)),
        ((5, 0), (20.75, -1)),
        ((4, 0), (20.75, -1)),
        ((22, 0), (20.75, 0)),
        ((21.5, 0), (20.5, 0)),
        ((0.5, 0), (20.75, -1)),
    ],
)
def test_nobody_is_woken(app: Flask, start: tuple[float, int], due: tuple[float, int]) -> None:
    class Meeting:
        starts_at, local_date = at(*start), DAY

    assert plans.hour_before(Meeting()) == at(*due)
    assert not plans.quiet(plans.hour_before(Meeting()))


def test_an_outage_over_the_day_drops_the_reminder_instead_of_sending_it_late(app: Flask) -> None:
    id = course("Numerasi", at(13), moments=("d7",))
    join(id, factories.person().id)
    assert [len(keys(at(hour, -7))) for hour in (7, 20.9, 21)] == [1, 1, 0]
    assert keys(at(5, -6)) == []


def test_switched_off_nobody_is_reminded(app: Flask) -> None:
    id = course("Numerasi", at(13))
    join(id, factories.person().id)
    with db.transaction():
        services.set_plan(id, Plan(), remind=False, actor=factories.SYSTEM, now=clock.now())
    assert keys(at(9, -1)) == []
    assert db.session().get_one(Diklat, id).remind is False


def test_sixty_thousand_enrolments_are_asked_in_few_statements(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(6):
        course(f"Diklat {n}", at(8 + n))
    monkeypatch.setattr(district, "PEOPLE", 10_000)
    long_ago = sa.literal(at(0, -90), db.UTCDateTime())
    code = sa.cast(Diklat.id * 100_000 + Person.id, sa.String)
    everyone = sa.select(code, Diklat.id, Person.id, sa.literal(EnrolmentState.CONFIRMED.value), long_ago, long_ago)
    names = ["code", "diklat_id", "person_id", "state", "queued_at", "decided_at"]
    with db.transaction() as session:
        district.insert_rows(Person, district.people_rows(random.Random(1), at(0, -90)))
        joined = everyone.select_from(sa.join(Diklat, Person, sa.true()))
        session.execute(sa.insert(Enrolment).from_select(names, joined))
        assert session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 60_000
    asked: list[str] = []
    sa.event.listen(db.engine(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    # The mornings of one day are one letter a person.
    assert len(reminders.due(now=at(9, -1))) == 10_000
    assert len([text for text in asked if "FROM" in text]) == 3  # and one for the caps
