"""The letter about a questionnaire that a certificate waits for: to whom, when, once, and to whom not any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import services as attendance
from calakan.completion import services, unanswered
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import services as enrolment
from calakan.enrolment.plans import Plan
from calakan.feedback.models import Answered, Survey, SurveyAnswered
from calakan.kernel import db
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people.models import Person
from calakan.wiring import SCHEDULE, WORK
from tests import factories
from tests.completion.courses import Course, nine

MORNING = nine(24) - timedelta(hours=2)
"""At seven, a week before the questionnaire of the first session closes."""


@pytest.fixture
def course(app: Flask) -> Course:
    """Ani was in both sessions, on the days one and two at nine, and has answered nothing; Budi was in none."""
    made = Course("Ani", "Budi", questionnaire=True)
    with db.transaction() as session:
        session.add(Survey(diklat_id=made.id, rated=[], worded=[]))
    with time_machine.travel(nine(3), tick=False):
        made.mark(made.people[0])
    return made


def queue(now: datetime) -> int:
    with db.transaction():
        return unanswered.queue_due(now=now)


def written() -> list[Message]:
    wanted = sa.select(Message).where(Message.kind == unanswered.KIND).order_by(Message.id)
    return list(db.session().scalars(wanted))


def test_one_letter_a_week_before_the_first_closes_names_all_that_wait(course: Course) -> None:
    # Neither before, nor a second time; nor for the second session, which that letter named.
    moments = (MORNING - timedelta(minutes=1), MORNING, MORNING + timedelta(hours=1), nine(25), nine(32))
    assert [queue(moment) for moment in moments] == [0, 1, 0, 0, 0]
    [message] = written()
    closes_at = nine(1) + timedelta(hours=3, days=30)
    assert (message.person_id, message.expires_at) == (course.people[0], closes_at)
    letter = letters.compose(message, MORNING)
    assert letter is not None
    assert f"/belajar/{course.slug}/angket" in letter.text
    assert letter.text.count("ditutup") == 3
    assert "Angket seluruh diklat" in letter.text
    # What has closed meanwhile is named no more, and what nobody can answer any more makes no letter.
    later = letters.compose(message, closes_at)
    assert later is not None
    assert later.text.count("ditutup") == 2
    assert letters.compose(message, nine(40)) is None


def test_at_night_nobody_is_written_to(course: Course) -> None:
    assert queue(MORNING + timedelta(hours=16)) == 0
    assert queue(MORNING + timedelta(hours=13)) == 1


def test_a_letter_before_it_was_opened_has_not_named_it(course: Course) -> None:
    [ani, _] = course.people
    last = factories.live_session(course.id, nine(29), title="Sesi 3").id
    assert queue(MORNING) == 1
    with db.transaction():
        attendance.mark_by_hand(last, [ani], present=True, reason="Ada", actor=factories.SYSTEM, now=nine(30))
    assert [queue(nine(51)), queue(nine(52)), queue(nine(53))] == [0, 1, 0]


def _answers_all(course: Course) -> None:
    with db.transaction() as session:
        session.add_all(Answered(live_session_id=id, person_id=course.people[0]) for id in course.sessions)
        session.add(SurveyAnswered(diklat_id=course.id, person_id=course.people[0]))


def _change(model: type[db.Base], **values: object) -> Callable[[Course], None]:
    def act(course: Course) -> None:
        with db.transaction() as session:
            session.execute(sa.update(model).values(**values))

    return act


def _leaves(course: Course) -> None:
    with db.transaction():
        enrolment.leave(course.id, course.people[0], actor=factories.SYSTEM, now=nine(-1))


def _excepted(course: Course) -> None:
    with db.transaction():
        services.give_exception(course.id, course.people[0], reason="Sakit", actor=factories.SYSTEM, now=nine(10))


def _missed(course: Course) -> None:
    """One of two sessions is less than the share that the certificate asks for."""
    with db.transaction():
        attendance.mark_by_hand(
            course.sessions[1], [course.people[0]], present=False, reason="Keliru", actor=factories.SYSTEM, now=nine(3)
        )


GONE: dict[str, Callable[[Course], None]] = {
    "answered": _answers_all,
    "left": _leaves,
    "excepted": _excepted,
    "no certificate": _missed,
    "called off": _change(LiveSession, state=SessionState.CANCELLED),
    "diklat called off": _change(Diklat, state=DiklatState.CANCELLED),
    "no condition": _change(Diklat, questionnaire=False),
}
SILENT: dict[str, Callable[[Course], None]] = {
    "silent": _change(Diklat, remind=False),
    "closed account": _change(Person, active=False),
}


@pytest.mark.parametrize("why", [*GONE, *SILENT])
def test_whoever_need_not_answer_gets_no_letter(course: Course, why: str) -> None:
    (GONE | SILENT)[why](course)
    assert queue(MORNING) == 0


@pytest.mark.parametrize("why", GONE)
def test_a_letter_under_way_is_dropped_with_its_reason(course: Course, why: str) -> None:
    assert queue(MORNING) == 1
    [message] = written()
    assert letters.compose(message, MORNING) is not None
    GONE[why](course)
    [message] = written()
    assert letters.compose(message, MORNING) is None


def test_the_questionnaire_of_the_whole_diklat_alone(course: Course) -> None:
    with db.transaction() as session:
        session.add_all(Answered(live_session_id=id, person_id=course.people[0]) for id in course.sessions)
    assert queue(nine(25)) == 1
    letter = letters.compose(written()[0], nine(25))
    assert letter is not None
    assert letter.text.count("ditutup") == 1
    with db.transaction() as session:
        session.execute(sa.delete(Survey))
    assert letters.compose(written()[0], nine(25)) is None


def test_a_closed_diklat_and_a_plan_without_such_moments_still_ask(course: Course) -> None:
    with db.transaction():
        enrolment.set_plan(course.id, Plan(("d1",)), remind=True, actor=factories.SYSTEM, now=nine(3))
    _change(Diklat, state=DiklatState.CLOSED)(course)
    assert queue(MORNING) == 1
    assert letters.compose(written()[0], MORNING) is not None


def test_the_beat_asks_for_it(app: Flask) -> None:
    assert SCHEDULE["completion.queue_reminders"] == 300
    assert WORK["completion.queue_reminders"](app.extensions["calakan.settings"]) == 0
