"""A session that is over and was never held leaves JP and share; one that somebody attended stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals, joining, services
from calakan.attendance.errors import SessionAttended
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]
EVENING = timedelta(hours=10)


def after(course: Course) -> time_machine.travel:
    """The evening after the second session."""
    assert course.sessions
    return time_machine.travel(nine(2) + EVENING, tick=False)


def cancel(session_id: int, reason: str = "Narasumber sakit") -> None:
    with db.transaction():
        sessions.cancel(session_id, reason=reason, actor=factories.SYSTEM, now=clock.now())


def state(session_id: int) -> SessionState:
    db.session().rollback()
    return db.session().get_one(LiveSession, session_id).state


def marked(course: Course, *, present: bool) -> None:
    with db.transaction():
        services.mark_by_hand(
            course.sessions[1], course.people, present=present, reason="uji", actor=factories.SYSTEM, now=clock.now()
        )


def test_it_leaves_jp_and_share_and_the_letter_says_so(app: Flask) -> None:
    course = Course("Ani", min_attendance_percent=100)
    [ani] = course.people
    before = db.session().get_one(Diklat, course.id).jp
    with after(course):
        course.mark(ani, sessions=1)
        assert not course.standing(ani).met
        cancel(course.sessions[1])
        db.session().rollback()
        assert db.session().get_one(Diklat, course.id).jp == before // 2
        found = course.standing(ani)
        assert found.met
        assert found.progress.live_jp == found.progress.earned_jp == before // 2
        told = db.session().scalars(sa.select(Message).where(Message.kind == "enrolment.session_cancelled")).one()
        assert told.due_at <= clock.now()
        letter = letters.compose(told, now=clock.now())
        assert letter is not None
        assert "tidak jadi dilaksanakan" in letter.subject
        assert f"sekarang {before // 2} JP; sesi ini tidak dihitung dalam syarat kehadiran." in letter.text
        assert "dibatalkan" not in letter.subject + letter.text


def test_one_that_lies_ahead_is_cancelled_as_before(app: Flask) -> None:
    course = Course("Ani")
    cancel(course.sessions[1])
    told = db.session().scalars(sa.select(Message).where(Message.kind == "enrolment.session_cancelled")).one()
    letter = letters.compose(told, now=told.due_at)
    assert letter is not None
    assert letter.subject.startswith("Sesi dibatalkan")
    assert "tidak dihitung" not in letter.text


def test_it_needs_a_reason(app: Flask) -> None:
    course = Course("Ani")
    with after(course):
        with pytest.raises(ReasonMissing):
            cancel(course.sessions[1], " ")
        assert state(course.sessions[1]) is SessionState.PLANNED


def test_a_presence_keeps_it_until_it_is_taken_away(app: Flask) -> None:
    course = Course("Ani")
    with after(course):
        marked(course, present=True)
        with pytest.raises(SessionAttended) as refused:
            cancel(course.sessions[1])
        assert refused.value.facts == {"people": 1}
        assert state(course.sessions[1]) is SessionState.PLANNED
        marked(course, present=False)
        cancel(course.sessions[1])
        assert state(course.sessions[1]) is SessionState.CANCELLED


def test_a_line_with_too_few_minutes_keeps_it(app: Flask) -> None:
    """It does not make present, and still shows that something was held."""
    course = Course("Ani")
    with after(course):
        with db.transaction() as session:
            session.get_one(Diklat, course.id).presence_rule = "menit"
        with db.transaction():
            factories.listed(
                course.sessions[1], {course.people[0]: 5.0}, source="zoom.csv", actor=factories.SYSTEM, now=clock.now()
            )
        assert not course.standing(course.people[0]).progress.attended
        with pytest.raises(SessionAttended):
            cancel(course.sessions[1])


def test_an_appeal_that_waits_keeps_it_and_one_that_was_refused_does_not(app: Flask) -> None:
    course = Course("Ani")
    [ani] = course.people
    with after(course):
        with db.transaction():
            appeals.ask(course.sessions[1], ani, "Saya hadir.", actor=factories.SYSTEM, now=clock.now())
        with pytest.raises(SessionAttended):
            cancel(course.sessions[1])
        with db.transaction():
            appeals.answer(
                course.sessions[1], ani, grant=False, text="Tidak ada sesi", actor=factories.SYSTEM, now=clock.now()
            )
        cancel(course.sessions[1])
        assert state(course.sessions[1]) is SessionState.CANCELLED


def test_clicks_at_the_door_alone_do_not_keep_it(app: Flask) -> None:
    course = Course("Ani")
    with db.transaction() as session:
        session.get_one(LiveSession, course.sessions[1]).room_url = "https://zoom.example/1"
    with time_machine.travel(nine(2), tick=False), db.transaction():
        joining.enter(course.sessions[1], course.people[0], actor=factories.SYSTEM, now=clock.now())
    with after(course):
        cancel(course.sessions[1])
        assert state(course.sessions[1]) is SessionState.CANCELLED


def test_one_that_runs_may_be_called_off_although_somebody_came(app: Flask) -> None:
    course = Course("Ani")
    with time_machine.travel(nine(2) + timedelta(minutes=20), tick=False):
        marked(course, present=True)
        cancel(course.sessions[1], "Listrik padam")
        assert state(course.sessions[1]) is SessionState.CANCELLED


def test_the_page_of_the_panitia(app: Flask, client_of: Opener) -> None:
    course = Course("Ani")
    staff = factories.person("Rina", Role.PANITIA).id
    sheet, first = f"/kelola/diklat/{course.slug}/sesi", f"/kelola/diklat/{course.slug}/sesi/1/batal"
    address = f"/kelola/diklat/{course.slug}/sesi/2/batal"
    assert "Tidak jadi dilaksanakan" not in client_of(staff).get(sheet).get_data(as_text=True)
    with after(course):
        course.mark(*course.people, sessions=1)
        desk = client_of(staff)
        assert desk.get(sheet).get_data(as_text=True).count("Tidak jadi dilaksanakan") == 2
        asked = desk.get(address).get_data(as_text=True)
        assert "tidak jadi dilaksanakan?" in asked
        assert "1 peserta, 0 narasumber" in asked
        assert "Pilih tanggal pengganti" not in asked
        refused = desk.post(first, data={"reason": "sakit"})
        assert refused.status_code == 422
        assert "Ada bukti hadir atau ajuan dari 1 orang" in refused.get_data(as_text=True)
        assert desk.post(address, data={"reason": "sakit"}).status_code == 303
    assert [state(id) for id in course.sessions] == [SessionState.PLANNED, SessionState.CANCELLED]
