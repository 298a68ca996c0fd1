"""Setting tests: which kind, when they are open, how often one may try, what a certificate asks for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import ExamOfThisKindExists, ExamTimesInvalid
from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.services import proving
from calakan.assessment.services.exercises import unfinished
from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound

USUAL_ATTEMPTS = {ExamKind.PRE: 1, ExamKind.POST: 2, ExamKind.QUIZ: 1}
USUAL_PASS_SCORE = 70


@dataclass(frozen=True, kw_only=True)
class ExamPlan:
    """What the one who sets a test decides."""

    title: str
    opens_at: datetime
    closes_at: datetime
    attempts_allowed: int
    minutes: int | None
    pass_score: int | None


def set_exam(diklat_id: int, kind: ExamKind, plan: ExamPlan, *, actor: Actor, now: datetime) -> Exam:
    """A new test with the next number; one with a pass score shows the first row done at home that nothing shows yet.

    Locks the diklat. Raises NotFound, DiklatFinal, ExamOfThisKindExists, ExamTimesInvalid.
    """
    diklat = unfinished(diklat_id)
    _check(plan, now=now)
    held = sa.select(Exam.id).where(Exam.diklat_id == diklat_id, Exam.kind == kind, Exam.withdrawn_at.is_(None))
    if kind is not ExamKind.QUIZ and db.session().scalar(held) is not None:
        raise ExamOfThisKindExists(kind=kind.value)
    highest = db.session().scalar(sa.select(sa.func.max(Exam.number)).where(Exam.diklat_id == diklat_id))
    made = Exam(diklat_id=diklat_id, number=(highest or 0) + 1, kind=kind, created_at=now)
    _write(made, plan)
    db.session().add(made)
    db.session().flush()
    if made.pass_score is not None:
        proving.show_first(made)
    audit.record("assessment.set_exam", diklat, actor=actor, now=now, title=plan.title, kind=kind.value)
    return made


def change_exam(exam_id: int, plan: ExamPlan, *, actor: Actor, now: datetime) -> Exam:
    """Attempts under way keep the time they began with. Locks the diklat. Raises NotFound, DiklatFinal, ExamTimesInvalid."""
    exam = standing(exam_id)
    _check(plan, now=now, was=exam.closes_at)
    _write(exam, plan)
    db.session().flush()
    audit.record("assessment.change_exam", exam, actor=actor, now=now, closes_at=plan.closes_at.isoformat())
    return exam


def withdraw_exam(exam_id: int, *, actor: Actor, now: datetime) -> None:
    """Shown and counted no more; what was answered stays on record. Locks the diklat. Raises NotFound, DiklatFinal."""
    exam = standing(exam_id)
    exam.withdrawn_at = now
    audit.record("assessment.withdraw_exam", exam, actor=actor, now=now)


def _write(exam: Exam, plan: ExamPlan) -> None:
    for name, value in asdict(plan).items():
        setattr(exam, name, value)
    if exam.kind is not ExamKind.POST:
        exam.pass_score = None  # a certificate asks for the test at the end alone


def _check(plan: ExamPlan, *, now: datetime, was: datetime | None = None) -> None:
    """A test that has closed may stay so, but nobody is given one."""
    if plan.closes_at <= plan.opens_at or (plan.closes_at <= now and plan.closes_at != was):
        raise ExamTimesInvalid()


def standing(exam_id: int) -> Exam:
    """A test that was not withdrawn, of a diklat that goes on and is locked by this. Raises NotFound, DiklatFinal."""
    diklat_id = db.session().scalar(sa.select(Exam.diklat_id).where(Exam.id == exam_id))
    if diklat_id is None:
        raise NotFound()
    unfinished(diklat_id)
    exam = db.session().get_one(Exam, exam_id, populate_existing=True)
    if exam.withdrawn_at is not None:
        raise NotFound()
    return exam
