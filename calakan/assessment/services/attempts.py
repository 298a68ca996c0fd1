"""Sitting a test: begun once however often the button is pressed, saved answer by answer, scored at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.assessment import kinds
from calakan.assessment.errors import AttemptOver, AttemptsUsedUp, ExamNotOpen, KeyKnown, OwnExam
from calakan.assessment.kinds import Given
from calakan.assessment.models import Attempt, Exam, GivenAnswer, Question, QuestionKind
from calakan.assessment.queries import access
from calakan.assessment.queries import exams as queries
from calakan.assessment.services.exams import show_presence
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound

_chance = secrets.SystemRandom()


def begin(exam_id: int, person_id: int, *, actor: Actor, now: datetime) -> Attempt:
    """A new attempt, or the one that runs. Two taps at once begin one attempt: the key of the row holds that.

    Locks the diklat. Raises NotFound, NotEnrolled, ExamNotOpen, AttemptsUsedUp, OwnExam, KeyKnown.
    """
    exam = _open(exam_id, person_id, now=now)
    if access.holds_duty(person_id, exam.diklat_id):
        raise OwnExam()
    if access.knows_key(person_id, exam):
        raise KeyKnown()
    held = [row for row in queries.attempts(exam_id, person_id) if row.number]
    running = next((row for row in held if row.finished_at is None and now < row.ends_at), None)
    if running is not None:
        return running
    if len(held) >= exam.attempts_allowed:
        raise AttemptsUsedUp()
    ends_at = exam.closes_at
    if exam.minutes is not None:
        ends_at = min(ends_at, now + timedelta(minutes=exam.minutes))
    number = len(held) + 1
    new = {
        "exam_id": exam_id, "person_id": person_id, "number": number, "started_at": now, "ends_at": ends_at,
        "score": 0.0, "source": "", "drawn": _drawn(exam),
    }  # fmt: skip
    if db.insert_new(Attempt, [new]):
        audit.record("assessment.begin", exam, actor=actor, now=now, number=number)
    wanted = sa.select(Attempt).where(
        Attempt.exam_id == exam_id, Attempt.person_id == person_id, Attempt.number == number
    )
    return db.session().scalars(wanted).one()


def save(attempt_id: int, choices: Mapping[int, Given], *, send: bool = False, actor: Actor, now: datetime) -> Attempt:
    """Keep these answers (by question) beside those saved before; the score follows at once.

    `send` ends the attempt; sending again finds it sent. What is no question of this test or no answer to it is left out.
    Locks the attempt. Raises NotFound, AttemptOver; KeyKnown to who left, read the answers, and came back.
    """
    attempt = db.lock(Attempt, attempt_id)
    exam = db.session().get_one(Exam, attempt.exam_id)
    if attempt.finished_at is not None and send:
        return attempt
    if attempt.finished_at is not None or now >= attempt.ends_at + queries.UNDER_WAY:
        raise AttemptOver()
    if access.knows_key(attempt.person_id, exam):
        raise KeyKnown()
    questions = {question.id: question for question in queries.questions_of(exam, attempt)}
    rows = {row.question_id: row for row in queries.given(attempt_id)}
    for id, given in choices.items():
        if id not in questions or not kinds.takes(questions[id], given):
            continue
        if id not in rows:
            rows[id] = GivenAnswer(attempt_id=attempt_id, question_id=id)
            db.session().add(rows[id])
        rows[id].choice, rows[id].said = kinds.stored(given)
    attempt.score = score(list(questions.values()), kinds.by_question(questions.values(), rows.values()))
    if send:
        attempt.finished_at = now
        audit.record("assessment.send", exam, actor=actor, now=now, number=attempt.number)
    db.session().flush()
    if send:
        show_presence(exam, attempt.person_id, now=now)
    return attempt


def derive_anew(exam: Exam) -> int:
    """Every attempt at these questions is scored again by the key of now; returns how many scores changed.

    Each is locked: an answer may be on its way. Where no answer is kept any more, the score stays what it was.
    """
    changed = 0
    ids = [row.id for row in queries.sharing(exam)]
    wanted = sa.select(Attempt.id).where(Attempt.exam_id.in_(ids), Attempt.number > 0).order_by(Attempt.id)
    for id in db.session().scalars(wanted).all():
        row = db.lock(Attempt, id)
        asked = queries.questions_of(exam, row)
        given = kinds.by_question(asked, queries.given(id))
        right = score(asked, given) if given else row.score
        changed += right != row.score
        row.score = right
    db.session().flush()
    return changed


def forget_words(person_id: int) -> None:
    """Attempts with answers in this person's own words lose all their answers, so that no later key changes their score."""
    spoken = (
        sa.select(GivenAnswer.attempt_id)
        .join(Attempt, Attempt.id == GivenAnswer.attempt_id)
        .join(Question, Question.id == GivenAnswer.question_id)
        .where(Attempt.person_id == person_id, Question.kind == QuestionKind.SHORT)
    )
    db.session().execute(sa.delete(GivenAnswer).where(GivenAnswer.attempt_id.in_(spoken)))


def score(questions: Sequence[Question], choices: Mapping[int, Given]) -> float:
    """0 to 100; what was not answered is wrong."""
    right = sum(1 for question in questions if kinds.is_right(question, choices.get(question.id)))
    return round(right * 100 / len(questions), 2) if questions else 0.0


def _drawn(exam: Exam) -> list[int] | None:
    """None where everything is asked. Kept with the attempt: what somebody was asked can always be shown again."""
    ids = [row.id for row in queries.questions(exam)]
    return sorted(_chance.sample(ids, exam.draw)) if exam.draw is not None and exam.draw < len(ids) else None


def _open(exam_id: int, person_id: int, *, now: datetime) -> Exam:
    diklat_id = db.session().scalar(sa.select(Exam.diklat_id).where(Exam.id == exam_id))
    if diklat_id is None:
        raise NotFound()
    # Locked: nobody may write another question between this look and the first attempt.
    diklat = db.lock(Diklat, diklat_id)
    exam = db.session().get_one(Exam, exam_id, populate_existing=True)
    if exam.withdrawn_at is not None:
        raise NotFound()
    seat = enrolment.enrolment(diklat_id, person_id)
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        raise NotEnrolled()
    if diklat.state is not DiklatState.PUBLISHED:
        raise ExamNotOpen(why="over")
    if now < exam.opens_at:
        raise ExamNotOpen(why="early", opens_at=exam.opens_at)
    if now >= exam.closes_at:
        raise ExamNotOpen(why="late")
    if not queries.questions(exam):
        raise ExamNotOpen(why="empty")
    return exam
