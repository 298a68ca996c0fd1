"""Writing the questions of a test, until the first participant begins; afterwards only a wrong key is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import QuestionInvalid, QuestionsInUse, TooManyQuestions
from calakan.assessment.events import ResultsImproved
from calakan.assessment.models import Exam, Question
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, exams
from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.events import announce

MOST_QUESTIONS = 100
FEWEST_OPTIONS, MOST_OPTIONS = 2, 5


@dataclass(frozen=True)
class Item:
    """A question as it was typed or read; `answer` is the place of the right option."""

    text: str
    options: tuple[str, ...]
    answer: int
    line: int | None = None


def add_questions(exam_id: int, items: Sequence[Item], *, actor: Actor, now: datetime) -> int:
    """All of them or none, after those that are there; what is there already, word for word, is left out. Returns how
    many are new. Locks the diklat.

    Raises NotFound, DiklatFinal, QuestionInvalid, QuestionsInUse, TooManyQuestions.
    """
    exam = _editable(exam_id)
    held = queries.questions(exam)
    last, known, new = held[-1].position if held else 0, {_same(row) for row in held}, list[Item]()
    for item in items:
        _check(item)
        if _same(item) not in known:
            known.add(_same(item))
            new.append(item)
    if len(held) + len(new) > MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    for place, item in enumerate(new, start=last + 1):
        db.session().add(
            Question(
                diklat_id=exam.diklat_id,
                exam_id=queries.owner(exam),
                position=place,
                text=item.text,
                options=list(item.options),
                answer=item.answer,
            )
        )
    db.session().flush()
    audit.record("assessment.add_questions", exam, actor=actor, now=now, count=len(new))
    return len(new)


def _same(question: Item | Question) -> tuple[str, tuple[str, ...], int]:
    return question.text, tuple(question.options), question.answer


def change_question(exam_id: int, position: int, item: Item, *, actor: Actor, now: datetime) -> Question:
    """Locks the diklat. Raises NotFound, DiklatFinal, QuestionInvalid, QuestionsInUse."""
    exam = _editable(exam_id)
    question = _at(exam, position)
    _check(item)
    question.text, question.options, question.answer = item.text, list(item.options), item.answer
    db.session().flush()
    audit.record("assessment.change_question", exam, actor=actor, now=now, position=position)
    return question


def correct_key(exam_id: int, position: int, answer: int, *, actor: Actor, now: datetime) -> int:
    """Another option is right, found after people sat the test: their scores are derived anew. Returns how many changed.

    Also after the closing, because papers may wait for it. Locks the diklat. Raises NotFound, QuestionInvalid.
    """
    diklat_id = db.session().scalar(sa.select(Exam.diklat_id).where(Exam.id == exam_id, Exam.withdrawn_at.is_(None)))
    if diklat_id is None:
        raise NotFound()
    db.lock(Diklat, diklat_id)
    exam = db.session().get_one(Exam, exam_id)
    question = _at(exam, position)
    was = question.answer
    if not 0 <= answer < len(question.options):
        raise QuestionInvalid(why="answer", line=None)
    question.answer = answer
    db.session().flush()
    changed = attempts.derive_anew(exam)
    audit.record(
        "assessment.correct_key", exam, actor=actor, now=now, position=position, was=was, answer=answer, changed=changed
    )
    announce(ResultsImproved(diklat_id=diklat_id, actor=actor, now=now))
    return changed


def remove_question(exam_id: int, position: int, *, actor: Actor, now: datetime) -> None:
    """Those behind it move up. Locks the diklat. Raises NotFound, DiklatFinal, QuestionsInUse."""
    exam = _editable(exam_id)
    db.session().delete(_at(exam, position))
    for question in queries.questions(exam):
        if question.position > position:
            question.position -= 1
    audit.record("assessment.remove_question", exam, actor=actor, now=now, position=position)


def _editable(exam_id: int) -> Exam:
    exam = exams.standing(exam_id)
    if queries.begun(exam):
        raise QuestionsInUse()
    return exam


def _at(exam: Exam, position: int) -> Question:
    found = next((row for row in queries.questions(exam) if row.position == position), None)
    if found is None:
        raise NotFound()
    return found


def _check(item: Item) -> None:
    different = {" ".join(option.split()).casefold() for option in item.options}
    if not FEWEST_OPTIONS <= len(item.options) <= MOST_OPTIONS or len(different) < len(item.options) or "" in different:
        raise QuestionInvalid(why="options", line=item.line)
    if not item.text.strip():
        raise QuestionInvalid(why="text", line=item.line)
    if not 0 <= item.answer < len(item.options):
        raise QuestionInvalid(why="answer", line=item.line)
