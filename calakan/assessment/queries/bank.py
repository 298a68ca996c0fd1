"""The bank of questions: what tests that are over have asked, by the topics of their diklat.

A question keeps its origin wherever it is taken to. One that stands in a test which somebody may still sit is not in the bank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from calakan.assessment import kinds
from calakan.assessment.items import FEWEST
from calakan.assessment.models import Exam, ExamKind, GivenAnswer, Question
from calakan.assessment.queries.exams import ASKED_IN
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic
from calakan.kernel import db

# Longer than anybody sits a test that he began before it closed.
AFTER = timedelta(days=1)


def _in_bank(now: datetime) -> sa.ColumnElement[bool]:
    """Of a question joined with a test and its diklat. What the test before asks, the test after will ask, whether it is set yet or not."""
    later = aliased(Exam)
    has_end = sa.exists().where(
        later.diklat_id == Exam.diklat_id, later.kind == ExamKind.POST, later.withdrawn_at.is_(None)
    )
    goes_on = Diklat.state.not_in([DiklatState.CLOSED, DiklatState.CANCELLED])
    open_ones = (
        sa.select(Question.origin)
        .join(Exam, ASKED_IN)
        .join(Diklat, Diklat.id == Exam.diklat_id)
        .where(
            Exam.withdrawn_at.is_(None),
            sa.or_(Exam.closes_at > now - AFTER, sa.and_(Exam.kind == ExamKind.PRE, goes_on, ~has_end)),
        )
    )
    return sa.and_(
        Exam.withdrawn_at.is_(None),
        Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
        Question.origin.not_in(open_ones),
    )


def counts(*, now: datetime) -> dict[str, int]:
    """topic -> how many questions there are, each once; "" are those of all topics. Two statements."""
    count = sa.func.count(sa.distinct(Question.origin))
    base = sa.join(Question, Exam, ASKED_IN).join(Diklat, Diklat.id == Exam.diklat_id)
    every = db.session().scalar(sa.select(count).select_from(base).where(_in_bank(now))) or 0
    by_topic = (
        sa.select(DiklatTopic.topic, count)
        .select_from(base.join(DiklatTopic, DiklatTopic.diklat_id == Diklat.id))
        .where(_in_bank(now))
        .group_by(DiklatTopic.topic)
        .order_by(DiklatTopic.topic)
    )
    return {"": every, **dict(db.session().execute(by_topic).all())}


def found(topic: str, words: str = "", *, now: datetime) -> list[Question]:
    """Each origin once, as it was asked last; `topic` empty: of all."""
    wanted = (
        sa.select(Question)
        .join(Exam, ASKED_IN)
        .join(Diklat, Diklat.id == Exam.diklat_id)
        .where(_in_bank(now))
        .order_by(Exam.closes_at.desc(), Question.id.desc())
    )
    if topic:
        wanted = wanted.where(sa.exists().where(DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic == topic))
    if words:
        wanted = wanted.where(Question.text.icontains(words, autoescape=True))
    last: dict[str, Question] = {}
    for row in db.session().scalars(wanted):
        last.setdefault(row.origin, row)
    return list(last.values())


@dataclass(frozen=True)
class Earlier:
    """How a question was answered wherever it was asked before: how often, and the share of 0..1 that was right."""

    answers: int
    share: float


def earlier(rows: Iterable[Question], *, now: datetime) -> dict[str, Earlier]:
    """origin -> what tests that are over tell, from as many answers as say something of the question."""
    origins = {row.origin for row in rows}
    asked: Sequence[Question] = (
        db.session()
        .scalars(
            sa.select(Question).join(Exam, ASKED_IN).where(Question.origin.in_(origins), Exam.closes_at <= now - AFTER)
        )
        .all()
    )
    held = {row.id: row for row in asked}
    given = (
        sa.select(GivenAnswer.question_id, GivenAnswer.choice, GivenAnswer.said, sa.func.count())
        .where(GivenAnswer.question_id.in_(held))
        .group_by(GivenAnswer.question_id, GivenAnswer.choice, GivenAnswer.said)
    )
    answers, right = Counter[str](), Counter[str]()
    for id, choice, said, count in db.session().execute(given):
        question = held[id]
        answers[question.origin] += count
        if kinds.is_right(question, kinds.restored(question.kind, choice, said)):
            right[question.origin] += count
    return {origin: Earlier(count, right[origin] / count) for origin, count in answers.items() if count >= FEWEST}
