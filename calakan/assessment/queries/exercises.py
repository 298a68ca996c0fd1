"""Reads of tasks and of what was handed in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.diklat import kept
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.text import like, search_key
from calakan.people.models import Person

EXERCISES = kept.part(Exercise, Exercise.number)


def exercise(slug: str, number: int) -> Exercise | None:
    """With its diklat."""
    return db.session().scalar(
        sa.select(Exercise)
        .join(Diklat, Diklat.id == Exercise.diklat_id)
        .where(Diklat.slug == slug, Exercise.number == number, Exercise.withdrawn_at.is_(None))
        .options(joinedload(Exercise.diklat))
    )


def exercises(*diklat_ids: int) -> Sequence[Exercise]:
    """What these diklat ask for, the first due first."""
    found = [row for rows in EXERCISES.of(*diklat_ids).values() for row in rows if row.withdrawn_at is None]
    return sorted(found, key=lambda row: (row.due_at, row.number, row.diklat_id))


def submission(exercise_id: int, person_id: int | None) -> Submission | None:
    """With the person and the files."""
    return db.session().scalar(
        sa.select(Submission)
        .where(Submission.exercise_id == exercise_id, Submission.person_id == person_id)
        .options(joinedload(Submission.person).joinedload(Person.school), selectinload(Submission.files))
    )


def submission_by_id(id: int) -> Submission | None:
    """With its task and the diklat."""
    return db.session().scalar(
        sa.select(Submission)
        .where(Submission.id == id)
        .options(joinedload(Submission.exercise).joinedload(Exercise.diklat))
    )


def own_submissions(person_id: int, exercise_ids: Iterable[int]) -> dict[int, Submission]:
    """task -> what this person handed in for it."""
    rows = db.session().scalars(
        sa.select(Submission).where(Submission.person_id == person_id, Submission.exercise_id.in_(list(exercise_ids)))
    )
    return {row.exercise_id: row for row in rows}


def tally(exercise_ids: Iterable[int]) -> dict[int, Counter[SubmissionState]]:
    """task -> how many confirmed participants' answers stand in each state; one statement."""
    found: dict[int, Counter[SubmissionState]] = defaultdict(Counter)
    rows = db.session().execute(
        sa.select(Submission.exercise_id, Submission.state, sa.func.count())
        .join(Exercise, Exercise.id == Submission.exercise_id)
        .join(Enrolment, _seat())
        .where(Submission.exercise_id.in_(list(exercise_ids)))
        .group_by(Submission.exercise_id, Submission.state)
    )
    for exercise_id, state, count in rows:
        found[exercise_id][state] = count
    return found


def _seat() -> sa.ColumnElement[bool]:
    """The enrolment behind a submission; who has left is not reviewed any more."""
    return sa.and_(
        Enrolment.diklat_id == Exercise.diklat_id,
        Enrolment.person_id == Submission.person_id,
        Enrolment.state == EnrolmentState.CONFIRMED,
    )


def handed_in(exercise_id: int, state: SubmissionState, *, words: str = "") -> sa.Select[Submission]:
    """The answers of confirmed participants in this state with person and school, the oldest first."""
    wanted = (
        sa.select(Submission)
        .join(Exercise, Exercise.id == Submission.exercise_id)
        .join(Enrolment, _seat())
        .join(Person, Person.id == Submission.person_id)
        .where(Submission.exercise_id == exercise_id, Submission.state == state)
        .options(joinedload(Submission.person).joinedload(Person.school))
        .order_by(Submission.handed_in_at, Submission.id)
    )
    key = search_key(words)
    return wanted.where(Person.name_key.like(like(key), escape="\\")) if key else wanted


def not_handed_in(task: Exercise, *, words: str = "") -> sa.Select[Enrolment]:
    """Confirmed participants without an answer, with person and school, by name."""
    wanted = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.diklat_id == task.diklat_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            ~sa.exists().where(Submission.exercise_id == task.id, Submission.person_id == Enrolment.person_id),
        )
        .options(joinedload(Enrolment.person).joinedload(Person.school))
        .order_by(Person.name_key, Enrolment.id)
    )
    key = search_key(words)
    return wanted.where(Person.name_key.like(like(key), escape="\\")) if key else wanted


def next_to_review(exercise_id: int) -> str | None:
    """The code of whoever has waited longest."""
    first = handed_in(exercise_id, SubmissionState.HANDED_IN).limit(1)
    found = db.session().scalar(first)
    return found.person.code if found is not None else None


def participants(exercise_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Code of a person -> id, of those who handed in."""
    rows = db.session().execute(
        sa.select(Person.code, Person.id)
        .join(Submission, Submission.person_id == Person.id)
        .where(Submission.exercise_id == exercise_id, Person.code.in_(list(codes)))
    )
    return {row.code: row.id for row in rows}
