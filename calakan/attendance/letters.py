"""The mail about a code that was forgotten, composed when it is sent."""

from __future__ import annotations

from datetime import datetime

from calakan.attendance import absent, appeals, queries, reminders
from calakan.attendance.models import AppealState
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, SessionState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.services import leave_deadline_over
from calakan.kernel import db
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.office.queries import office_settings


def code_reminder(message: Message, now: datetime) -> Letter | None:
    """Only while the code counts and the person is enrolled and not marked."""
    session_id = message.subject_id or 0
    found = enrolment.session_and_standing(session_id, message.person_id)
    window = queries.check_in(session_id)
    if found is None or found[1] is not EnrolmentState.CONFIRMED or found[0].state is not SessionState.PLANNED:
        return None
    if window is None or window.closes_at <= now or queries.presence_of(session_id, message.person_id) is not None:
        return None
    return render(
        "attendance/mail/code_reminder.txt", name=message.facts["name"], session=found[0], closes_at=window.closes_at
    )


def asked_absent(message: Message, now: datetime) -> Letter | None:
    """While the seat is held, was never used, and somebody waits for it."""
    held = db.session().get(Enrolment, message.subject_id)
    if held is None or held.state is not EnrolmentState.CONFIRMED:
        return None
    diklat = db.session().get_one(Diklat, held.diklat_id)
    session = absent.following(diklat.id, held.person_id, now=now)
    if diklat.state is not DiklatState.PUBLISHED or session is None:
        return None
    return render(
        "attendance/mail/absent.txt",
        name=message.facts["name"],
        diklat=diklat,
        session=session,
        until=leave_deadline_over(diklat, held, now=now),
        contact=office_settings().contact,
    )


def appeal_asked(message: Message, now: datetime) -> Letter | None:
    """While nobody has answered."""
    row = appeals.by_id(message.facts["appeal_id"])
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    if row is None or session is None or row.state is not AppealState.ASKED:
        return None
    return render(
        "attendance/mail/appeal_asked.txt",
        name=message.facts["name"],
        who=row.person.printed_name,
        appeal=row,
        session=session,
    )


def appeal_answered(message: Message, now: datetime) -> Letter | None:
    row = appeals.by_id(message.facts["appeal_id"])
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    if row is None or session is None or row.state is AppealState.ASKED:
        return None
    return render(
        "attendance/mail/appeal_answered.txt",
        name=message.facts["name"],
        granted=row.state is AppealState.GRANTED,
        appeal=row,
        session=session,
    )


LETTERS = [
    LetterKind(reminders.KIND, code_reminder, priority=Priority.SESSION, topic=Topic.CODES),
    LetterKind(absent.KIND, asked_absent, priority=Priority.USUAL, topic=Topic.REMINDERS),
    LetterKind(appeals.ASKED, appeal_asked, priority=Priority.USUAL, topic=None),
    LetterKind(appeals.ANSWERED, appeal_answered, priority=Priority.ANSWER, topic=None),
]
