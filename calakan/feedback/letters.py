"""The digest as a mail, computed when it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from calakan.diklat import queries as diklat_queries
from calakan.feedback import queries, reminders
from calakan.feedback.words import ITEM_WORDS
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic


def digest(message: Message, now: datetime) -> Letter | None:
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    found = queries.digests([message.subject_id or 0]).get(message.subject_id or 0)
    if session is None or found is None:
        return None
    return render(
        "feedback/mail/digest.txt", name=message.facts["name"], session=session, digest=found, words=ITEM_WORDS
    )


def reminder(message: Message, now: datetime) -> Letter | None:
    """Nothing once the person has answered, or when the presence was taken away."""
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    if session is None or not any(
        found.id == session.id for found in queries.open_for(message.person_id, session.diklat_id, now=now)
    ):
        return None
    return render("feedback/mail/reminder.txt", name=message.facts["name"], session=session)


def last_call(message: Message, now: datetime) -> Letter | None:
    """What closes within two days and is still unanswered."""
    sessions = queries.closing(message.person_id, now=now, within=timedelta(days=2))
    if not sessions:
        return None
    return render(
        "feedback/mail/last_call.txt", name=message.facts["name"], sessions=sessions, open_for=queries.OPEN_FOR
    )


LETTERS = [
    LetterKind("feedback.digest", digest, priority=Priority.DIGEST, topic=Topic.DIGESTS),
    LetterKind(reminders.KIND, reminder, priority=Priority.SURVEY, topic=Topic.SURVEYS),
    LetterKind(reminders.LAST_CALL, last_call, priority=Priority.SURVEY, topic=Topic.SURVEYS),
]
