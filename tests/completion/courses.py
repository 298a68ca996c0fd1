"""What these tests start from: a diklat that asks for presence, a task, a test and the questionnaire, and its people."""

from __future__ import annotations

from datetime import datetime, timedelta

from calakan.assessment.models import ExamKind
from calakan.assessment.services import exams, reviewing, scores
from calakan.attendance import services as attendance
from calakan.completion.standing import Standing, standing
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.feedback import services as feedback
from calakan.feedback.models import ITEMS
from calakan.kernel import clock, db
from tests import factories
from tests.assessment import courses as assessment


def nine(days: int) -> datetime:
    """09.00 in Jakarta, so many days from today."""
    return clock.start_of(clock.today() + timedelta(days=days)) + timedelta(hours=9)


class Course:
    """Two sessions of 4 JP at nine, one and two days ahead; ids only, nothing here dies with a session."""

    def __init__(self, *names: str, task: bool = False, test: bool = False, **values: object) -> None:
        made = factories.diklat(days=1, publish=False, **values)
        self.id, self.slug = made.id, made.slug
        with db.transaction() as session:
            [first] = diklat_queries.sessions_of(self.id)
            row = session.get_one(LiveSession, first.id)
            row.starts_at, row.ends_at = nine(1), nine(1) + timedelta(hours=3)
        factories.live_session(self.id, nine(2), title="Sesi 2")
        with db.transaction():
            states.publish(self.id, actor=factories.SYSTEM, now=clock.now())
        self.sessions = [session.id for session in diklat_queries.sessions_of(self.id)]
        self.people = [factories.person(name).id for name in names]
        for person_id in self.people:
            with db.transaction():
                enrolment.join(self.id, person_id, actor=factories.SYSTEM, now=clock.now())
        self.task = assessment.task(self.id, due_at=nine(4)) if task else 0
        self.exam = self._set_test() if test else 0

    def _set_test(self) -> int:
        plan = exams.ExamPlan(
            title="Tes akhir", opens_at=nine(2), closes_at=nine(4), attempts_allowed=1, minutes=None, pass_score=70
        )
        with db.transaction():
            return exams.set_exam(self.id, ExamKind.POST, plan, actor=factories.SYSTEM, now=clock.now()).id

    def score(self, person_id: int, score: float) -> None:
        with db.transaction():
            scores.import_scores(
                self.exam, {person_id: score}, source="Kertas", actor=factories.SYSTEM, now=clock.now()
            )

    def mark(self, *person_ids: int, sessions: int = 2) -> None:
        for session_id in self.sessions[:sessions]:
            with db.transaction():
                attendance.mark_by_hand(
                    session_id, person_ids, present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
                )

    def accept(self, person_id: int) -> None:
        rounds = assessment.hand_in(self.task, person_id)
        with db.transaction():
            reviewing.accept(self.task, {person_id: rounds}, actor=factories.SYSTEM, now=clock.now())

    def answer(self, person_id: int) -> None:
        for session_id in self.sessions:
            with db.transaction():
                feedback.answer(session_id, person_id, dict.fromkeys(ITEMS, 4), actor=factories.SYSTEM, now=clock.now())

    def standing(self, person_id: int) -> Standing:
        return standing(db.session().get_one(Diklat, self.id), [person_id], now=clock.now())[person_id]
