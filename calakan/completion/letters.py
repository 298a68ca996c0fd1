"""The letters of this room."""

from __future__ import annotations

from datetime import datetime

from calakan.completion import reasons, reminding, unanswered
from calakan.completion.standing import Standing, standing_of_person
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.feedback.queries import OPEN_FOR
from calakan.kernel import db
from calakan.kernel.wording import phrase
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.office.house import house


def reminder(message: Message, now: datetime) -> Letter | None:
    """Nothing once the diklat is closed, the seat is gone, or everything is met."""
    diklat = db.session().get(Diklat, message.subject_id or 0)
    if diklat is None or diklat.state is not DiklatState.PUBLISHED:
        return None
    seat = enrolment.states_of(diklat.id, [message.person_id]).get(message.person_id)
    found = standing_of_person([diklat], message.person_id, now=now)[diklat.id]
    if seat is not EnrolmentState.CONFIRMED or found.met:
        return None
    return written(diklat, found, message.facts["name"], now=now)


def written(diklat: Diklat, found: Standing, name: str, *, now: datetime) -> Letter:
    """What this person reads; the page shows it before it leaves."""
    lines = reasons.lines(found, contact=house().contact, now=now)
    return render("completion/mail/reminder.txt", name=name, diklat=diklat, lines=lines)


def questionnaire(message: Message, now: datetime) -> Letter | None:
    """Nothing once the seat is gone, all is answered or closed, or no answer helps any more."""
    diklat = db.session().get(Diklat, message.subject_id or 0)
    if diklat is None or diklat.state not in (DiklatState.PUBLISHED, DiklatState.CLOSED):
        return None
    seat = enrolment.states_of(diklat.id, [message.person_id]).get(message.person_id)
    found = standing_of_person([diklat], message.person_id, now=now)[diklat.id]
    if seat is not EnrolmentState.CONFIRMED or not unanswered.helps(found):
        return None
    asked = [(session.title, session.ends_at + OPEN_FOR) for session in found.unanswered]
    if found.survey is not None and diklat.ends_at is not None:
        asked.append((phrase("completion.survey"), diklat.ends_at + OPEN_FOR))
    left = [(title, closes_at) for title, closes_at in asked if closes_at > now]
    if not left:
        return None
    return render("completion/mail/questionnaire.txt", name=message.facts["name"], diklat=diklat, open=left)


LETTERS = [
    LetterKind(reminding.KIND, reminder, priority=Priority.ROUND, topic=Topic.REMINDERS),
    LetterKind(unanswered.KIND, questionnaire, priority=Priority.SURVEY, topic=Topic.SURVEYS),
]
