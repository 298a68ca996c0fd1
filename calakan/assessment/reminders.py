"""What closes tomorrow and is still open for a person: one letter in the morning, about all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.assessment.models import Attempt, Exam, Exercise, Submission, SubmissionState
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import plans
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.notifications import services as notifications
from calakan.people.models import Person

KIND = "assessment.deadline"


@dataclass(frozen=True)
class Closing:
    """A task or a test that one person has not done yet. `path` is its page."""

    person_id: int
    name: str
    email: str
    title: str
    diklat: str
    closes_at: datetime
    path: str
    plan: Plan


def queue_due(*, now: datetime) -> int:
    """Write the letters that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    rows = {}
    today = clock.local(now).date()
    for item in closing_on(today + timedelta(days=1)):
        due, until = item.plan.eve(item.closes_at)
        if not due <= now < until:
            continue
        rows[item.person_id] = notifications.message_row(
            KIND,
            key=f"deadline:{item.person_id}:{today.isoformat()}",
            person_id=item.person_id,
            address=item.email,
            now=now,
            expires_at=until,
            subject_kind=Person.__tablename__,
            subject_id=item.person_id,
            facts={"name": item.name, "date": today.isoformat()},
        )
    return notifications.queue_rows(rows.values())


def closing_on(day: date, *, person_id: int | None = None) -> list[Closing]:
    """What closes on this day (WIB) and waits for somebody, or for this person; the earliest first."""
    one = Enrolment.person_id == person_id if person_id is not None else sa.true()
    found = [*_tasks(day, one), *_tests(day, one)]
    return sorted(found, key=lambda item: (item.closes_at, item.title, item.person_id))


def _tasks(day: date, one: sa.ColumnElement[bool]) -> Iterable[Closing]:
    """Not handed in, or returned and not mended."""
    done = sa.exists().where(
        Submission.exercise_id == Exercise.id,
        Submission.person_id == Person.id,
        Submission.state != SubmissionState.RETURNED,
    )
    wanted = _of(Exercise.diklat_id, Exercise.title, Exercise.due_at, Exercise.number).where(
        Exercise.withdrawn_at.is_(None), *_within(Exercise.due_at, day), ~done, one
    )
    return _closing(db.session().execute(wanted).all(), "tugas")


def _tests(day: date, one: sa.ColumnElement[bool]) -> Iterable[Closing]:
    """Not begun, and no score from elsewhere."""
    done = sa.exists().where(Attempt.exam_id == Exam.id, Attempt.person_id == Person.id)
    wanted = _of(Exam.diklat_id, Exam.title, Exam.closes_at, Exam.number).where(
        Exam.withdrawn_at.is_(None), *_within(Exam.closes_at, day), ~done, one
    )
    return _closing(db.session().execute(wanted).all(), "tes")


def _of(diklat_id: Any, *facts: Any) -> sa.Select[Any]:
    """These facts for each confirmed participant of a running diklat that reminds."""
    return (
        sa.select(
            Person.id, Person.name, Person.email, Diklat.title, Diklat.slug, ReminderPlan.moments, ReminderPlan.morning,
            *facts,
        )
        .join(Diklat, Diklat.id == diklat_id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .where(
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
        )
    )  # fmt: skip


def _within(moment: Any, day: date) -> tuple[sa.ColumnElement[bool], ...]:
    return (moment >= clock.start_of(day), moment < clock.end_of(day))


def _closing(rows: Sequence[Any], kind: str) -> Iterable[Closing]:
    """Where the panitia chose no plan, what their diklat asks for is reminded of; a plan of their own says it itself."""
    for person_id, name, email, diklat, slug, moments, morning, title, closes_at, number in rows:
        plan = Plan() if moments is None else Plan(tuple(moments), morning)
        if moments is None or plan.has(plans.DEADLINE):
            path = f"/belajar/{slug}/{kind}/{number}"
            yield Closing(person_id, name, email, title, diklat, closes_at, path, plan)
