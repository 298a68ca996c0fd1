"""What this room does when the catalogue moves: seat those who wait, tell the enrolled."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.diklat import queries as diklat_queries
from calakan.diklat.events import (
    DiklatCancelled,
    LiveSessionCancelled,
    LiveSessionMoved,
    QuotaLowered,
    QuotaRaised,
    SeatRuleChanged,
)
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.notices import told_at
from calakan.enrolment import services
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.notifications import services as notifications
from calakan.people.models import Person

ABOUT_SESSIONS = ("enrolment.session_moved", "enrolment.reminder", "enrolment.soon")


def on_quota_raised(event: QuotaRaised) -> None:
    # The announcing service holds the diklat's lock.
    diklat = db.session().get_one(Diklat, event.diklat_id)
    services.keep_seats(diklat, keep_seated=True)
    services.fill_seats(diklat, actor=event.actor, now=event.now)


def on_quota_lowered(event: QuotaLowered) -> None:
    services.keep_seats(db.session().get_one(Diklat, event.diklat_id), keep_seated=event.keep_seated)


def on_seat_rule_changed(event: SeatRuleChanged) -> None:
    diklat = db.session().get_one(Diklat, event.diklat_id)
    services.share_anew(diklat, keep_seated=event.keep_seated, now=event.now)
    services.fill_seats(diklat, actor=event.actor, now=event.now)


def on_session_moved(event: LiveSessionMoved) -> None:
    _tell_session(event, "enrolment.session_moved")


def on_session_cancelled(event: LiveSessionCancelled) -> None:
    _tell_session(event, "enrolment.session_cancelled")


def on_diklat_cancelled(event: DiklatCancelled) -> None:
    """Everyone with a seat or a place in the line is told once; sessions need no notice of their own then."""
    ids = [session.id for session in diklat_queries.sessions_of(event.diklat_id, cancelled=True)]
    notifications.take_back(LiveSession.__tablename__, ids, kinds=ABOUT_SESSIONS)
    notifications.queue_rows(
        notifications.message_row(
            "enrolment.diklat_cancelled",
            key=f"enrolment:{enrolment_id}:diklat_cancelled",
            person_id=person_id,
            address=email,
            now=event.now,
            subject_kind=Diklat.__tablename__,
            subject_id=event.diklat_id,
            facts={"name": name},
        )
        for enrolment_id, person_id, name, email in _enrolled(event.diklat_id, waiting=True)
    )


def _tell_session(event: LiveSessionMoved | LiveSessionCancelled, kind: str) -> None:
    session = db.session().get_one(LiveSession, event.live_session_id)
    # What was still to be said about the session before is no longer true; reminders are computed anew.
    notifications.take_back(LiveSession.__tablename__, [session.id], kinds=ABOUT_SESSIONS)
    due_at = told_at(event.was_at, now=event.now)
    notifications.queue_rows(
        notifications.message_row(
            kind,
            key=f"{kind}:{session.id}:{session.sequence}:{person_id}",
            person_id=person_id,
            address=email,
            now=event.now,
            due_at=due_at,
            subject_kind=LiveSession.__tablename__,
            subject_id=session.id,
            facts={
                "name": name,
                "sequence": session.sequence,
                "enrolment_id": enrolment_id,
                "over": session.ends_at <= event.now,
            },
        )
        for enrolment_id, person_id, name, email in _enrolled(session.diklat_id)
    )


def _enrolled(diklat_id: int, *, waiting: bool = False) -> sa.Result[int, int, str, str]:
    states = [EnrolmentState.CONFIRMED, *([EnrolmentState.WAITING] if waiting else [])]
    return db.session().execute(
        sa.select(Enrolment.id, Person.id, Person.name, Person.email)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.state.in_(states), Person.active)
        .order_by(Enrolment.id)
    )
