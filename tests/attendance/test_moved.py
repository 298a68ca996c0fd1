"""A session that gets another hour: what was seen before the old one is no presence in the new one, and its minutes count anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import door, evidence, joining, queries, recounting, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.models import Evidence, Kind, Method, Presence, State
from calakan.diklat.models import LiveSession, PresenceRule
from calakan.diklat.services import sessions
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.office.services import change_settings
from tests import factories
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import enter, listed, marked, room, rule, stands

DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def move(world: World, *, by: timedelta = timedelta(), hours: float = 3) -> None:
    plan = sessions.SessionPlan(
        title="Pagi", starts_at=world.begins + by, ends_at=world.begins + by + timedelta(hours=hours), jp=4,
        room_url="https://zoom.example/1",
    )  # fmt: skip
    with db.transaction():
        sessions.change(world.session, plan, actor=factories.SYSTEM, now=clock.now())


def seen(world: World) -> list[tuple[Kind, bool]]:
    db.session().rollback()
    rows = db.session().scalars(sa.select(Evidence).order_by(Evidence.id))
    return [(row.kind, row.withdrawn_at is None) for row in rows]


def test_what_was_seen_before_the_old_hour_is_no_presence_at_the_new_one(world: World) -> None:
    room(world)
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), code_opens_minutes=10)
    seat = db.session().scalars(sa.select(Enrolment.id).where(Enrolment.person_id == world.sri)).one()
    with at(world.begins - timedelta(minutes=9)):
        code = world.open()
        enter(world, world.sri)
        assert world.type(world.sri, code) is Answer.PRESENT
        with db.transaction():
            door.receive(world.session, seat, actor=factories.SYSTEM, now=clock.now())
        assert stands(world)[0] is State.PRESENT
        move(world, by=DAY)
        assert stands(world) == (State.ABSENT, "nothing", None)
        assert set(seen(world)) == {(Kind.JOIN, False), (Kind.CODE, False)}
        assert world.type(world.sri, code) is Answer.LATE
    with at(world.begins + DAY):
        assert world.type(world.sri, code) is Answer.WRONG
        with db.transaction():
            assert joining.enter(world.session, world.sri, actor=factories.SYSTEM, now=clock.now())
        assert world.type(world.sri, world.open()) is Answer.PRESENT
    assert seen(world)[-2:] == [(Kind.JOIN, True), (Kind.CODE, True)]


def test_a_mark_at_the_door_goes_too_and_a_small_move_takes_nothing(world: World) -> None:
    seat = db.session().scalars(sa.select(Enrolment.id).where(Enrolment.person_id == world.sri)).one()
    with at(world.begins - timedelta(minutes=20)):
        with db.transaction():
            door.receive(world.session, seat, actor=factories.SYSTEM, now=clock.now())
        move(world, by=timedelta(minutes=30))
        assert stands(world)[0] is State.PRESENT
        move(world, by=timedelta(minutes=41))
        assert stands(world)[0] is State.ABSENT
        assert queries.presence_of(world.session, world.sri) is None


@pytest.mark.parametrize(("kind", "after"), [(PresenceRule.MINUTES, "short"), (PresenceRule.CODE, "no_code")])
def test_a_session_that_goes_on_asks_for_its_share_of_all_minutes(world: World, kind: PresenceRule, after: str) -> None:
    rule(world, kind)
    with at(world.begins + timedelta(hours=2)):
        listed(world, 150)
        before = stands(world)
        assert before == (
            (State.PRESENT, "minutes", True) if kind is PresenceRule.MINUTES else (State.REVIEW, "no_code", None)
        )
        move(world, hours=6)
        assert stands(world)[1:] == (after, None)
        move(world, hours=3)
        assert stands(world) == before


@pytest.mark.parametrize(
    "what", ["hand", "not by hand", "list", "list with minutes", "denied", "test", "recorded otherwise"]
)
def test_no_sign_of_a_session_that_broke_off_counts_when_it_is_held_later(world: World, what: str) -> None:
    """The same for the marks of the panitia, the lists and the tests of the old hour, for somebody and against him."""
    rule(world, PresenceRule.CODE_OR_MINUTES)
    with at(world.begins + timedelta(minutes=10)):
        match what:
            case "hand" | "not by hand":
                marked(world, present=what == "hand")
            case "list" | "list with minutes":
                listed(world, None if what == "list" else 150)
            case "recorded otherwise":
                mark = Presence(
                    live_session_id=world.session, person_id=world.sri, method=Method.HAND, marked_at=clock.now()
                )
                with db.transaction() as session:
                    session.add(mark)
            case _:
                kind = Kind.TEST if what == "test" else Kind.LINE
                sign = Evidence(
                    live_session_id=world.session, person_id=world.sri, kind=kind, at=clock.now(), minutes=150,
                    present=what == "test",
                )  # fmt: skip
                with db.transaction():
                    evidence.keep(db.lock(LiveSession, world.session), [sign], now=clock.now())
        before = stands(world)
        assert before != (State.ABSENT, "nothing", None)
        move(world, by=DAY)
        assert stands(world) == (State.ABSENT, "nothing", None)
        assert [stood for _, stood in seen(world)] == [False]
    with at(world.begins + DAY):
        assert world.type(world.sri, world.open()) is Answer.PRESENT
        assert stands(world) == (State.PRESENT, "code", True)


def test_a_move_decides_about_its_own_session_alone(world: World) -> None:
    """The locks of the others would be taken after its own: whoever takes them in their order would wait for ever."""
    other = factories.live_session(world.diklat, world.begins + DAY, title="Siang").id
    with at(world.begins + DAY), db.transaction():
        services.mark_by_hand(
            other, [world.sri], present=True, reason="dilihat", actor=factories.SYSTEM, now=clock.now()
        )
    held = db.session().get_one(LiveSession, other).lock_count
    db.session().rollback()
    with at(world.begins):
        listed(world, 150)
        move(world, hours=4)
    assert db.session().get_one(LiveSession, other, populate_existing=True).lock_count == held


def test_many_signs_of_a_session_that_moves_are_left_to_a_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "MANY", 0)
    with at(world.begins):
        listed(world, 150)
        move(world, hours=4)
        assert recounting.is_waiting(world.diklat)
        with db.transaction():
            assert recounting.take(now=clock.now())
            assert not recounting.take(now=clock.now())
