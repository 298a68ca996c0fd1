"""Each exit of `attendance.services` that no page leads to by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import evidence, services
from calakan.attendance.checking_in import Answer, Answered
from calakan.attendance.errors import (
    AttendanceFinal,
    CheckInNotOpen,
    CodeEarly,
    CodeLate,
    CodesTooMany,
    CodeWrong,
    MarkedAbsent,
    NotAParticipant,
    NotEnrolledHere,
)
from calakan.attendance.models import Evidence
from calakan.attendance.rules import AFTER_END, LATE
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, codes, db
from calakan.kernel.errors import DomainError, NotFound
from tests import factories
from tests.attendance.test_batches import store
from tests.attendance.test_codes import World, at
from tests.attendance.test_lists import Meeting

SYSTEM, SECOND = factories.SYSTEM, timedelta(seconds=1)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def drawn(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """The dice fall so."""
    left = iter(numbers)
    monkeypatch.setattr(codes, "digits", lambda length: next(left))


def mark(world: World, person_id: int, reason: str = "terlihat") -> int:
    with db.transaction():
        return services.mark_by_hand(
            world.session, [person_id], present=True, reason=reason, actor=SYSTEM, now=clock.now()
        )


def test_no_code_is_drawn_that_somebody_may_still_type(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an older one of this session, nor another session's until it is too old to be known."""
    drawn(monkeypatch, *"112", *"213", *"14", *"31")
    later, begins = World(), world.begins + LATE - SECOND
    with db.transaction() as session:
        moved = session.get_one(LiveSession, later.session)
        moved.starts_at, moved.ends_at = begins, begins + timedelta(hours=3)
    with at(world.begins):
        assert [world.open(), world.open()] == ["1", "2"]
    with at(begins):
        assert later.open() == "3"  # those of the other session are still known
    with at(world.begins + timedelta(hours=3) + AFTER_END):
        assert world.open() == "4"  # its own never come again
    with at(begins + SECOND):
        assert later.open() == "1"


def test_a_session_is_refused_before_a_file_is_read(world: World) -> None:
    with pytest.raises(NotFound):
        services.refuse_marking(10**8, now=clock.now())
    with pytest.raises(CheckInNotOpen) as ahead:
        services.refuse_marking(world.session, now=world.begins - SECOND)
    assert ahead.value.facts == {"why": "ahead", "opens_at": world.begins}
    assert services.refuse_marking(world.session, now=world.begins).id == world.session


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("UPDATE diklat SET state = 'closed'", AttendanceFinal),
        ("UPDATE live_session SET state = 'cancelled'", CheckInNotOpen),
    ],
)
def test_what_was_read_before_the_file_is_read_again(world: World, change: str, error: type[Exception]) -> None:
    with db.transaction() as session:
        held = services.refuse_marking(world.session, now=world.begins), session.get_one(Diklat, world.diklat)
        session.connection().exec_driver_sql(change)
        with pytest.raises(error):
            services.refuse_marking(world.session, now=world.begins)
        assert held


def test_a_reason_is_kept_in_three_hundred_signs(world: World) -> None:
    with at(world.begins):
        mark(world, world.sri, "a" * 300 + "b")
    assert db.session().scalar(sa.select(Evidence.reason)) == "a" * 300


def test_a_seat_in_another_diklat_is_none_in_this_one(world: World) -> None:
    elsewhere = factories.diklat(days=9).id
    with db.transaction():
        enrolment.join(elsewhere, world.cici, actor=SYSTEM, now=clock.now())
    with at(world.begins), pytest.raises(NotAParticipant):
        mark(world, world.cici)


def test_what_a_list_said_before_it_was_taken_back_can_be_said_again(app: Flask) -> None:
    meeting = Meeting()
    batch = store(meeting, "Nama,Surel\nSlamet,slamet@example.org\n").batch_id

    def say() -> int:
        who = {meeting.people["Slamet"]: 150.0}
        with db.transaction():
            return factories.listed(meeting.id, who, source="a.csv", batch_id=batch, now=clock.now())

    assert [say(), say()] == [1, 0]
    with db.transaction():
        evidence.withdraw(db.lock(LiveSession, meeting.id), batch, now=clock.now())
    assert meeting.present() == set()
    assert say() == 1
    assert meeting.present() == {"Slamet"}


@pytest.mark.parametrize("answer", Answer)
def test_each_answer_but_a_yes_has_its_refusal(answer: Answer) -> None:
    diklat = Diklat(title="Numerasi", slug="numerasi", state=DiklatState.CLOSED)
    session = LiveSession(title="Sesi 1", starts_at=clock.now(), diklat=diklat)
    about = {"title": "Numerasi", "session": "Sesi 1", "slug": "numerasi"}
    expected: dict[Answer, tuple[type[DomainError], dict[str, object]]] = {
        Answer.TOO_MANY: (CodesTooMany, {}),
        Answer.EARLY: (CodeEarly, {**about, "starts_at": session.starts_at}),
        Answer.LATE: (CodeLate, about),
        Answer.NOT_ENROLLED: (NotEnrolledHere, {**about, "waiting": False}),
        Answer.WAITING: (NotEnrolledHere, {**about, "waiting": True}),
        Answer.CALLED_OFF: (CheckInNotOpen, {"why": "cancelled"}),
        Answer.FINAL: (AttendanceFinal, {"state": "closed"}),
        Answer.TAKEN_AWAY: (MarkedAbsent, about),
    }
    refusal = Answered(answer, None if answer is Answer.WRONG else session).refusal
    if answer is Answer.WRONG:
        assert type(refusal) is CodeWrong
        return
    assert (None if refusal is None else (type(refusal), refusal.facts)) == expected.get(answer)
