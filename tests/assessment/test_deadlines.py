"""The morning before something closes: one letter to whoever has not done it, and to nobody else."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.assessment import reminders
from calakan.assessment.models import ExamKind
from calakan.assessment.services import reviewing
from calakan.enrolment.models import ReminderPlan
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories
from tests.assessment.courses import course, hand_in, task
from tests.assessment.test_exams import begin, exam


def morning(days: int, hour: int = 7, minute: int = 1) -> datetime:
    return clock.instant(clock.today() + timedelta(days=days), time(hour, minute))


def written(at: datetime) -> int:
    with time_machine.travel(at), db.transaction():
        return reminders.queue_due(now=clock.now())


def mails() -> list[Message]:
    wanted = sa.select(Message).where(Message.kind == reminders.KIND).order_by(Message.person_id)
    return list(db.session().scalars(wanted))


def test_one_letter_about_all_that_closes_tomorrow(app: Flask) -> None:
    diklat_id, slug, (ani, budi, candra) = course(3, days=30)
    due = morning(5, 20)
    id = task(diklat_id, title="Modul ajar", due_at=due)
    quiz = exam(diklat_id, ExamKind.QUIZ, title="Kuis akhir", closes_at=due + timedelta(hours=1))
    task(diklat_id, title="Nanti", due_at=due + timedelta(days=3))
    hand_in(id, budi)
    begin(quiz, budi)
    hand_in(id, candra)
    with db.transaction():
        reviewing.give_back(id, candra, 1, remark="Lengkapi.", actor=factories.SYSTEM, now=clock.now())
    begin(quiz, candra)
    for at in (morning(3), morning(4, 4), morning(4, 6), morning(4, 21), morning(5)):
        assert written(at) == 0
    assert [written(morning(4)), written(morning(4, 9))] == [2, 0]
    first, second = mails()
    assert [first.person_id, second.person_id] == [ani, candra]
    assert first.expires_at == morning(4, 21, 0)
    letter = letters.compose(first, now=morning(4))
    assert letter is not None
    assert letter.subject == "Besok ditutup: Modul ajar dan 1 lagi"
    assert f"/belajar/{slug}/tugas/1" in letter.text
    assert f"/belajar/{slug}/tes/1" in letter.text
    assert "Nanti" not in letter.text
    # Done meanwhile: it says what is left, and is not sent once nothing is.
    begin(quiz, ani)
    again = letters.compose(first, now=morning(4))
    assert again is not None
    assert (again.subject, "Kuis" in again.text) == ("Besok ditutup: Modul ajar", False)
    hand_in(id, ani)
    assert letters.compose(first, now=morning(4)) is None


def test_the_panitia_may_choose_without(app: Flask) -> None:
    diklat_id, _, _ = course(days=30)
    task(diklat_id, due_at=morning(5, 20))
    with db.transaction() as session:
        session.add(ReminderPlan(diklat_id=diklat_id, moments=["d1"], morning=time(7)))
    assert written(morning(4)) == 0
    with db.transaction():
        db.session().get_one(ReminderPlan, diklat_id).moments = ["d1", "deadline"]
    assert written(morning(4)) == 1
