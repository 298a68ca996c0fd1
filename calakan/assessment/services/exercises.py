"""Setting tasks: what to do, until when, and which kinds of answer are taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.assessment.errors import AnswerKindMissing, DueInThePast, RubricInUse, RubricInvalid
from calakan.assessment.models import Exercise, Submission
from calakan.assessment.services import proving
from calakan.audit import services as audit
from calakan.diklat.errors import DiklatFinal
from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound

MOST_LINES = 4


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What the one who sets a task decides."""

    title: str
    instruction: str
    due_at: datetime
    compulsory: bool
    late_allowed: bool
    takes_text: bool
    takes_link: bool
    takes_file: bool
    rubric: tuple[tuple[str, int], ...] = ()
    """Lines by which it is scored, each with the most that it gives."""

    @property
    def takes_something(self) -> bool:
        return self.takes_text or self.takes_link or self.takes_file

    def values(self) -> dict[str, Any]:
        """As the columns of a task have it."""
        return asdict(self) | {"rubric": [list(line) for line in self.rubric] or None}


def read_rubric(lines: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """As it was typed. A line that is no criterion with a number gets none, which is refused."""
    found = []
    for line in lines:
        text, _, most = line.rpartition(":")
        said = most.strip()
        found.append((text.strip(), int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0))
    return tuple(found)


def written_rubric(task: Exercise) -> str:
    """As it is typed."""
    return "\n".join(f"{text}: {most}" for text, most in task.rubric or [])


def set_task(diklat_id: int, brief: Brief, *, actor: Actor, now: datetime) -> Exercise:
    """A new task with the next number; a compulsory one shows the first row done at home that nothing shows yet.

    Locks the diklat. Raises NotFound, DiklatFinal, AnswerKindMissing, DueInThePast, RubricInvalid.
    """
    diklat = unfinished(diklat_id)
    _check(brief, now=now)
    highest = sa.select(sa.func.max(Exercise.number)).where(Exercise.diklat_id == diklat_id)
    number = (db.session().scalar(highest) or 0) + 1
    made = Exercise(diklat_id=diklat_id, number=number, created_at=now, **brief.values())
    db.session().add(made)
    db.session().flush()
    if brief.compulsory:
        proving.show_first(made)
    audit.record(
        "assessment.set_task", diklat, actor=actor, now=now, title=brief.title, due_at=brief.due_at.isoformat()
    )
    return made


def change_task(exercise_id: int, brief: Brief, *, actor: Actor, now: datetime) -> Exercise:
    """What was handed in stays as it is, and so does whether it was late.

    Locks the diklat. Raises NotFound, DiklatFinal, AnswerKindMissing, DueInThePast, RubricInvalid, RubricInUse.
    """
    task = standing(exercise_id)
    _check(brief, now=now, was=task.due_at)
    values = brief.values()
    if values["rubric"] != task.rubric and _scored(task):
        raise RubricInUse()
    for name, value in values.items():
        setattr(task, name, value)
    db.session().flush()
    proving.count(task)
    audit.record("assessment.change_task", task, actor=actor, now=now, due_at=brief.due_at.isoformat())
    return task


def withdraw_task(exercise_id: int, *, actor: Actor, now: datetime) -> None:
    """Shown and counted no more; what was handed in stays on record. Locks the diklat. Raises NotFound, DiklatFinal."""
    task = standing(exercise_id)
    task.withdrawn_at = now
    proving.count(task)
    audit.record("assessment.withdraw_task", task, actor=actor, now=now)


def _check(brief: Brief, *, now: datetime, was: datetime | None = None) -> None:
    """A time that has passed may stay as it was, but nobody is given one."""
    if not brief.takes_something:
        raise AnswerKindMissing()
    if brief.due_at <= now and brief.due_at != was:
        raise DueInThePast()
    if len(brief.rubric) > MOST_LINES or not all(
        0 < len(text) <= 120 and 0 < most <= 100 for text, most in brief.rubric
    ):
        raise RubricInvalid()


def _scored(task: Exercise) -> bool:
    marked = sa.exists().where(Submission.exercise_id == task.id, Submission.marks.is_not(None))
    return bool(db.session().scalar(sa.select(marked)))


def unfinished(diklat_id: int) -> Diklat:
    """Locks. Raises NotFound, DiklatFinal."""
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state in (DiklatState.CLOSED, DiklatState.CANCELLED):
        raise DiklatFinal()
    return diklat


def standing(exercise_id: int) -> Exercise:
    """A task that was not withdrawn, of a diklat that goes on and is locked by this. Raises NotFound, DiklatFinal."""
    diklat_id = db.session().scalar(sa.select(Exercise.diklat_id).where(Exercise.id == exercise_id))
    if diklat_id is None:
        raise NotFound()
    unfinished(diklat_id)
    task = db.session().get_one(Exercise, exercise_id, populate_existing=True)
    if task.withdrawn_at is not None:
        raise NotFound()
    return task
