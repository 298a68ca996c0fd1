"""Tasks and tests of a diklat, given to another one like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.assessment.models import Exam, Exercise, Question
from calakan.assessment.queries import exams, exercises
from calakan.assessment.services import proving
from calakan.kernel import db

_OWN = frozenset({"id", "diklat_id", "number", "created_at", "withdrawn_at"})


def copy(
    source_id: int,
    made_id: int,
    *,
    rows: Mapping[int, int],
    sessions: Mapping[int, int],
    materials: Mapping[int, int],
    moved: Callable[[datetime], datetime],
    now: datetime,
) -> None:
    """The new diklat, which has none yet, asks for the same; `moved` says when, `rows`, `sessions` and `materials` which is like which.

    What people did stays where it was.
    """
    for number, task in enumerate(exercises.exercises(source_id), start=1):
        values = _values(task) | {"due_at": moved(task.due_at)}
        copied = Exercise(diklat_id=made_id, number=number, created_at=now, **values)
        db.session().add(copied)
        db.session().flush()
        proving.show(copied, rows.get(proving.row_shown_by(task) or 0))
    owners: dict[int | None, int | None] = {None: None}
    for number, exam in enumerate(exams.exams(source_id), start=1):
        values = _values(exam) | {"opens_at": moved(exam.opens_at), "closes_at": moved(exam.closes_at)}
        values["origin_id"] = exam.origin_id or exam.id
        values["live_session_id"] = sessions.get(exam.live_session_id or 0)
        values["material_id"] = materials.get(exam.material_id or 0)
        made = Exam(diklat_id=made_id, number=number, created_at=now, **values)
        db.session().add(made)
        db.session().flush()
        proving.show(made, rows.get(proving.row_shown_by(exam) or 0))
        owners[exam.id] = made.id
    for question in db.session().scalars(sa.select(Question).where(Question.diklat_id == source_id)):
        if question.exam_id in owners:  # a test that was withdrawn is not taken over
            owner = owners[question.exam_id]
            db.session().add(Question(diklat_id=made_id, **_values(question) | {"exam_id": owner}))
    db.session().flush()


def _values(row: Exercise | Exam | Question) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in _OWN}
