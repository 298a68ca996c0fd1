"""The mails of this room, composed from the data at the moment of sending; None when no longer true."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from calakan.assessment import reminders
from calakan.assessment.models import SubmissionState
from calakan.assessment.queries import exercises
from calakan.assessment.services import reviewing
from calakan.kernel import clock
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic


def accepted(message: Message, now: datetime) -> Letter | None:
    return _reviewed(message, SubmissionState.ACCEPTED, "assessment/mail/accepted.txt")


def returned(message: Message, now: datetime) -> Letter | None:
    return _reviewed(message, SubmissionState.RETURNED, "assessment/mail/returned.txt")


def _reviewed(message: Message, state: SubmissionState, template: str) -> Letter | None:
    row = exercises.submission_by_id(message.subject_id or 0)
    if row is None or row.state is not state or row.rounds != message.facts["round"]:
        return None
    if row.exercise.withdrawn_at is not None:
        return None
    task = row.exercise
    return render(
        template,
        name=message.facts["name"],
        task=task,
        diklat=task.diklat,
        remark=row.remark,
        score=row.score,
        most=sum(most for _, most in task.rubric or []),
    )


def deadline(message: Message, now: datetime) -> Letter | None:
    """Everything that closes the day after the letter's and is still open; nothing once all of it is done."""
    day = date.fromisoformat(message.facts["date"]) + timedelta(days=1)
    items = [item for item in reminders.closing_on(day, person_id=message.person_id) if item.closes_at > now]
    if not items:
        return None
    ahead = clock.local(now).date() < day
    return render("assessment/mail/deadline.txt", name=message.facts["name"], items=items, ahead=ahead)


LETTERS = [
    LetterKind(reminders.KIND, deadline, priority=Priority.ROUND, topic=Topic.REMINDERS),
    LetterKind(reviewing.ACCEPTED, accepted, priority=Priority.ANSWER, topic=None),
    LetterKind(reviewing.RETURNED, returned, priority=Priority.ANSWER, topic=None),
]
