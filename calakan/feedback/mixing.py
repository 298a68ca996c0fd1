"""Answers and who gave them are written in one transaction, which would tie them: both are written anew, mixed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import Diklat, LiveSession
from calakan.feedback.models import Answered, SessionAnswer, SurveyAnswer, SurveyAnswered, any_number
from calakan.kernel import db
from calakan.kernel.db import Base

_chance = random.SystemRandom()


@dataclass(frozen=True)
class _Kind:
    """Where answers stand, who gave them, and the column that says of what."""

    answers: type[SessionAnswer | SurveyAnswer]
    people: type[Answered | SurveyAnswered]
    of: str
    locked: type[LiveSession | Diklat]


_KINDS = (
    _Kind(SessionAnswer, Answered, "live_session_id", LiveSession),
    _Kind(SurveyAnswer, SurveyAnswered, "diklat_id", Diklat),
)


def mix() -> int:
    """Each session and diklat with a new answer, in a transaction of its own; returns how many."""
    done = 0
    for kind in _KINDS:
        answers = db.table(kind.answers)
        fresh = sa.select(answers.c[kind.of]).where(~answers.c.mixed).distinct()
        for id in sorted(db.session().scalars(fresh)):
            with db.transaction():
                _mix(kind, id)
            done += 1
    return done


def _mix(kind: _Kind, id: int) -> None:
    """All rows of both tables, the older ones too: they come out with one number of a transaction. Locks what they are of."""
    db.lock(kind.locked, id)
    answers, people = _taken(kind.answers, kind.of, id), _taken(kind.people, kind.of, id)
    db.session().execute(
        sa.insert(kind.answers), [{**row, "id": any_number(), "mixed": True} for row in _mixed(answers)]
    )
    if people:
        db.session().execute(sa.insert(kind.people), _mixed(people))


def _taken(model: type[Base], of: str, id: int) -> list[dict[str, Any]]:
    table = db.table(model)
    here = table.c[of] == id
    rows = [dict(row) for row in db.session().execute(sa.select(table).where(here)).mappings()]
    db.session().execute(sa.delete(table).where(here))
    return rows


def _mixed(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return _chance.sample(rows, len(rows))
