"""What tests show: scores before and after, the gain of those who sat both, and how each question was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import kinds
from calakan.assessment.models import Attempt, Exam, ExamKind, GivenAnswer, Question
from calakan.assessment.queries import exams
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db


@dataclass(frozen=True)
class Gain:
    """Of `people` who sat both tests. The N-gain is that of the means (Hake): how much of what could be gained was."""

    people: int
    before: float
    after: float

    @property
    def gain(self) -> float:
        return round(self.after - self.before, 2)

    @property
    def n_gain(self) -> float | None:
        return n_gain(self.before, self.after)


def n_gain(before: float, after: float) -> float | None:
    """None where nothing was left to gain."""
    return round((after - before) / (100 - before), 2) if before < 100 else None


def gain(pairs: Iterable[tuple[float, float]]) -> Gain | None:
    """None without anybody who sat both."""
    held = list(pairs)
    if not held:
        return None
    before, after = (sum(scores) / len(held) for scores in zip(*held, strict=True))
    return Gain(len(held), round(before, 2), round(after, 2))


def pairs(before: Mapping[int, float], after: Mapping[int, float]) -> list[tuple[float, float]]:
    """The scores of those who have both."""
    return [(before[id], after[id]) for id in sorted(before.keys() & after.keys())]


def best_of(kind: ExamKind, now: datetime) -> sa.Subquery:
    """(diklat, person, score) of all tests of this kind: the best that counts of each confirmed participant."""
    return (
        sa.select(Exam.diklat_id, Attempt.person_id, sa.func.max(Attempt.score).label("score"))
        .join(Attempt, Attempt.exam_id == Exam.id)
        .join(
            Enrolment,
            sa.and_(
                Enrolment.diklat_id == Exam.diklat_id,
                Enrolment.person_id == Attempt.person_id,
                Enrolment.state == EnrolmentState.CONFIRMED,
            ),
        )
        .where(Exam.kind == kind, Exam.withdrawn_at.is_(None), exams.counted(now))
        .group_by(Exam.diklat_id, Attempt.person_id)
        .subquery()
    )


def both_tests(now: datetime) -> sa.Select[int, int, float, float]:
    """(diklat, person, score before, score after) of all who sat both."""
    before, after = best_of(ExamKind.PRE, now), best_of(ExamKind.POST, now)
    both = sa.and_(after.c.diklat_id == before.c.diklat_id, after.c.person_id == before.c.person_id)
    scores = before.c.score.label("before"), after.c.score.label("after")
    return sa.select(before.c.diklat_id, before.c.person_id, *scores).join(after, both)


def gain_over(diklat: sa.ColumnElement[bool], *, now: datetime) -> tuple[int, Gain] | None:
    """How many diklat that meet this condition held both tests, and what their participants gained; one statement."""
    sat = both_tests(now).subquery()
    courses, people, first, last = (
        db.session()
        .execute(
            sa.select(
                sa.func.count(sa.distinct(sat.c.diklat_id)),
                sa.func.count(),
                sa.func.avg(sat.c.before),
                sa.func.avg(sat.c.after),
            )
            .join(Diklat, Diklat.id == sat.c.diklat_id)
            .where(diklat)
        )
        .one()
    )
    return (courses, Gain(people, round(first, 2), round(last, 2))) if people else None


@dataclass(frozen=True)
class Solved:
    """How a question was answered: test -> the share of attempts that were right, in percent."""

    question: Question
    shares: dict[int, float]


def solved(questions: Sequence[Question], asked_in: Sequence[Exam], *, now: datetime) -> list[Solved]:
    """Over all attempts of each test that count and asked it; what was not answered is wrong. Two statements."""
    ids = [exam.id for exam in asked_in]
    sat: Counter[tuple[int, int]] = Counter()
    wanted = sa.select(Attempt.exam_id, Attempt.drawn).where(
        Attempt.exam_id.in_(ids), Attempt.number > 0, exams.counted(now)
    )
    for exam_id, drawn in db.session().execute(wanted):
        sat.update((exam_id, id) for id in drawn or [row.id for row in questions])
    what = (Attempt.exam_id, GivenAnswer.question_id, GivenAnswer.choice, GivenAnswer.said)
    rows = db.session().execute(
        sa.select(*what, sa.func.count())
        .join(GivenAnswer, GivenAnswer.attempt_id == Attempt.id)
        .where(Attempt.exam_id.in_(ids), exams.counted(now))
        .group_by(*what)
    )
    held, right = {row.id: row for row in questions}, Counter[tuple[int, int]]()
    for exam_id, question_id, choice, said, count in rows:
        question = held.get(question_id)
        if question is not None and kinds.is_right(question, kinds.restored(question.kind, choice, said)):
            right[exam_id, question_id] += count
    return [
        Solved(row, {id: round(right[id, row.id] * 100 / sat[id, row.id], 1) for id in ids if sat[id, row.id]})
        for row in questions
    ]
