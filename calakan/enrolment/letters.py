"""The mails of this room, composed from the data at the moment of sending; None when no longer true."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from calakan.diklat import calendar
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import broadcasts, preview, queries, reasons, reminders, wishes
from calakan.enrolment.models import Broadcast, BroadcastState, Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.notifications.letters import Attachment, Letter, LetterKind, link, render, sender
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.office.house import house
from calakan.people.models import Person

MOST_INVITATIONS = 40  # no diklat of this size was ever seen; a mail stays below what servers take
MOST_IN_A_CHAT = 1500  # of what the panitia wrote


def confirmed(message: Message, now: datetime) -> Letter | None:
    return _seated(message, "enrolment/mail/confirmed.txt")


def promoted(message: Message, now: datetime) -> Letter | None:
    return _seated(message, "enrolment/mail/promoted.txt")


def _seated(message: Message, template: str) -> Letter | None:
    enrolment = _enrolment(message.subject_id)
    if enrolment is None or enrolment.state is not EnrolmentState.CONFIRMED:
        return None
    if enrolment.diklat.state is not DiklatState.PUBLISHED:
        return None
    sessions = list(diklat_queries.sessions_of(enrolment.diklat_id))
    for session in sessions:
        set_committed_value(session, "diklat", enrolment.diklat)
    return render(
        template,
        name=message.facts["name"],
        enrolment=enrolment,
        diklat=enrolment.diklat,
        sessions=sessions,
        sent_by=message.facts.get("sent_by", ""),
        attachments=_invitations(sessions, message),
    )


def waiting(message: Message, now: datetime) -> Letter | None:
    enrolment = _enrolment(message.subject_id)
    if enrolment is None or enrolment.state is not EnrolmentState.WAITING:
        return None
    person = db.session().get_one(Person, enrolment.person_id)
    verdict = preview.verdict(enrolment.diklat, person, now=now)
    return render(
        "enrolment/mail/waiting.txt",
        name=message.facts["name"],
        diklat=enrolment.diklat,
        sent_by=message.facts.get("sent_by", ""),
        place=queries.place_in_line(enrolment),
        waits=reasons.waits(enrolment.diklat, verdict) or "Semua kursi sudah terisi.",
        following=reasons.following(enrolment.diklat, verdict, now=now),
    )


def wished(message: Message, now: datetime) -> Letter | None:
    """While it can still be joined."""
    diklat = db.session().get(Diklat, message.subject_id)
    if diklat is None or reasons.closed(diklat, now=now):
        return None
    facts = message.facts
    sought = reasons.sought(facts["words"], facts["level"])
    return render("enrolment/mail/wished.txt", name=facts["name"], diklat=diklat, sought=sought)


def cancelled(message: Message, now: datetime) -> Letter | None:
    enrolment = _enrolment(message.subject_id)
    if enrolment is None or enrolment.state is not EnrolmentState.CANCELLED:
        return None
    return render(
        "enrolment/mail/cancelled.txt",
        name=message.facts["name"],
        diklat=enrolment.diklat,
        attachments=_invitations(_coming(enrolment.diklat, now), message, off=True),
    )


def removed(message: Message, now: datetime) -> Letter | None:
    """By the panitia, who gave a reason."""
    enrolment = _enrolment(message.subject_id)
    if enrolment is None or enrolment.state is not EnrolmentState.CANCELLED:
        return None
    return render(
        "enrolment/mail/removed.txt",
        name=message.facts["name"],
        diklat=enrolment.diklat,
        reason=enrolment.cancel_reason,
        attachments=_invitations(_coming(enrolment.diklat, now), message, off=True),
    )


def day_reminder(message: Message, now: datetime) -> Letter | None:
    """Everything the person's plans say for this day; nothing when none of it is true any more."""
    sessions = reminders.of_today(message.person_id, date.fromisoformat(message.facts["date"]), now=now)
    if not sessions:
        return None
    plan_notes = queries.plan_notes(session.diklat_id for session in sessions)
    return render(
        "enrolment/mail/day_reminder.txt",
        name=message.facts["name"],
        sessions=sessions,
        notes=plan_notes,
        today=clock.local(now).date(),
    )


def reminder(message: Message, now: datetime) -> Letter | None:
    """The hour before, or ten minutes: while the session stands on the same day, lies ahead, and the person is still enrolled."""
    found = queries.session_and_standing(message.subject_id or 0, message.person_id)
    if found is None or found[1] is not EnrolmentState.CONFIRMED:
        return None
    session = found[0]
    if session.state is not SessionState.PLANNED or session.starts_at <= now:
        return None
    if session.local_date.isoformat() != message.facts["date"]:
        return None
    if session.diklat.state is not DiklatState.PUBLISHED or not session.diklat.remind:
        return None
    if message.kind == reminders.SOON:
        return render("enrolment/mail/soon.txt", session=session)
    return render("enrolment/mail/reminder.txt", name=message.facts["name"], session=session)


def broadcast(message: Message, now: datetime) -> Letter | None:
    """The panitia's own words, unless they were stopped meanwhile."""
    found = _broadcast(message)
    return None if found is None or found.state is not BroadcastState.SENT else _own_words(found, message)


def broadcast_trial(message: Message, now: datetime) -> Letter | None:
    """To whoever wrote it, as a recipient will read it."""
    found = _broadcast(message)
    return None if found is None else _own_words(found, message)


def _broadcast(message: Message) -> Broadcast | None:
    wanted = sa.select(Broadcast).where(Broadcast.id == message.subject_id)
    return db.session().scalar(wanted.options(joinedload(Broadcast.diklat).options(lazyload("*"))))


def _own_words(found: Broadcast, message: Message) -> Letter:
    values = broadcasts.values_for(
        found,
        found.diklat,
        name=message.facts["name"],
        school=message.facts.get("school"),
        kecamatan=message.facts.get("kecamatan"),
        link=link(""),
    )
    text, subject = broadcasts.filled(found.body, values), " ".join(broadcasts.filled(found.subject, values).split())
    return Letter(subject, f"{text}\n\nSalam, Panitia {house().name}\n", short=f"{subject}\n\n{text}"[:MOST_IN_A_CHAT])


def session_moved(message: Message, now: datetime) -> Letter | None:
    return _about_session(message, SessionState.PLANNED, "enrolment/mail/session_moved.txt")


def session_cancelled(message: Message, now: datetime) -> Letter | None:
    return _about_session(message, SessionState.CANCELLED, "enrolment/mail/session_cancelled.txt")


def _about_session(message: Message, state: SessionState, template: str) -> Letter | None:
    found = queries.session_and_standing(message.subject_id or 0, message.person_id)
    if found is None or found[1] is not EnrolmentState.CONFIRMED:
        return None
    session = found[0]
    if session.state is not state or session.sequence != message.facts["sequence"]:
        return None
    return render(
        template,
        name=message.facts["name"],
        session=session,
        over=message.facts.get("over", False),
        attachments=_invitations([session], message),
    )


def diklat_cancelled(message: Message, now: datetime) -> Letter | None:
    diklat = db.session().get(Diklat, message.subject_id)
    if diklat is None or diklat.state is not DiklatState.CANCELLED:
        return None
    enrolment = queries.enrolment(diklat.id, message.person_id)
    if enrolment is None or enrolment.state is EnrolmentState.CANCELLED:
        return None
    seated = enrolment.state is EnrolmentState.CONFIRMED
    called_off = list(diklat_queries.called_off(diklat.id)) if seated else []
    return render(
        "enrolment/mail/diklat_cancelled.txt",
        name=message.facts["name"],
        diklat=diklat,
        attachments=_invitations(called_off, message, off=True),
    )


def _coming(diklat: Diklat, now: datetime) -> list[LiveSession]:
    """What is still to be taken out of a calendar."""
    sessions = [s for s in diklat_queries.sessions_of(diklat.id, cancelled=True) if s.ends_at > now]
    for session in sessions:
        set_committed_value(session, "diklat", diklat)
    return sessions


def _invitations(sessions: list[LiveSession], message: Message, *, off: bool = False) -> list[Attachment]:
    """One iTIP message for each session, for this person's own calendar."""
    return [
        Attachment(
            name=f"sesi-{session.number}.ics",
            content=calendar.invitation(
                session,
                organizer=sender(),
                attendee=message.address,
                name=message.facts["name"],
                base_url=link(""),
                off=off,
            ),
            maintype="text",
            subtype="calendar",
            parameters={
                "method": "CANCEL" if off or session.state is SessionState.CANCELLED else "REQUEST",
                "charset": "utf-8",
            },
        )
        for session in sessions[:MOST_INVITATIONS]
    ]


def _enrolment(id: int | None) -> Enrolment | None:
    return db.session().scalar(sa.select(Enrolment).where(Enrolment.id == id).options(joinedload(Enrolment.diklat)))


LETTERS = [
    LetterKind("enrolment.confirmed", confirmed, priority=Priority.USUAL, topic=None),
    LetterKind("enrolment.promoted", promoted, priority=Priority.USUAL, topic=None),
    LetterKind("enrolment.waiting", waiting, priority=Priority.USUAL, topic=None),
    LetterKind(wishes.KIND, wished, priority=Priority.USUAL, topic=Topic.BROADCASTS),
    LetterKind("enrolment.cancelled", cancelled, priority=Priority.USUAL, topic=None),
    LetterKind("enrolment.removed", removed, priority=Priority.USUAL, topic=None),
    LetterKind("enrolment.day_reminder", day_reminder, priority=Priority.ROUND, topic=Topic.REMINDERS),
    LetterKind("enrolment.reminder", reminder, priority=Priority.SESSION, topic=Topic.REMINDERS),
    LetterKind(reminders.SOON, reminder, priority=Priority.SESSION, topic=Topic.REMINDERS),
    LetterKind(broadcasts.KIND, broadcast, priority=Priority.BROADCAST, topic=Topic.BROADCASTS),
    LetterKind(broadcasts.TRIAL, broadcast_trial, priority=Priority.USUAL, topic=None),
    LetterKind("enrolment.session_moved", session_moved, priority=Priority.CALLED_OFF, topic=None),
    LetterKind("enrolment.session_cancelled", session_cancelled, priority=Priority.CALLED_OFF, topic=None),
    LetterKind("enrolment.diklat_cancelled", diklat_cancelled, priority=Priority.CALLED_OFF, topic=None),
]
