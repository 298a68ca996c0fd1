"""What happened after a letter was written and before it leaves: what is no longer true is not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.app import connect
from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions, states
from calakan.enrolment import elsewhere, plans, reminders, rules, services, tasks
from calakan.enrolment.errors import QuietHour
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.notifications import letters, ways
from calakan.notifications.models import AddressState, ChannelAddress, Message
from calakan.notifications.ways import Way
from calakan.people.models import Person
from tests import factories

DAY = date(2027, 3, 10)


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), round(hour % 1 * 60)))


@pytest.fixture(autouse=True)
def long_before(app: Flask) -> Iterator[None]:
    with time_machine.travel(at(9, -60), tick=False):
        yield


def course(title: str = "Numerasi", *moments: str, start: datetime | None = None, quota: int | None = None) -> int:
    """A diklat of one session, on the day at 13.00 unless said otherwise."""
    id, start = factories.diklat(title, days=80, quota=quota).id, start or at(13)
    with db.transaction():
        plan = sessions.SessionPlan(title=title, starts_at=start, ends_at=start + timedelta(hours=2))
        sessions.change(diklat_queries.sessions_of(id)[0].id, plan, actor=factories.SYSTEM, now=clock.now())
    if moments:
        with db.transaction():
            services.set_plan(id, Plan(moments), remind=True, actor=factories.SYSTEM, now=clock.now())
    return id


def join(diklat_id: int, person_id: int) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True).state


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def letter(kind: str, now: datetime) -> letters.Letter | None:
    """The newest message of this kind as it would leave then."""
    db.session().rollback()
    message = db.session().scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id.desc())).first()
    assert message is not None
    return letters.compose(message, now)


def due(now: datetime) -> list[tuple[str, int]]:
    db.session().rollback()
    return [(item.offset, item.person_id) for item in reminders.due(now=now)]


def session_of(diklat_id: int) -> int:
    return diklat_queries.sessions_of(diklat_id, cancelled=True)[0].id


def switch_off(course: int, person: int) -> None:
    with db.transaction():
        services.set_plan(course, Plan(), remind=False, actor=factories.SYSTEM, now=clock.now())


def cancel_diklat(course: int, person: int) -> None:
    with db.transaction():
        states.cancel(course, reason="sakit", actor=factories.SYSTEM, now=clock.now())


def cancel_session(course: int, person: int) -> None:
    factories.live_session(course, at(13, 20))
    with db.transaction():
        sessions.cancel(session_of(course), reason="sakit", actor=factories.SYSTEM, now=clock.now())


def move_session(course: int, person: int) -> None:
    plan = sessions.SessionPlan(title="Lain", starts_at=at(13, 20), ends_at=at(14, 20))
    with db.transaction():
        sessions.change(session_of(course), plan, actor=factories.SYSTEM, now=clock.now())


CHANGES = [leave, switch_off, cancel_diklat, cancel_session, move_session]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("kind", "now"), [("enrolment.day_reminder", at(9, -1)), ("enrolment.reminder", at(12.5))])
def test_a_reminder_of_what_changed_stays_here(
    app: Flask, kind: str, now: datetime, change: Callable[[int, int], None]
) -> None:
    id, person = course(), factories.person().id
    join(id, person)
    with db.transaction():
        assert reminders.queue_due(now=now) == 1
    assert letter(kind, now) is not None
    change(id, person)
    assert letter(kind, now) is None
    assert due(now) == []


@pytest.mark.parametrize("change", [move_session, cancel_session])
def test_who_left_is_not_told_what_became_of_the_session(app: Flask, change: Callable[[int, int], None]) -> None:
    id, person = course(), factories.person().id
    join(id, person)
    change(id, person)
    kind = f"enrolment.{'session_moved' if change is move_session else 'session_cancelled'}"
    assert letter(kind, at(9, -10)) is not None
    leave(id, person)
    assert letter(kind, at(9, -10)) is None


def test_a_reminder_ends_with_the_beginning_of_its_session(app: Flask) -> None:
    id, person = course("Numerasi", "d0", "h1"), factories.person().id
    join(id, person)
    for now in (at(7), at(12)):
        with db.transaction():
            assert reminders.queue_due(now=now) == 1
    for kind in ("enrolment.day_reminder", "enrolment.reminder"):
        assert [letter(kind, now) is None for now in (at(12.9), at(13), at(14))] == [False, True, True]


def test_who_enrolled_in_that_very_moment_is_reminded_of_it(app: Flask) -> None:
    id, person, late = course(), factories.person("Ani").id, factories.person("Budi").id
    with time_machine.travel(at(7, -1), tick=False):
        join(id, person)
    with time_machine.travel(at(7, -1) + timedelta(seconds=1), tick=False):
        join(id, late)
    assert due(at(8, -1)) == [("day", person)]
    found = {p: len(reminders.of_today(p, DAY - timedelta(days=1), now=at(8, -1))) for p in (person, late)}
    assert found == {person: 1, late: 0}


def test_a_letter_is_about_ones_own_seats_of_this_day_in_order(app: Flask) -> None:
    later, sooner, other_day = course("Sore", start=at(15)), course("Pagi", start=at(8)), course("Lusa", start=at(8, 1))
    full, alien = course("Penuh", quota=1), course("Orang lain", start=at(10))
    me, other = factories.person("Ani").id, factories.person("Budi").id
    join(full, other)
    join(alien, other)
    for id in (later, sooner, other_day, full):
        join(id, me)
    found = reminders.of_today(me, DAY - timedelta(days=1), now=at(8, -1))
    assert [session.title for session in found] == ["Pagi", "Sore"]
    assert [item.title for item in reminders.due(now=at(8, -1)) if item.person_id == me] == ["Pagi, Sore"]


def test_nobody_whose_account_is_closed_or_who_waits_is_reminded(app: Flask) -> None:
    id = course("Numerasi", quota=2)
    closed, seated, waits = (factories.person(name).id for name in ("Ani", "Budi", "Cici"))
    assert [join(id, person) for person in (closed, seated, waits)][2] is EnrolmentState.WAITING
    with db.transaction() as session:
        session.get_one(Person, closed).active = False
    assert due(at(8, -1)) == [("day", seated)]
    assert due(at(12)) == [("hour", seated)]


def test_each_is_told_ten_minutes_before_for_himself(app: Flask) -> None:
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}})
    id, other = course("Numerasi", "m10"), course("Literasi", "m10", start=at(13) + timedelta(minutes=1))
    first, second = factories.person("Ani").id, factories.person("Budi").id

    def reach(person: int) -> None:
        with db.transaction() as session:
            session.add(
                ChannelAddress(
                    person_id=person, channel=Way.TELEGRAM, address=str(person), state=AddressState.CONFIRMED,
                    asked_at=clock.now(),
                )
            )  # fmt: skip

    join(id, first)
    join(id, second)
    join(other, first)
    reach(first)
    assert [elsewhere.count(diklat) for diklat in (id, other)] == [1, 1]
    with db.transaction():
        assert reminders.queue_due(now=at(12) + timedelta(minutes=50)) == 1
    assert due(at(12) + timedelta(minutes=50)) == []
    reach(second)
    assert due(at(12) + timedelta(minutes=50)) == [("ten", second)]
    assert due(at(12) + timedelta(minutes=51)) == [("ten", second), ("ten", first)]
    assert elsewhere.count(id) == 2
    leave(id, first)
    assert elsewhere.count(id) == 1
    with db.transaction() as session:
        session.get_one(Person, second).active = False
    assert elsewhere.count(id) == 0
    connect(app.extensions["calakan.settings"])
    assert elsewhere.count(id) is None


@pytest.mark.parametrize(
    ("kind", "undo"),
    [
        ("enrolment.confirmed", leave), ("enrolment.confirmed", cancel_diklat),
        ("enrolment.waiting", leave), ("enrolment.cancelled", join),
    ],
)  # fmt: skip
def test_an_answer_that_another_followed_stays_here(app: Flask, kind: str, undo: Callable[[int, int], object]) -> None:
    id, person = course("Numerasi", quota=1), factories.person().id
    if kind == "enrolment.waiting":
        join(id, factories.person("Lain").id)
    join(id, person)
    if kind == "enrolment.cancelled":
        leave(id, person)
    assert letter(kind, clock.now()) is not None
    undo(id, person)
    assert letter(kind, clock.now()) is None


def test_the_hour_of_a_plan_is_one_in_which_people_are_awake(app: Flask) -> None:
    id = course()
    for morning, refused in ((time(4, 59), True), (time(5), False), (time(20, 59), False), (time(21), True)):
        with db.transaction():
            try:
                services.set_plan(id, Plan(morning=morning), remind=True, actor=factories.SYSTEM, now=clock.now())
            except QuietHour:
                assert refused
            else:
                assert not refused


def test_the_beat_writes_what_is_due_once(app: Flask) -> None:
    settings = app.extensions["calakan.settings"]
    id = course()
    for name in ("Ani", "Budi"):
        join(id, factories.person(name).id)
    with time_machine.travel(at(8, -1), tick=False):
        assert [tasks.queue_reminders(settings) for _ in range(2)] == [2, 0]


def test_a_seat_that_stayed_free_is_filled_by_the_beat(app: Flask) -> None:
    settings = app.extensions["calakan.settings"]
    one, off, draft = (course(title, quota=1) for title in ("Satu", "Batal", "Penuh"))
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    for id in (one, off, draft):
        for person in people:
            join(id, person)
    cancel_diklat(off, 0)
    with db.transaction() as session:
        mine = Enrolment.person_id == people[0], Enrolment.diklat_id.in_([one, off])
        session.execute(sa.update(Enrolment).where(*mine).values(state=EnrolmentState.CANCELLED))
    assert tasks.repair_seats(settings) == 1
    assert tasks.repair_seats(settings) == 0
    seated = sa.select(Enrolment.diklat_id, Enrolment.person_id).where(Enrolment.state == EnrolmentState.CONFIRMED)
    assert sorted(db.session().execute(seated).all()) == [(one, people[1]), (draft, people[0])]


def test_what_was_called_off_is_told_to_those_who_hold_or_await_a_seat(app: Flask) -> None:
    id, other = course("Numerasi", quota=1), course("Literasi")
    seated, waits, left, closed, elsewhere_seated = (factories.person(n).id for n in ("Ani", "Budi", "Cici", "Di", "E"))
    join(id, left)
    leave(id, left)
    for person in (seated, waits, closed):
        join(id, person)
    join(other, elsewhere_seated)
    with db.transaction() as session:
        session.get_one(Person, closed).active = False
    move_session(id, 0)
    cancel_diklat(id, 0)

    def told(kind: str) -> list[int]:
        return list(db.session().scalars(sa.select(Message.person_id).where(Message.kind == kind).order_by(Message.id)))

    assert told("enrolment.session_moved") == [seated]
    assert told("enrolment.diklat_cancelled") == [seated, waits]
    found = letter("enrolment.diklat_cancelled", clock.now())  # to who waits: nothing stands in his calendar
    assert found is not None
    assert not found.attachments


@pytest.mark.parametrize("publish", [True, False])
def test_anybody_with_a_name_may_ask_for_a_seat_of_what_is_public(app: Flask, publish: bool) -> None:
    made = factories.diklat(publish=publish)
    me = Actor(person_id=1, name="Ani")
    for asked in (rules.may_join, rules.may_leave):
        assert asked(me, made) is publish
        assert asked(Actor(person_id=None, name="tamu", roles=frozenset()), made) is False


def test_moments_are_put_in_order_once_each() -> None:
    assert plans.normal(["h1", "d1", "d30", "d31", "d1", "d0", "x", "m10"]) == ("d30", "d1", "d0", "h1", "m10")
    assert plans.merged(["d1", "h1", "code"]) == ("d1", "d0", "code")
    assert Plan(("d1", "d7", "dx", "deadline")).days == [7, 1]


def test_the_stretches_in_which_messages_may_leave() -> None:
    assert list(plans.awake(at(20), at(20))) == []
    assert list(plans.awake(at(20), at(6, 1))) == [(at(20), at(21)), (at(5, 1), at(6, 1))]
    assert list(plans.awake(at(22), at(5, 1))) == []
