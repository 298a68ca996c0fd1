"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from calakan.diklat import calendar
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.narasumber import queries, reminders, rules, tokens
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications.letters import HIDDEN, Attachment, Letter, LetterKind, link, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority


def decided(message: Message, now: datetime) -> Letter:
    return render("narasumber/mail/decided.txt", **message.facts)


def invited(message: Message, now: datetime) -> Letter | None:
    """The newest round alone, and only while an answer still counts."""
    row = queries.assignment(message.facts["assignment_id"])
    if row is None or row.round != message.facts["round"] or not rules.awaits_answer(row, now=now):
        return None
    if row.live_session.state is not SessionState.PLANNED:
        return None
    return render(
        "narasumber/mail/invited.txt",
        name=message.facts["name"],
        session=row.live_session,
        reply_by=row.reply_by,
        **_answer_address(row),
        clash=queries.clash(row.person_id, row.live_session),
    )


def confirmed(message: Message, now: datetime) -> Letter | None:
    row = queries.assignment(message.facts["assignment_id"])
    if row is None or row.state is not AssignmentState.CONFIRMED:
        return None
    session = row.live_session
    if session.state is not SessionState.PLANNED:
        return None
    return render(
        "narasumber/mail/confirmed.txt",
        name=message.facts["name"],
        session=session,
        duty=row.duty.value,
        asked=row.agreed_at is None,
        **_answer_address(row),
        attachments=[invitation([session])],
    )


def reminder(message: Message, now: datetime) -> Letter | None:
    """While the person stands confirmed and the session lies ahead."""
    row = queries.assignment(message.facts["assignment_id"])
    if row is None or row.state is not AssignmentState.CONFIRMED:
        return None
    session = row.live_session
    if session.state is not SessionState.PLANNED or session.starts_at <= now:
        return None
    if session.diklat.state is not DiklatState.PUBLISHED:
        return None
    return render(
        "narasumber/mail/reminder.txt",
        name=message.facts["name"],
        session=session,
        duty=row.duty.value,
        **_answer_address(row),
    )


def _answer_address(row: Assignment) -> dict[str, Any]:
    """Whoever has this address answers in the narasumber's name, so it is a secret of the letter."""
    id, round = row.id, row.round
    return {"answer": link(f"/relawan/tawaran/{HIDDEN}"), "secret": lambda now: tokens.token(id, round)}


def released(message: Message, now: datetime) -> Letter | None:
    row = queries.assignment(message.facts["assignment_id"])
    if row is None or row.state is not AssignmentState.RELEASED:
        return None
    return render(
        "narasumber/mail/released.txt",
        name=message.facts["name"],
        session=row.live_session,
        why=message.facts["why"],
    )


def needs_panitia(message: Message, now: datetime) -> Letter | None:
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    if session is None or session.state is not SessionState.PLANNED:
        return None
    facts = {"who": "", "reason": "", **message.facts}
    return render("narasumber/mail/needs_panitia.txt", session=session, **facts)


def session_moved(message: Message, now: datetime) -> Letter | None:
    return _changed(message, SessionState.PLANNED, "narasumber/mail/session_moved.txt")


def session_cancelled(message: Message, now: datetime) -> Letter | None:
    return _changed(message, SessionState.CANCELLED, "narasumber/mail/session_cancelled.txt")


def _changed(message: Message, state: SessionState, template: str) -> Letter | None:
    """Changed twice within minutes sends one notice, the last: an older sequence is no longer wanted."""
    session = diklat_queries.live_session_by_id(message.subject_id or 0)
    if session is None or session.state is not state or session.sequence != message.facts["sequence"]:
        return None
    return render(
        template,
        name=message.facts["name"],
        session=session,
        over=message.facts.get("over", False),
        attachments=[invitation([session])],
    )


def diklat_cancelled(message: Message, now: datetime) -> Letter | None:
    """With every session that was called off and that the person had been confirmed for."""
    diklat = db.session().get(Diklat, message.subject_id)
    if diklat is None or diklat.state is not DiklatState.CANCELLED:
        return None
    called_off = diklat_queries.called_off(diklat.id)
    confirmed = queries.confirmed_of([session.id for session in called_off])
    mine = [s for s in called_off if any(row.person_id == message.person_id for row in confirmed.get(s.id, ()))]
    if not mine:
        return None
    return render(
        "narasumber/mail/diklat_cancelled.txt",
        name=message.facts["name"],
        diklat=diklat,
        sessions=mine,
        attachments=[invitation(mine)],
    )


def invitation(sessions: Sequence[LiveSession]) -> Attachment:
    """The sessions as .ics with their rooms, for people who belong there; cancelled ones take themselves away."""
    method = calendar.method_of(*sessions)
    return Attachment(
        name="jadwal.ics",
        content=calendar.calendar(
            sessions, name=sessions[0].diklat.title, base_url=link(""), with_rooms=True, method=method
        ),
        maintype="text",
        subtype="calendar",
        parameters={"method": method, "charset": "utf-8"},
    )


LETTERS = [
    LetterKind("narasumber.decided", decided, priority=Priority.USUAL, topic=None),
    LetterKind(queries.INVITED_KIND, invited, priority=Priority.USUAL, topic=None),
    LetterKind("narasumber.confirmed", confirmed, priority=Priority.USUAL, topic=None),
    LetterKind(reminders.KIND, reminder, priority=Priority.SESSION, topic=None),
    LetterKind("narasumber.released", released, priority=Priority.USUAL, topic=None),
    LetterKind("narasumber.needs_panitia", needs_panitia, priority=Priority.USUAL, topic=None),
    LetterKind("narasumber.session_moved", session_moved, priority=Priority.CALLED_OFF, topic=None),
    LetterKind("narasumber.session_cancelled", session_cancelled, priority=Priority.CALLED_OFF, topic=None),
    LetterKind("narasumber.diklat_cancelled", diklat_cancelled, priority=Priority.CALLED_OFF, topic=None),
]
