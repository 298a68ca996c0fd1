"""Where people stand with what a diklat asks for beside being present: its compulsory tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.assessment.queries import exercises
from calakan.kernel import db


@dataclass(frozen=True)
class OpenTask:
    """A compulsory task that is not accepted yet; `state` None: nothing was handed in."""

    task: Exercise
    state: SubmissionState | None

    @property
    def waits_for_review(self) -> bool:
        return self.state is SubmissionState.HANDED_IN


@dataclass(frozen=True)
class Standing:
    """One person in one diklat: what is still lacking, in order of the due time, out of how many."""

    person_id: int
    tasks_asked: int = 0
    tasks: tuple[OpenTask, ...] = ()

    @property
    def met(self) -> bool:
        return not self.tasks


def standing(diklat_id: int, person_ids: Sequence[int]) -> dict[int, Standing]:
    """Of these people, in two statements whatever their number."""
    asked = [task for task in exercises.exercises(diklat_id) if task.compulsory]
    states = _states([task.id for task in asked], person_ids)
    return {id: _standing(id, asked, states[id]) for id in person_ids}


def standing_of_person(diklat_ids: Sequence[int], person_id: int) -> dict[int, Standing]:
    """diklat -> where this person stands, in two statements whatever their number."""
    asked: dict[int, list[Exercise]] = defaultdict(list)
    for task in exercises.exercises(*diklat_ids):
        if task.compulsory:
            asked[task.diklat_id].append(task)
    states = _states([task.id for tasks in asked.values() for task in tasks], [person_id])[person_id]
    return {id: _standing(person_id, asked[id], states) for id in diklat_ids}


def _standing(person_id: int, asked: Sequence[Exercise], states: dict[int, SubmissionState]) -> Standing:
    lacking = [task for task in asked if states.get(task.id) is not SubmissionState.ACCEPTED]
    return Standing(person_id, len(asked), tuple(OpenTask(task, states.get(task.id)) for task in lacking))


def _states(exercise_ids: Sequence[int], person_ids: Iterable[int]) -> dict[int, dict[int, SubmissionState]]:
    """person -> task -> how the answer stands."""
    found: dict[int, dict[int, SubmissionState]] = defaultdict(dict)
    if not exercise_ids:
        return found
    rows = db.session().execute(
        sa.select(Submission.person_id, Submission.exercise_id, Submission.state).where(
            Submission.exercise_id.in_(exercise_ids), Submission.person_id.in_(list(person_ids))
        )
    )
    for person_id, exercise_id, state in rows:
        found[person_id][exercise_id] = state
    return found
