"""Setting tests: which kind, when they are open, how often one may try, what a certificate asks for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import DrawOfShared, ExamOfThisKindExists, ExamTimesInvalid, ReadingMissing
from calakan.assessment.models import Attempt, Exam, ExamKind
from calakan.assessment.services import proving
from calakan.assessment.services.exercises import unfinished
from calakan.attendance import sittings
from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.materials.models import Material

USUAL_ATTEMPTS = {ExamKind.PRE: 1, ExamKind.POST: 2, ExamKind.QUIZ: 1, ExamKind.READING: 5}
USUAL_PASS_SCORE, WHOLE_SCORE = 70, 100


@dataclass(frozen=True, kw_only=True)
class ExamPlan:
    """What the one who sets a test decides."""

    title: str
    opens_at: datetime
    closes_at: datetime
    attempts_allowed: int
    minutes: int | None
    pass_score: int | None
    live_session_id: int | None = None
    material_id: int | None = None
    """What the questions about a reading check."""
    draw: int | None = None


def set_exam(diklat_id: int, kind: ExamKind, plan: ExamPlan, *, actor: Actor, now: datetime) -> Exam:
    """A new test with the next number; one with a pass score shows the first row done at home that nothing shows yet.

    Locks the diklat. Raises NotFound, DiklatFinal, ExamOfThisKindExists, ExamTimesInvalid, ReadingMissing, DrawOfShared.
    """
    diklat = unfinished(diklat_id)
    _check(plan, diklat_id, kind, now=now)
    held = sa.select(Exam.id).where(Exam.diklat_id == diklat_id, Exam.kind == kind, Exam.withdrawn_at.is_(None))
    if kind.shared and db.session().scalar(held) is not None:
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
    """Attempts under way keep the time they began with; those handed in show presence in the session that is named now.

    Locks the diklat. Raises NotFound, DiklatFinal, ExamTimesInvalid, ReadingMissing.
    """
    exam = standing(exam_id)
    _check(plan, exam.diklat_id, exam.kind, now=now, was=exam.closes_at)
    was_in = exam.live_session_id
    _write(exam, plan)
    db.session().flush()
    proving.count(exam)
    if was_in is not None and was_in != exam.live_session_id:
        sittings.take_back(was_in, exam.id, now=now)
    if was_in != exam.live_session_id:
        show_presence(exam, now=now)
    audit.record("assessment.change_exam", exam, actor=actor, now=now, closes_at=plan.closes_at.isoformat())
    return exam


def withdraw_exam(exam_id: int, *, actor: Actor, now: datetime) -> None:
    """Shown and counted no more; what was answered stays on record. Locks the diklat. Raises NotFound, DiklatFinal."""
    exam = standing(exam_id)
    exam.withdrawn_at = now
    proving.count(exam)
    audit.record("assessment.withdraw_exam", exam, actor=actor, now=now)


def show_presence(exam: Exam, *people: int, now: datetime) -> None:
    """Tell attendance who sat a test in its session, and when: these people, or all who handed it in."""
    if exam.live_session_id is None:
        return
    wanted = sa.select(Attempt.person_id, Attempt.started_at, Attempt.finished_at).where(
        Attempt.exam_id == exam.id,
        Attempt.number > 0,
        Attempt.finished_at.is_not(None),
        Attempt.person_id.in_(people) if people else sa.true(),
    )
    rows = db.session().execute(wanted.order_by(Attempt.id))
    found = [sittings.Sitting(person_id, began, ended) for person_id, began, ended in rows if ended is not None]
    sittings.keep(exam.live_session_id, exam.id, found, title=exam.title, now=now)


def _write(exam: Exam, plan: ExamPlan) -> None:
    for name, value in asdict(plan).items():
        setattr(exam, name, value)
    if exam.kind is ExamKind.READING:
        exam.pass_score = plan.pass_score or WHOLE_SCORE  # finished is what was understood
        return
    exam.material_id = None
    if exam.kind is not ExamKind.POST:
        exam.pass_score = None  # a certificate asks for the test at the end and for readings alone


def _check(plan: ExamPlan, diklat_id: int, kind: ExamKind, *, now: datetime, was: datetime | None = None) -> None:
    """A test that has closed may stay so, but nobody is given one. Raises NotFound for what is of another diklat."""
    if plan.draw is not None and kind.shared:
        raise DrawOfShared()
    if kind is ExamKind.READING:
        reading = db.session().get(Material, plan.material_id) if plan.material_id is not None else None
        if reading is None or reading.withdrawn_at is not None:
            raise ReadingMissing()
        if reading.diklat_id != diklat_id:
            raise NotFound()
    if plan.live_session_id is not None:
        session = db.session().get(LiveSession, plan.live_session_id)
        if session is None or session.diklat_id != diklat_id:
            raise NotFound()
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
