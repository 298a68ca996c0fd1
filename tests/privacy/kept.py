"""One thing of each kind that is kept for a while, about one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.assessment.models import (
    Attempt,
    Exam,
    ExamKind,
    Exercise,
    GivenAnswer,
    Question,
    SubmissionFile,
    SubmissionState,
)
from calakan.assessment.models import Submission as Handed
from calakan.attendance.models import Appeal, AppealState, Evidence, Kind, Method, MissedCode, Presence
from calakan.availability.models import BusyTime
from calakan.diklat.models import LiveSession
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, AssignmentState, NoteKind, VolunteerNote
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.models import Bounce, Message
from tests import factories


@dataclass
class Held:
    """Ids by table; everything ended or was made at `over`."""

    over: datetime
    person: int
    ids: dict[str, int]

    def row(self, model: type[Any]) -> Any:
        """As the database has it now; None once it is gone."""
        db.session().rollback()
        return db.session().get(model, self.ids[model.__tablename__])

    def answers(self) -> int:
        db.session().rollback()
        return db.session().scalar(sa.select(sa.func.count()).select_from(GivenAnswer)) or 0

    def files(self) -> int:
        return db.session().scalar(sa.select(sa.func.count()).select_from(SubmissionFile)) or 0


def build() -> Held:
    ani, rina = factories.person("Ani").id, factories.person("Rina", Role.PANITIA).id
    diklat = factories.diklat(days=1).id
    with db.transaction() as session:
        live = session.scalars(sa.select(LiveSession).where(LiveSession.diklat_id == diklat)).one()
        rows = [
            live,
            *_attendance(diklat, live, ani, rina),
            *_work(diklat, live.ends_at, ani),
            *_mails(live.ends_at, ani),
        ]
        ids = {row.__tablename__: row.id for row in rows}
        return Held(live.ends_at, ani, ids)


def _added(*rows: Any) -> tuple[Any, ...]:
    db.session().add_all(rows)
    db.session().flush()
    return rows


def _attendance(diklat: int, live: LiveSession, ani: int, rina: int) -> tuple[Any, ...]:
    over, begins, of = live.ends_at, live.starts_at, {"live_session_id": live.id}
    joined = begins + timedelta(minutes=7)
    return _added(
        Evidence(**of, person_id=ani, kind=Kind.JOIN, at=joined),
        Presence(**of, person_id=ani, method=Method.HAND, reason="Listrik padam", marked_at=over),
        Appeal(**of, person_id=ani, text="Saya hadir", state=AppealState.GRANTED, answer="Terlihat", asked_at=over),
        Enrolment(
            diklat_id=diklat, person_id=ani, code="A1", state=EnrolmentState.CANCELLED, queued_at=begins,
            decided_at=begins, cancel_reason="Anak sakit",
        ),
        Assignment(**of, person_id=rina, state=AssignmentState.DECLINED, created_at=begins, reason="Ada ujian"),
        VolunteerNote(**of, person_id=rina, kind=NoteKind.REMARK, text="Selalu siap", at=over),
        MissedCode(**of, person_id=ani, typed="999", why="wrong", at=over),
        BusyTime(person_id=ani, starts_at=begins, ends_at=over, note="Rapat"),
    )  # fmt: skip


def _work(diklat: int, over: datetime, ani: int) -> tuple[Any, ...]:
    before = over - timedelta(hours=2)
    takes = {"compulsory": True, "late_allowed": False, "takes_text": True, "takes_link": False, "takes_file": True}
    exam, task = _added(
        Exam(
            diklat_id=diklat, number=1, kind=ExamKind.QUIZ, title="Kuis", opens_at=before, closes_at=over,
            attempts_allowed=1, created_at=before,
        ),
        Exercise(diklat_id=diklat, number=1, title="Tugas", instruction="Tulis.", due_at=over, created_at=before, **takes),
    )  # fmt: skip
    (question,) = _added(
        Question(diklat_id=diklat, exam_id=exam.id, position=1, text="1 + 1?", options=["1", "2"], answer=1)
    )
    attempt, handed = _added(
        Attempt(exam_id=exam.id, person_id=ani, number=1, started_at=before, ends_at=over, score=100),
        Handed(
            exercise_id=task.id, person_id=ani, text="Jawaban", url="https://karya.example.org",
            state=SubmissionState.ACCEPTED, handed_in_at=over, remark="Bagus",
        ),
    )  # fmt: skip
    _added(SubmissionFile(submission_id=handed.id, place=1, sha256="a" * 64, suffix="pdf", size=9))
    _added(GivenAnswer(attempt_id=attempt.id, question_id=question.id, choice=1))
    return exam, attempt, handed


def _mails(over: datetime, ani: int) -> tuple[Any, ...]:
    (mail,) = _added(
        Message(
            kind="enrolment.confirmed", key="k", person_id=ani, address="ani@example.org", subject="Terdaftar",
            body="Yth. Ani", facts={"name": "Ani"}, created_at=over, due_at=over, state=WorkState.DONE, sent_at=over,
        )
    )  # fmt: skip
    (bounce,) = _added(
        Bounce(
            message_id=mail.id, person_id=ani, address="ani@example.org", kind=BounceKind.HARD, status="5.1.1",
            detail="Ani tidak dikenal", at=over,
        )
    )  # fmt: skip
    return mail, bounce
