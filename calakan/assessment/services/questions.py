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
LONGEST_TEXT, LONGEST_OPTIONS = 2000, 2400  # as the form takes them, of all options together


@dataclass(frozen=True)
class Item:
    """A question as it was typed or read; `answer` is the place of the right option."""

    text: str
    options: tuple[str, ...]
    answer: int
    line: int | None = None


@dataclass(frozen=True)
class Added:
    """`known` stood there already; `doubtful` ask what stands there, or another of them asks, with another key."""

    new: int
    known: int
    doubtful: tuple[Item, ...] = ()


def add_questions(exam_id: int, items: Sequence[Item], *, actor: Actor, now: datetime) -> Added:
    """After those that are there. What is there already is left out; of two keys to one question none is believed.

    Locks the diklat. Raises NotFound, DiklatFinal, QuestionInvalid, QuestionsInUse, TooManyQuestions.
    """
    exam = _editable(exam_id)
    held = queries.questions(exam)
    keys: dict[object, set[str]] = {}
    for item in items:
        check(item)
    every: list[Item | Question] = [*held, *items]
    for one in every:
        keys.setdefault(_asks(one), set()).add(_right(one))
    doubtful = tuple(item for item in items if len(keys[_asks(item)]) > 1)
    known, new = {_asks(row) for row in held}, list[Item]()
    for item in items:
        if item not in doubtful and _asks(item) not in known:
            known.add(_asks(item))
            new.append(item)
    if len(held) + len(new) > MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    for place, item in enumerate(new, start=(held[-1].position if held else 0) + 1):
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
    return Added(len(new), len(items) - len(new) - len(doubtful), doubtful)


def _asks(question: Item | Question) -> tuple[str, frozenset[str]]:
    """What makes two questions one: their words and options, in whatever order and case."""
    return _folded(question.text), frozenset(map(_folded, question.options))


def _right(question: Item | Question) -> str:
    return _folded(question.options[question.answer])


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def change_question(exam_id: int, position: int, item: Item, *, actor: Actor, now: datetime) -> Question:
    """Locks the diklat. Raises NotFound, DiklatFinal, QuestionInvalid, QuestionsInUse."""
    exam = _editable(exam_id)
    question = _at(exam, position)
    check(item)
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


def check(item: Item) -> None:
    """Raises QuestionInvalid for what no question may be, wherever it was written."""
    different = set(map(_folded, item.options))
    if not FEWEST_OPTIONS <= len(item.options) <= MOST_OPTIONS or len(different) < len(item.options) or "" in different:
        raise QuestionInvalid(why="options", line=item.line)
    if not item.text.strip():
        raise QuestionInvalid(why="text", line=item.line)
    if len(item.text) > LONGEST_TEXT or sum(map(len, item.options)) > LONGEST_OPTIONS:
        raise QuestionInvalid(why="long", line=item.line)
    if not 0 <= item.answer < len(item.options):
        raise QuestionInvalid(why="answer", line=item.line)
