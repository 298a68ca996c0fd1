"""Where people stand with what a diklat asks for beside being present: its compulsory tasks, its test at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.models import Exam, Exercise, Submission, SubmissionState
from calakan.assessment.queries import exams, exercises
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
class OpenExam:
    """A test whose pass score was not reached yet; `best` None: not sat. `told`: the person may know the score."""

    exam: Exam
    best: float | None
    told: bool = True


@dataclass(frozen=True)
class Standing:
    """One person in one diklat: what is still lacking, in order of the due time, and how many tasks it asks for."""

    person_id: int
    tasks_asked: int = 0
    tasks: tuple[OpenTask, ...] = ()
    exams: tuple[OpenExam, ...] = ()

    @property
    def met(self) -> bool:
        return not self.tasks and not self.exams


@dataclass(frozen=True)
class Demands:
    """What one diklat asks for."""

    tasks: tuple[Exercise, ...]
    exams: tuple[Exam, ...]


def demands(*diklat_ids: int) -> dict[int, Demands]:
    """diklat -> what it asks for, in two statements whatever their number."""
    tasks: dict[int, list[Exercise]] = defaultdict(list)
    tests: dict[int, list[Exam]] = defaultdict(list)
    for task in exercises.exercises(*diklat_ids):
        if task.compulsory:
            tasks[task.diklat_id].append(task)
    for exam in exams.exams(*diklat_ids):
        if exam.pass_score is not None:
            tests[exam.diklat_id].append(exam)
    return {id: Demands(tuple(tasks[id]), tuple(tests[id])) for id in diklat_ids}


def standing(diklat_id: int, person_ids: Sequence[int], *, now: datetime) -> dict[int, Standing]:
    """Of these people, in four statements whatever their number."""
    asked = demands(diklat_id)
    done = _Done(asked.values(), person_ids, now)
    return {id: done.of(id, asked[diklat_id]) for id in person_ids}


def standing_of_person(diklat_ids: Sequence[int], person_id: int, *, now: datetime) -> dict[int, Standing]:
    """diklat -> where this person stands, for himself, in seven statements whatever their number."""
    asked = demands(*diklat_ids)
    done = _Done(asked.values(), [person_id], now)
    tests = [exam for row in asked.values() for exam in row.exams]
    told = exams.tellable(tests, person_id, now=now) if tests else set()
    found = {id: done.of(person_id, asked[id]) for id in diklat_ids}
    return {
        id: replace(row, exams=tuple(replace(test, told=test.exam.id in told) for test in row.exams))
        for id, row in found.items()
    }


class _Done:
    """What these people have done of what is asked for."""

    def __init__(self, asked: Iterable[Demands], person_ids: Sequence[int], now: datetime) -> None:
        held = list(asked)
        tasks = [task.id for row in held for task in row.tasks]
        tests = [exam.id for row in held for exam in row.exams]
        self.states = _states(tasks, person_ids) if tasks else {}
        self.best = exams.best(tests, now=now, person_ids=person_ids) if tests else {}

    def of(self, person_id: int, asked: Demands) -> Standing:
        states = self.states.get(person_id, {})
        tasks = [OpenTask(task, states.get(task.id)) for task in asked.tasks]
        tests = [OpenExam(exam, self.best.get(exam.id, {}).get(person_id)) for exam in asked.exams]
        return Standing(
            person_id,
            tasks_asked=len(tasks),
            tasks=tuple(row for row in tasks if row.state is not SubmissionState.ACCEPTED),
            exams=tuple(row for row in tests if (row.best or 0) < (row.exam.pass_score or 0)),
        )


def _states(exercise_ids: Sequence[int], person_ids: Iterable[int]) -> dict[int, dict[int, SubmissionState]]:
    """person -> task -> how the answer stands."""
    found: dict[int, dict[int, SubmissionState]] = defaultdict(dict)
    rows = db.session().execute(
        sa.select(Submission.person_id, Submission.exercise_id, Submission.state).where(
            Submission.exercise_id.in_(exercise_ids), Submission.person_id.in_(list(person_ids))
        )
    )
    for person_id, exercise_id, state in rows:
        found[person_id][exercise_id] = state
    return found
