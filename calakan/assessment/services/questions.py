"""Writing the questions of a test, until the first participant begins; afterwards only a wrong key is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import kinds
from calakan.assessment.errors import QuestionInvalid, QuestionMoved, QuestionsInUse, TooManyQuestions
from calakan.assessment.events import ResultsImproved
from calakan.assessment.models import Exam, FormerQuestion, Question, QuestionKind
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, discarding, exams
from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.events import announce

MOST_QUESTIONS = 100
LONGEST_TEXT, LONGEST_OPTIONS = 2000, 2400  # as the form takes them, of all options together
LONGEST_ALT = 300
# How many of them a question has, and what is said where it has others.
OPTIONS = {
    QuestionKind.SINGLE: (2, 5, "options"),
    QuestionKind.MULTIPLE: (2, 5, "options"),
    QuestionKind.SHORT: (1, 8, "spellings"),
    QuestionKind.ORDER: (2, 8, "steps"),
}
Key = int | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """A question as it was typed or read; `answer` is the place of the one right option, `answers` are as in `Question`.

    `picture` is one as a file has it, until it is drawn anew (`pictures.of_item`); `origin` is that of a copy.
    """

    text: str
    options: tuple[str, ...]
    answer: int
    line: int | None = None
    kind: QuestionKind = QuestionKind.SINGLE
    answers: tuple[int, ...] = ()
    picture_sha256: str | None = None
    picture_alt: str = ""
    picture: bytes | None = None
    origin: str | None = None


def short(text: str, spellings: Sequence[str], line: int | None = None) -> Item:
    """To be answered in words."""
    return Item(text, tuple(spellings), 0, line, QuestionKind.SHORT)


def multiple(text: str, options: Sequence[str], right: Sequence[int], line: int | None = None) -> Item:
    """All that are right have to be chosen, and nothing else."""
    return Item(text, tuple(options), 0, line, QuestionKind.MULTIPLE, tuple(sorted(set(right))))


def order(text: str, steps: Sequence[str], line: int | None = None) -> Item:
    """`steps` from the first to the last."""
    return Item(text, tuple(steps), 0, line, QuestionKind.ORDER, tuple(range(len(steps))))


def item_of(question: Question) -> Item:
    """As it would be typed: steps stand in their order."""
    if question.kind is QuestionKind.ORDER:
        made = order(question.text, kinds.ordered(question))
    else:
        options, answers = tuple(question.options), tuple(question.answers or ())
        made = Item(question.text, options, question.answer, None, question.kind, answers)
    return replace(made, picture_sha256=question.picture_sha256, picture_alt=question.picture_alt)


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
    exam = editable(exam_id)
    held = queries.questions(exam)
    keys: dict[object, set[object]] = {}
    for item in items:
        check(item)
    every: list[Item | Question] = [*held, *items]
    for one in every:
        keys.setdefault(asks(one), set()).add(_right(one))
    doubtful = tuple(item for item in items if len(keys[asks(item)]) > 1)
    known, new = {asks(row) for row in held}, list[Item]()
    for item in items:
        if item not in doubtful and asks(item) not in known:
            known.add(asks(item))
            new.append(item)
    if len(held) + len(new) > MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    for place, item in enumerate(new, start=(held[-1].position if held else 0) + 1):
        made = Question(diklat_id=exam.diklat_id, exam_id=queries.owner(exam), position=place)
        _write(made, item)
        db.session().add(made)
    db.session().flush()
    audit.record("assessment.add_questions", exam, actor=actor, now=now, count=len(new))
    return Added(len(new), len(items) - len(new) - len(doubtful), doubtful)


def asks(question: Item | Question) -> tuple[str, frozenset[str], str | None]:
    """What makes two questions one: their words and options, in whatever order and case (in words there are none), and the picture."""
    short = question.kind is QuestionKind.SHORT
    return _folded(question.text), frozenset(() if short else map(_folded, question.options)), question.picture_sha256


def _right(question: Item | Question) -> object:
    """What makes two keys one."""
    match question.kind:
        case QuestionKind.SINGLE:
            return _folded(question.options[question.answer])
        case QuestionKind.MULTIPLE:
            return frozenset(_folded(question.options[place]) for place in question.answers or ())
        case QuestionKind.ORDER:
            return tuple(map(_folded, kinds.ordered(question)))
        case QuestionKind.SHORT:
            return frozenset(map(kinds.folded, question.options))


def _write(question: Question, item: Item) -> None:
    question.text, question.options, question.answer = item.text, list(item.options), item.answer
    question.kind, question.answers = item.kind, list(item.answers) or None
    question.picture_sha256, question.picture_alt = item.picture_sha256, item.picture_alt
    if item.origin is not None:
        question.origin = item.origin


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def change_question(
    exam_id: int, position: int, item: Item, *, seen: str | None = None, actor: Actor, now: datetime
) -> Question:
    """Other words make it another question than its copies elsewhere; `seen` is the origin of what was looked at. Locks the diklat.

    Raises NotFound, DiklatFinal, QuestionInvalid, QuestionMoved, QuestionsInUse.
    """
    exam = editable(exam_id)
    question = _at(exam, position, seen)
    check(item)
    asked, was = asks(question), question.picture_sha256
    _write(question, item)
    if asks(question) != asked:
        _part(exam, question)
    db.session().flush()
    if was is not None and was != question.picture_sha256:
        discarding.discard([was], now=now)
    audit.record("assessment.change_question", exam, actor=actor, now=now, position=position)
    return question


def _part(exam: Exam, question: Question) -> None:
    others = sa.exists().where(Question.origin == question.origin, Question.id != question.id)
    if db.session().scalar(sa.select(others)):
        db.session().add(FormerQuestion(exam_id=exam.id, origin=question.origin, edited=True))
        question.origin = codes.code(20)


def correct_key(exam_id: int, position: int, key: Key, *, actor: Actor, now: datetime) -> int:
    """Another key, found after people sat the test: their scores are derived anew. Returns how many changed.

    The place of the one right option, the places of all, where each step belongs, or the spellings, as the kind asks.

    Also after the closing, because papers may wait for it. Locks the diklat. Raises NotFound, QuestionInvalid.
    """
    diklat_id = db.session().scalar(sa.select(Exam.diklat_id).where(Exam.id == exam_id, Exam.withdrawn_at.is_(None)))
    if diklat_id is None:
        raise NotFound()
    db.lock(Diklat, diklat_id)
    exam = db.session().get_one(Exam, exam_id)
    question = _at(exam, position)
    was = _key(question)
    item = _with_key(question, key)
    check(item)
    _write(question, item)
    db.session().flush()
    changed = attempts.derive_anew(exam)
    audit.record(
        "assessment.correct_key", exam, actor=actor, now=now, position=position, was=was, answer=key, changed=changed
    )
    announce(ResultsImproved(diklat_id=diklat_id, actor=actor, now=now))
    return changed


def _key(question: Question) -> Key:
    match question.kind:
        case QuestionKind.SINGLE:
            return question.answer
        case QuestionKind.SHORT:
            return tuple(question.options)
        case QuestionKind.MULTIPLE | QuestionKind.ORDER:
            return tuple(question.answers or ())


def _with_key(question: Question, key: Key) -> Item:
    """The options stay where they are: what was answered names their places. Raises QuestionInvalid for a key of another kind."""
    held = replace(item_of(question), options=tuple(question.options), answer=0, answers=())
    if isinstance(key, int):
        if question.kind is QuestionKind.SINGLE:
            return replace(held, answer=key)
    elif question.kind is QuestionKind.SHORT:
        return replace(held, options=tuple(map(str, key)))
    elif question.kind is not QuestionKind.SINGLE:
        return replace(held, answers=tuple(place for place in key if isinstance(place, int)))
    raise QuestionInvalid(why="answer", line=None)


def remove_question(exam_id: int, position: int, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Those behind it move up; `seen` as in `change_question`. Locks the diklat.

    Raises NotFound, DiklatFinal, QuestionMoved, QuestionsInUse.
    """
    exam = editable(exam_id)
    gone = _at(exam, position, seen)
    if gone.picture_sha256 is not None:
        discarding.discard([gone.picture_sha256], now=now)
    db.session().add(FormerQuestion(exam_id=exam.id, origin=gone.origin, edited=False))
    db.session().delete(gone)
    for question in queries.questions(exam):
        if question.position > position:
            question.position -= 1
    audit.record("assessment.remove_question", exam, actor=actor, now=now, position=position)


def editable(exam_id: int) -> Exam:
    """Locks the diklat. Raises NotFound, DiklatFinal, QuestionsInUse."""
    exam = exams.standing(exam_id)
    if queries.begun(exam):
        raise QuestionsInUse()
    return exam


def _at(exam: Exam, position: int, seen: str | None = None) -> Question:
    found = next((row for row in queries.questions(exam) if row.position == position), None)
    if found is None:
        raise NotFound()
    if seen is not None and seen != found.origin:
        raise QuestionMoved()
    return found


def check(item: Item) -> None:
    """Raises QuestionInvalid for what no question may be, wherever it was written."""
    fewest, most, why = OPTIONS[item.kind]
    short = item.kind is QuestionKind.SHORT
    different = set(map(kinds.folded if short else _folded, item.options))
    if not fewest <= len(item.options) <= most or len(different) < len(item.options) or "" in different:
        raise QuestionInvalid(why=why, line=item.line)
    if short and max(map(len, item.options)) > kinds.LONGEST_SAID:
        raise QuestionInvalid(why=why, line=item.line)
    if not item.text.strip():
        raise QuestionInvalid(why="text", line=item.line)
    if len(item.text) > LONGEST_TEXT or sum(map(len, item.options)) > LONGEST_OPTIONS:
        raise QuestionInvalid(why="long", line=item.line)
    if (item.picture_sha256 or item.picture) and not item.picture_alt.strip():
        raise QuestionInvalid(why="alt", line=item.line)
    if len(item.picture_alt) > LONGEST_ALT:
        raise QuestionInvalid(why="long", line=item.line)
    if not _has_key(item):
        raise QuestionInvalid(why="answer", line=item.line)


def _has_key(item: Item) -> bool:
    places = range(len(item.options))
    match item.kind:
        case QuestionKind.SINGLE:
            return item.answer in places
        case QuestionKind.MULTIPLE:
            return (
                bool(item.answers) and set(item.answers) <= set(places) and sorted(set(item.answers)) == [*item.answers]
            )
        case QuestionKind.ORDER:
            return sorted(item.answers) == [*places]
        case QuestionKind.SHORT:
            return True
