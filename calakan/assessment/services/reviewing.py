"""Reviewing what was handed in: accepted for good, or returned with a word about what to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment.errors import OwnWork, RemarkMissing, ReviewedAlready, RubricChanged, RubricUnscored
from calakan.assessment.events import ResultsImproved
from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.events import announce
from calakan.notifications import services as notifications

ACCEPTED, RETURNED = "assessment.accepted", "assessment.returned"


def accept(
    exercise_id: int,
    seen: Mapping[int, int],
    *,
    remark: str = "",
    marks: Sequence[int] | None = None,
    rubric: str | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Accept the work of these people (person -> the round that was looked at); returns how many. `marks`: of the rubric's lines,
    `rubric`: the mark of the one that they were given by; None: of that which stands.

    Newer or reviewed work is left alone. Locks the diklat, then the rows. Raises NotFound, OwnWork, RubricChanged,
    RubricUnscored; ReviewedAlready if none is left.
    """
    if actor.person_id in seen:
        raise OwnWork()
    task = _locked(exercise_id)
    if rubric is not None and rubric != task.rubric_mark:
        raise RubricChanged()
    _check_marks(task, marks, people=len(seen))
    done = [row for row in _waiting(exercise_id, seen) if row.rounds == seen[row.person_id]]
    if not done:
        raise ReviewedAlready()
    for row in done:
        _settle(row, SubmissionState.ACCEPTED, remark, actor=actor, now=now)
        row.marks = list(marks) if marks is not None else None
        audit.record("assessment.accept", task, actor=actor, now=now, person_id=row.person_id)
    db.session().flush()
    _tell(done, ACCEPTED, now=now)
    announce(ResultsImproved(diklat_id=task.diklat_id, actor=actor, now=now))
    return len(done)


def give_back(exercise_id: int, person_id: int, seen: int, *, remark: str, actor: Actor, now: datetime) -> Submission:
    """Return work to be mended. Locks the diklat, then the row.

    Raises NotFound, OwnWork, RemarkMissing, ReviewedAlready.
    """
    if not remark.strip():
        raise RemarkMissing()
    if actor.person_id == person_id:
        raise OwnWork()
    task = _locked(exercise_id)
    row = next((row for row in _waiting(exercise_id, {person_id: seen}) if row.rounds == seen), None)
    if row is None:
        raise ReviewedAlready()
    _settle(row, SubmissionState.RETURNED, remark, actor=actor, now=now)
    db.session().flush()
    audit.record("assessment.give_back", task, actor=actor, now=now, person_id=person_id)
    _tell([row], RETURNED, now=now)
    return row


def _check_marks(task: Exercise, marks: Sequence[int] | None, *, people: int) -> None:
    """One mark for each line of the rubric, of one person's work; none where there is no rubric."""
    if not task.rubric and marks is None:
        return
    given, lines = marks or (), task.rubric or []
    fits = len(given) == len(lines) and all(0 <= mark <= most for mark, (_, most) in zip(given, lines, strict=False))
    if people > 1 or not fits:
        raise RubricUnscored()


def _locked(exercise_id: int) -> Exercise:
    """Reviewing goes on after the diklat was closed: a paper may wait for it."""
    task = db.session().get(Exercise, exercise_id)
    if task is None or task.withdrawn_at is not None:
        raise NotFound()
    db.lock(Diklat, task.diklat_id)
    return task


def _waiting(exercise_id: int, people: Mapping[int, int]) -> list[Submission]:
    """Locked one by one: a participant may be about to replace the work."""
    wanted = (
        sa.select(Submission.id)
        .where(Submission.exercise_id == exercise_id, Submission.person_id.in_(list(people)))
        .order_by(Submission.id)
    )
    rows = [db.lock(Submission, id) for id in db.session().scalars(wanted).all()]
    return [row for row in rows if row.state is SubmissionState.HANDED_IN]


def _settle(row: Submission, state: SubmissionState, remark: str, *, actor: Actor, now: datetime) -> None:
    row.state, row.remark = state, remark.strip()[:500]
    row.reviewed_at, row.reviewed_by_id = now, actor.person_id


def _tell(rows: list[Submission], kind: str, *, now: datetime) -> None:
    found = db.session().scalars(
        sa.select(Submission)
        .where(Submission.id.in_([row.id for row in rows]))
        .options(joinedload(Submission.person))
        .order_by(Submission.id)
        .execution_options(populate_existing=True)
    )
    notifications.queue_rows(
        notifications.message_row(
            kind,
            key=f"submission:{row.id}:{row.state.value}:{row.rounds}",
            person_id=row.person_id,
            address=row.person.email,
            now=now,
            subject_kind=Submission.__tablename__,
            subject_id=row.id,
            facts={"name": row.person.name, "round": row.rounds},
        )
        for row in found
    )
