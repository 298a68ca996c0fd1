"""A test that is sat in a session says who was there: begun and handed in, weighed by the rule of the diklat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, exams, questions
from calakan.attendance import evidence, sittings
from calakan.attendance import queries as attendance
from calakan.attendance.models import Kind, Method
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.planning import services as planning
from tests import factories
from tests.attendance.decisions import decision_of
from tests.attendance.test_codes import World
from tests.attendance.test_evidence import rule

Opener = Callable[[int | None], FlaskClient]
ITEM = questions.Item("Apa itu rubrik?", ("Pedoman menilai", "Nilai akhir"), 0)


@pytest.fixture
def world(app: Flask) -> World:
    """A session of three hours at nine, of which 144 minutes are asked."""
    return World()


def plan(world: World, session_id: int | None) -> exams.ExamPlan:
    return exams.ExamPlan(
        title="Tes akhir", opens_at=world.begins - timedelta(hours=1), closes_at=world.begins + timedelta(hours=9),
        attempts_allowed=2, minutes=None, pass_score=70, live_session_id=session_id,
    )  # fmt: skip


def made(world: World, session_id: int | None) -> int:
    with db.transaction():
        given = plan(world, session_id)
        id = exams.set_exam(world.diklat, ExamKind.POST, given, actor=factories.SYSTEM, now=clock.now()).id
        questions.add_questions(id, [ITEM], actor=factories.SYSTEM, now=clock.now())
    return id


def sit(world: World, exam_id: int, start: float, end: float) -> None:
    """Sri's, so many minutes after the session began."""
    with time_machine.travel(world.begins + timedelta(minutes=start), tick=False), db.transaction():
        attempt = attempts.begin(exam_id, world.sri, actor=factories.SYSTEM, now=clock.now()).id
    with time_machine.travel(world.begins + timedelta(minutes=end), tick=False), db.transaction():
        chosen = {row.id: 0 for row in queries.questions(db.session().get_one(Exam, exam_id))}
        attempts.save(attempt, chosen, send=True, actor=factories.SYSTEM, now=clock.now())


def signs(world: World) -> list[tuple[Kind, datetime, datetime | None, int | None]]:
    db.session().rollback()
    rows = evidence.of_people(world.session, [world.sri]).get(world.sri, [])
    return [(row.kind, row.at, row.until, row.minutes) for row in rows]


def decided(world: World) -> tuple[str, int | None]:
    db.session().rollback()
    found = decision_of(world.session, world.sri)
    return (found.why, found.minutes) if found is not None else ("", None)


def change(world: World, exam_id: int, session_id: int | None) -> None:
    with db.transaction():
        exams.change_exam(exam_id, plan(world, session_id), actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("kind", "start", "end", "why", "minutes"),
    [
        (PresenceRule.MINUTES, 10, 154, "test", 144),
        (PresenceRule.MINUTES, 10, 153, "no_list", 143),
        (PresenceRule.MINUTES, -30, 30, "no_list", 30),
        (PresenceRule.CODE, 10, 40, "no_code", 30),
        (PresenceRule.CODE_OR_MINUTES, 10, 154, "test", 144),
        (PresenceRule.CODE_OR_MINUTES, 10, 40.5, "no_code", 31),
        (PresenceRule.CODE_AND_ROOM, 180, 200, "nothing", None),
        (PresenceRule.CODE_AND_ROOM, -40, 0, "nothing", None),
    ],
)
def test_the_rule_weighs_the_minutes_that_lie_in_the_session(
    world: World, kind: PresenceRule, start: float, end: float, why: str, minutes: int | None
) -> None:
    rule(world, kind)
    sit(world, made(world, world.session), start, end)
    assert decided(world) == (why, minutes)
    began, ended = (world.begins + timedelta(minutes=at) for at in (start, end))
    assert signs(world) == [(Kind.TEST, began, ended, minutes)]
    mark = attendance.presence_of(world.session, world.sri)
    assert (mark.method if mark is not None else None) == (Method.TEST if why == "test" else None)


def test_with_the_code_it_is_as_good_as_the_room(world: World) -> None:
    rule(world, PresenceRule.CODE_AND_ROOM)
    exam_id = made(world, world.session)
    with time_machine.travel(world.begins + timedelta(minutes=5), tick=False):
        world.type(world.sri, world.open())
    assert decided(world)[0] == "no_room"
    sit(world, exam_id, 10, 20)
    assert decided(world) == ("code_and_room", 10)


def test_a_test_outside_of_any_session_says_nothing(world: World) -> None:
    sit(world, made(world, None), 10, 100)
    assert signs(world) == []


def test_a_test_that_was_not_handed_in_says_nothing(world: World) -> None:
    exam_id = made(world, world.session)
    with time_machine.travel(world.begins, tick=False), db.transaction():
        attempt = attempts.begin(exam_id, world.sri, actor=factories.SYSTEM, now=clock.now()).id
        attempts.save(attempt, {}, actor=factories.SYSTEM, now=clock.now())
    assert signs(world) == []


def test_linking_it_afterwards_tells_what_was_handed_in_and_unlinking_takes_it_back(world: World) -> None:
    exam_id = made(world, None)
    sit(world, exam_id, 0, 150)
    rule(world, PresenceRule.MINUTES)
    with time_machine.travel(world.begins + timedelta(hours=4), tick=False):
        change(world, exam_id, world.session)
        assert decided(world) == ("test", 150)
        change(world, exam_id, world.session)
        assert len(signs(world)) == 1
        change(world, exam_id, None)
        assert (decided(world), signs(world)) == (("nothing", None), [])
        change(world, exam_id, world.session)
        assert decided(world) == ("test", 150)


def test_each_attempt_is_a_sign_of_its_own(world: World) -> None:
    exam_id = made(world, world.session)
    sit(world, exam_id, 0, 20)
    sit(world, exam_id, 30, 70)
    assert [minutes for *_, minutes in signs(world)] == [20, 40]
    assert decided(world) == ("no_code", 40)


@pytest.mark.parametrize("how", ["session", "diklat", "seat"])
def test_nothing_is_kept_where_presence_is_not_recorded_and_the_test_counts_all_the_same(
    world: World, how: str
) -> None:
    exam_id = made(world, world.session)
    with time_machine.travel(world.begins, tick=False), db.transaction():
        attempt = attempts.begin(exam_id, world.sri, actor=factories.SYSTEM, now=clock.now()).id
    if how == "session":
        world.cancel()
    with time_machine.travel(world.begins + timedelta(minutes=20), tick=False), db.transaction():
        if how == "diklat":
            states.cancel(world.diklat, reason="Banjir", actor=factories.SYSTEM, now=clock.now())
        if how == "seat":
            enrolment.leave(world.diklat, world.sri, actor=factories.SYSTEM, now=clock.now(), reason="")
        attempts.save(attempt, {}, send=True, actor=factories.SYSTEM, now=clock.now())
    assert signs(world) == []


def test_what_is_final_is_not_taken_back(world: World) -> None:
    exam_id = made(world, world.session)
    sit(world, exam_id, 0, 20)
    with time_machine.travel(world.begins + timedelta(hours=1), tick=False), db.transaction():
        db.session().get_one(Diklat, world.diklat).state = DiklatState.CLOSED
        db.session().flush()
        sittings.take_back(world.session, exam_id, now=clock.now())
    assert len(signs(world)) == 1


def test_the_session_must_be_one_of_the_diklat(world: World) -> None:
    foreign = factories.live_session(factories.diklat(days=20).id, world.begins).id
    for wrong in (foreign, 999_999):
        with pytest.raises(NotFound):
            made(world, wrong)
    exam_id = made(world, None)
    with pytest.raises(NotFound):
        change(world, exam_id, foreign)


def test_a_clone_sits_it_in_its_own_session(world: World) -> None:
    exam_id = made(world, world.session)
    with db.transaction():
        cloned = planning.clone(
            world.diklat, title="Lagi", first=clock.local(world.begins).date() + timedelta(days=60), quota=None,
            actor=factories.SYSTEM, now=clock.now(),
        ).id  # fmt: skip
    copy = db.session().scalars(sa.select(Exam).where(Exam.diklat_id == cloned)).one()
    assert copy.live_session_id is not None
    session = db.session().get_one(LiveSession, copy.live_session_id)
    assert (session.diklat_id, session.title) == (cloned, "Pagi")
    assert db.session().get_one(Exam, exam_id).live_session_id == world.session


def test_the_form_names_the_session_and_the_teacher_sees_the_sign(world: World, client_of: Opener) -> None:
    exam_id = made(world, None)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{world.slug}/tes/1/ubah"
    assert "Berlangsung di sesi" in desk.get(path).get_data(as_text=True)
    opens, closes = (clock.local(at) for at in (plan(world, None).opens_at, plan(world, None).closes_at))
    typed: dict[str, Any] = {
        "title": "Tes akhir", "opens_at": f"{opens:%Y-%m-%dT%H:%M}", "closes_at": f"{closes:%Y-%m-%dT%H:%M}",
        "attempts_allowed": "2", "minutes": "", "pass_score": "70", "row": "", "session": str(world.session),
    }  # fmt: skip
    assert desk.post(path, data=typed).status_code == 303
    assert db.session().get_one(Exam, exam_id).live_session_id == world.session
    db.session().rollback()
    assert desk.post(path, data={**typed, "session": "999999"}).status_code == 422
    sit(world, exam_id, 10, 40)
    number = db.session().get_one(LiveSession, world.session).number
    with time_machine.travel(world.begins + timedelta(hours=1), tick=False):
        page = client_of(world.sri).get(f"/belajar/{world.slug}/sesi/{number}").get_data(as_text=True)
    assert "Mengerjakan tes" in page
    assert "30 menit" in page
    assert "Tes akhir" in page
