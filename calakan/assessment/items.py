"""How well each question measures: how many solve it, and whether they are those who solve the others."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import kinds
from calakan.assessment.kinds import Given
from calakan.assessment.models import Attempt, Exam, GivenAnswer, Question
from calakan.assessment.queries import exams
from calakan.kernel import db
from calakan.kernel.askable import Askable

FEWEST = 10  # with fewer people a figure says more of them than of the question


class Difficulty(Askable):
    """By the share who solve it: more than 70 %, 30 to 70 %, less (Arikunto)."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Power(Askable):
    """By the index of discrimination (Ebel): from 0.40, from 0.30, from 0.20, below; below nothing the key may be wrong."""

    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    POOR = "poor"
    REVERSED = "reversed"


@dataclass(frozen=True)
class Measured:
    """`share` of 0..1. `index` of -1..1 compares who solved it with who solved the rest; None: all did, or nobody."""

    question: Question
    share: float
    index: float | None

    @property
    def difficulty(self) -> Difficulty:
        if self.share > 0.7:
            return Difficulty.EASY
        return Difficulty.MEDIUM if self.share >= 0.3 else Difficulty.HARD

    @property
    def power(self) -> Power | None:
        if self.index is None:
            return None
        steps = ((0.4, Power.GOOD), (0.3, Power.FAIR), (0.2, Power.WEAK), (0.0, Power.POOR))
        return next((power for least, power in steps if self.index >= least), Power.REVERSED)


def measured(exam: Exam, *, now: datetime) -> list[Measured]:
    """By the first attempt of each person. Empty while an answer can still change; without those that fewer than FEWEST people met."""
    asked = exams.questions(exam)
    if not asked or not exams.may_show_answers(exam, now=now):
        return []
    wanted = sa.select(Attempt.id, Attempt.drawn).where(Attempt.exam_id == exam.id, Attempt.number == 1)
    drawn = dict(db.session().execute(wanted).all())
    given = (
        sa.select(GivenAnswer.attempt_id, GivenAnswer.question_id, GivenAnswer.choice, GivenAnswer.said)
        .join(Attempt, Attempt.id == GivenAnswer.attempt_id)
        .where(Attempt.exam_id == exam.id, Attempt.number == 1)
    )
    chosen: dict[int, dict[int, Given]] = defaultdict(dict)
    kind = {row.id: row.kind for row in asked}
    for attempt_id, question_id, choice, said in db.session().execute(given):
        if question_id in kind:
            chosen[attempt_id][question_id] = kinds.restored(kind[question_id], choice, said)
    # An attempt whose answers were erased says nothing of the questions.
    return measure(asked, [(answers, drawn[id]) for id, answers in chosen.items()])


def measure(
    asked: Sequence[Question], sat: Sequence[tuple[Mapping[int, Given], Sequence[int] | None]]
) -> list[Measured]:
    """Pure. Each attempt: its answers, and which questions it asked (None: all). What was not answered is wrong."""
    marks = [
        {row.id: int(kinds.is_right(row, answers.get(row.id))) for row in asked if drawn is None or row.id in drawn}
        for answers, drawn in sat
    ]
    found = []
    for question in asked:
        of_whom = [row for row in marks if question.id in row]
        if len(of_whom) < FEWEST:
            continue
        own = [row[question.id] for row in of_whom]
        rest = [(sum(row.values()) - row[question.id]) / max(len(row) - 1, 1) for row in of_whom]
        found.append(Measured(question, sum(own) / len(own), _correlation(own, rest)))
    return found


def _correlation(own: Sequence[float], rest: Sequence[float]) -> float | None:
    count = len(own)
    mean_own, mean_rest = sum(own) / count, sum(rest) / count
    spread = sum((x - mean_own) ** 2 for x in own) * sum((y - mean_rest) ** 2 for y in rest)
    if spread < 1e-9:  # sums of fractions
        return None
    shared = sum((x - mean_own) * (y - mean_rest) for x, y in zip(own, rest, strict=True))
    return round(shared / math.sqrt(spread), 2)
