"""A session that gets another hour: what was seen before the old one is no presence in the new one, and its minutes count anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import door, joining, queries
from calakan.attendance.checking_in import Answer
from calakan.attendance.models import Evidence, Kind, State
from calakan.diklat.models import PresenceRule
from calakan.diklat.services import sessions
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.office.services import change_settings
from tests import factories
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import enter, listed, room, rule, stands

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
