"""Taking questions from the bank into a test: so many of a topic, drawn by a seed that the trail keeps."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from dataclasses import replace
from datetime import datetime

from calakan.assessment.errors import BankTooSmall
from calakan.assessment.models import Question
from calakan.assessment.queries import bank
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import questions
from calakan.audit import services as audit
from calakan.kernel.actor import Actor


def take(
    exam_id: int, topic: str, count: int, *, words: str = "", seed: int | None = None, actor: Actor, now: datetime
) -> int:
    """So many that the test does not ask yet; returns the seed, by which the same bank gives the same again.

    Locks the diklat. Raises NotFound, DiklatFinal, QuestionsInUse, TooManyQuestions, BankTooSmall.
    """
    exam = questions.editable(exam_id)
    held = queries.questions(exam)
    there, origins = {questions.asks(row) for row in held}, {row.origin for row in held}
    found = [row for row in bank.found(topic, words, now=now) if row.origin not in origins]
    # What stands in the bank twice may have two keys: none of them is believed.
    times = Counter(questions.asks(row) for row in found)
    free = [row for row in found if times[questions.asks(row)] == 1 and questions.asks(row) not in there]
    if len(free) < count:
        raise BankTooSmall(found=len(free))
    drawn = secrets.randbits(31) if seed is None else seed
    chosen = sorted(free, key=lambda row: _drawn(drawn, row))[:count]
    items = [replace(questions.item_of(row), origin=row.origin) for row in chosen]
    questions.add_questions(exam_id, items, actor=actor, now=now)
    audit.record("assessment.take_questions", exam, actor=actor, now=now, topic=topic, count=count, seed=drawn)
    return drawn


def _drawn(seed: int, question: Question) -> bytes:
    return hashlib.sha256(f"{seed}:{question.origin}".encode()).digest()
