"""Reads of tests: their questions in each person's order, attempts, and the scores that count."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment import kinds
from calakan.assessment.models import (
    SHARED,
    Attempt,
    Exam,
    ExamKind,
    FormerQuestion,
    GivenAnswer,
    Question,
    QuestionKind,
)
from calakan.diklat import kept
from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import db

# What left the phone in time may take this long: until then an attempt can still change.
UNDER_WAY = timedelta(seconds=15)
EXAMS = kept.part(Exam, Exam.number)
# Joins a question with each test that asks it.
ASKED_IN = sa.or_(
    Question.exam_id == Exam.id,
    sa.and_(Question.exam_id.is_(None), Question.diklat_id == Exam.diklat_id, Exam.kind.in_(SHARED)),
)


def exam(slug: str, number: int) -> Exam | None:
    """With its diklat."""
    return db.session().scalar(
        sa.select(Exam)
        .join(Diklat, Diklat.id == Exam.diklat_id)
        .where(Diklat.slug == slug, Exam.number == number, Exam.withdrawn_at.is_(None))
        .options(joinedload(Exam.diklat))
    )


def exams(*diklat_ids: int) -> Sequence[Exam]:
    """The tests of these diklat, the first to open first."""
    found = [row for rows in EXAMS.of(*diklat_ids).values() for row in rows if row.withdrawn_at is None]
    return sorted(found, key=lambda row: (row.opens_at, row.number, row.diklat_id))


def owner(exam: Exam) -> int | None:
    """Whom the questions belong to: None are those that the tests before and after share."""
    return None if exam.kind.shared else exam.id


def _of(exam: Exam) -> sa.ColumnElement[bool]:
    return sa.and_(Question.diklat_id == exam.diklat_id, Question.exam_id.is_not_distinct_from(owner(exam)))


def questions(exam: Exam) -> Sequence[Question]:
    """As they were written."""
    return db.session().scalars(sa.select(Question).where(_of(exam)).order_by(Question.position)).all()


def questions_of(exam: Exam, attempt: Attempt | None) -> list[Question]:
    """What this attempt asks, as it was written."""
    drawn = attempt.drawn if attempt is not None else None
    return [row for row in questions(exam) if drawn is None or row.id in drawn]


def question_counts(found: Iterable[Exam]) -> dict[int, int]:
    """test -> how many questions it has; one statement."""
    held = list(found)
    rows = db.session().execute(
        sa.select(Question.diklat_id, Question.exam_id, sa.func.count())
        .where(Question.diklat_id.in_({exam.diklat_id for exam in held}))
        .group_by(Question.diklat_id, Question.exam_id)
    )
    counts = {(diklat_id, exam_id): count for diklat_id, exam_id, count in rows}
    return {exam.id: counts.get((exam.diklat_id, owner(exam)), 0) for exam in held}


def sharing(exam: Exam) -> Sequence[Exam]:
    """The tests that ask the same questions, this one too."""
    if not exam.kind.shared:
        return [exam]
    return [row for row in exams(exam.diklat_id) if row.kind.shared]


def alike(exam: Exam) -> set[int]:
    """The tests that ask, or asked once, something that this one asks: withdrawn ones, copies in other diklat, and whatever took a question of theirs."""
    first = _copies([exam])
    origins = sa.union(
        sa.select(Question.origin).join(Exam, ASKED_IN).where(Exam.id.in_(first)),
        sa.select(FormerQuestion.origin).where(FormerQuestion.exam_id.in_(first), FormerQuestion.edited),
    )
    asking = sa.select(Exam.id).join(Question, ASKED_IN).where(Question.origin.in_(origins))
    asked = sa.select(FormerQuestion.exam_id).where(FormerQuestion.origin.in_(origins))
    same = sa.select(Exam).where(sa.or_(Exam.id.in_(asking), Exam.id.in_(asked)))
    return first | _copies(db.session().scalars(same).all())


def _copies(found: Iterable[Exam]) -> set[int]:
    """These tests and all that were copied as a whole from where they were copied from."""
    origin = sa.func.coalesce(Exam.origin_id, Exam.id)
    first = set(db.session().scalars(sa.select(origin).where(_asking_as(found))))
    copies = db.session().scalars(sa.select(Exam).where(sa.or_(Exam.id.in_(first), Exam.origin_id.in_(first)))).all()
    return set(db.session().scalars(sa.select(Exam.id).where(_asking_as(copies))))


def _asking_as(found: Iterable[Exam]) -> sa.ColumnElement[bool]:
    """These tests, and whatever shares their questions in their diklat."""
    held = list(found)
    pairs = {exam.diklat_id for exam in held if exam.kind.shared}
    shared = sa.and_(Exam.diklat_id.in_(pairs), Exam.kind.in_(SHARED))
    return sa.or_(Exam.id.in_([exam.id for exam in held]), shared)


def begun(exam: Exam) -> bool:
    """Whether anybody has answered these questions, in any test that shares them; a withdrawn one counts, too."""
    asking = Exam.id == exam.id
    if exam.kind.shared:
        asking = sa.and_(Exam.diklat_id == exam.diklat_id, Exam.kind.in_(SHARED))
    wanted = sa.select(Attempt.id).join(Exam, Exam.id == Attempt.exam_id).where(asking, Attempt.number > 0).limit(1)
    return db.session().scalar(wanted) is not None


def with_scores(found: Iterable[Exam]) -> set[int]:
    """The ids of those that anybody has taken, here or on paper."""
    wanted = sa.select(Attempt.exam_id).where(Attempt.exam_id.in_([exam.id for exam in found]))
    return set(db.session().scalars(wanted.distinct()))


def may_show_answers(exam: Exam, *, now: datetime) -> bool:
    """Once nobody can use them any more: of shared questions, not before the test at the end has closed."""
    shared = sharing(exam)
    complete = not exam.kind.shared or any(row.kind is ExamKind.POST for row in shared)
    return complete and over(shared, now=now) == {row.id for row in shared}


def over(found: Iterable[Exam], *, now: datetime) -> set[int]:
    """Those of these tests that nobody sits any more; whoever began before the window was shortened still does."""
    closed = {exam.id for exam in found if exam.closes_at + UNDER_WAY <= now}
    running = sa.select(Attempt.exam_id).where(Attempt.exam_id.in_(closed), ~counted(now))
    return closed - set(db.session().scalars(running))


@dataclass(frozen=True)
class Asked:
    """A question as one person sees it: `options` are (place in the question's list, text) in that person's order.

    Of a question that is answered in words there are none: they are the key.
    """

    question: Question
    options: tuple[tuple[int, str], ...]


def asked(exam: Exam, person_id: int, attempt: Attempt | None = None) -> list[Asked]:
    """What an attempt asks, or everything, in an order of this person's own, the same at every look."""
    seed = (exam.id, person_id)
    found = sorted(questions_of(exam, attempt), key=lambda row: _mixed(*seed, row.id))
    return [Asked(row, _options(row, seed)) for row in found]


def _options(question: Question, seed: tuple[int, int]) -> tuple[tuple[int, str], ...]:
    if question.kind is QuestionKind.SHORT:
        return ()
    if kinds.is_true_false(question):
        return tuple(enumerate(question.options))
    return tuple(sorted(enumerate(question.options), key=lambda option: _mixed(*seed, question.id, option[0])))


def _mixed(*parts: int) -> bytes:
    return hashlib.sha256(":".join(map(str, parts)).encode()).digest()


def attempts(exam_id: int, person_id: int) -> Sequence[Attempt]:
    """Of one person, the first first; a score from elsewhere stands before them."""
    return (
        db.session()
        .scalars(
            sa.select(Attempt)
            .where(Attempt.exam_id == exam_id, Attempt.person_id == person_id)
            .order_by(Attempt.number)
        )
        .all()
    )


def unknown(exam: Exam, *, now: datetime) -> dict[int, list[tuple[str, int]]]:
    """Question -> what was answered in words and is in no list of right spellings, with how often; the most frequent first.

    Of attempts that count: a word that is looked at while it can change would be told to be wrong.
    """
    asked = {row.id: row for row in questions(exam) if row.kind is QuestionKind.SHORT}
    if not asked:
        return {}
    rows = db.session().execute(
        sa.select(GivenAnswer.question_id, GivenAnswer.said)
        .join(Attempt, Attempt.id == GivenAnswer.attempt_id)
        .where(GivenAnswer.question_id.in_(asked), GivenAnswer.said != "", counted(now))
    )
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for id, said in rows:
        if not kinds.is_right(asked[id], said):
            found[id][kinds.folded(said)].append(said)
    return {
        id: sorted(((min(said), len(said)) for said in heaps.values()), key=lambda row: (-row[1], row[0]))
        for id, heaps in found.items()
    }


def given(attempt_id: int) -> Sequence[GivenAnswer]:
    return db.session().scalars(sa.select(GivenAnswer).where(GivenAnswer.attempt_id == attempt_id)).all()


def counted(now: datetime) -> sa.ColumnElement[bool]:
    """The attempts whose score counts: sent, or out of time with nothing under way any more."""
    return sa.or_(Attempt.finished_at.is_not(None), Attempt.ends_at <= now - UNDER_WAY)


def tellable(found: Iterable[Exam], person_id: int, *, now: datetime) -> set[int]:
    """The tests of these whose scores this person may know, because nothing is left to be made of them; three statements.

    The tests before and after ask the same: neither score is told before the person is done with the test after, or
    where there is none, before the diklat is over. That of a reading is told once it was passed or cannot be tried again, that
    of a quiz at once. Whether the pass score was reached is no score, and anybody may know it. A running attempt is never
    told, whatever this says (`counted`).
    """
    held = list(found)
    diklat_ids = {exam.diklat_id for exam in held}
    all_of = exams(*diklat_ids)
    sat = _sat([exam.id for exam in all_of], person_id)
    over = set(
        db.session().scalars(
            sa.select(Diklat.id).where(Diklat.id.in_(diklat_ids), Diklat.state != DiklatState.PUBLISHED)
        )
    )
    told = {exam.id for exam in held if not exam.kind.shared and _settled(exam, sat.get(exam.id, []), now=now)}
    for id in diklat_ids:
        shared = [exam for exam in all_of if exam.diklat_id == id and exam.kind.shared]
        complete = id in over or any(exam.kind is ExamKind.POST for exam in shared)
        untouched = not any(
            sat.get(exam.id) for exam in shared
        )  # the score is from elsewhere, and tells of no key here
        if untouched or (complete and all(_done_with(exam, sat.get(exam.id, []), now=now) for exam in shared)):
            told |= {exam.id for exam in held if exam.diklat_id == id and exam.kind.shared}
    return told


def _sat(exam_ids: Iterable[int], person_id: int) -> dict[int, list[Attempt]]:
    wanted = sa.select(Attempt).where(
        Attempt.exam_id.in_(list(exam_ids)), Attempt.person_id == person_id, Attempt.number > 0
    )
    found: dict[int, list[Attempt]] = defaultdict(list)
    for row in db.session().scalars(wanted):
        found[row.exam_id].append(row)
    return found


def _settled(exam: Exam, sat: Sequence[Attempt], *, now: datetime) -> bool:
    """Whether nothing depends on another attempt: else the scores of several would tell which answers were right."""
    if exam.pass_score is None or not sat:
        return True
    ended = [row for row in sat if row.finished_at is not None or row.ends_at <= now - UNDER_WAY]
    return any(row.score >= exam.pass_score for row in ended) or _done_with(exam, sat, now=now)


def _done_with(exam: Exam, sat: Sequence[Attempt], *, now: datetime) -> bool:
    """Whether this person can neither change an attempt nor begin one."""
    if any(row.finished_at is None and now < row.ends_at + UNDER_WAY for row in sat):
        return False
    return now >= exam.closes_at or len(sat) >= exam.attempts_allowed


def best(
    exam_ids: Iterable[int], *, now: datetime, person_ids: Iterable[int] | None = None
) -> dict[int, dict[int, float]]:
    """test -> person -> the best score that counts; one statement."""
    wanted = (
        sa.select(Attempt.exam_id, Attempt.person_id, sa.func.max(Attempt.score))
        .where(Attempt.exam_id.in_(list(exam_ids)), counted(now))
        .group_by(Attempt.exam_id, Attempt.person_id)
    )
    if person_ids is not None:
        wanted = wanted.where(Attempt.person_id.in_(list(person_ids)))
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for exam_id, person_id, score in db.session().execute(wanted):
        found[exam_id][person_id] = score
    return found
