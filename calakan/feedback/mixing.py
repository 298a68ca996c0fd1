"""Answers and who gave them are written in one transaction, which would tie them: both are written anew, mixed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import LiveSession
from calakan.feedback.models import Answered, SessionAnswer, any_number
from calakan.kernel import db

_chance = random.SystemRandom()


def mix() -> int:
    """Each session with a new answer, in a transaction of its own; returns how many sessions."""
    fresh = sa.select(SessionAnswer.live_session_id).where(~SessionAnswer.mixed).distinct()
    ids = sorted(db.session().scalars(fresh))
    for id in ids:
        with db.transaction():
            _mix(id)
    return len(ids)


def _mix(session_id: int) -> None:
    """All rows of both tables, the older ones too: they come out with one number of a transaction. Locks the session."""
    db.lock(LiveSession, session_id)
    answers = _taken(SessionAnswer, session_id)
    db.session().execute(
        sa.insert(SessionAnswer), [{**row, "id": any_number(), "mixed": True} for row in _mixed(answers)]
    )
    people = _taken(Answered, session_id)
    if people:
        db.session().execute(sa.insert(Answered), _mixed(people))


def _taken(model: type[SessionAnswer | Answered], session_id: int) -> list[dict[str, Any]]:
    table = db.table(model)
    here = table.c.live_session_id == session_id
    rows = [dict(row) for row in db.session().execute(sa.select(table).where(here)).mappings()]
    db.session().execute(sa.delete(table).where(here))
    return rows


def _mixed(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return _chance.sample(rows, len(rows))
