"""What this room does when the catalogue moves: decides anew by another rule or hour, and lets nobody's presence be called off."""

from __future__ import annotations

from calakan.attendance import queries, recounting, services
from calakan.attendance.errors import SessionAttended
from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved, PresenceRuleChanged
from calakan.diklat.models import LiveSession
from calakan.kernel import db


def on_rule_changed(event: PresenceRuleChanged) -> None:
    recounting.ask(event.diklat_id, now=event.now)


def on_session_moved(event: LiveSessionMoved) -> None:
    """Of other minutes another share is asked for."""
    session = db.session().get_one(LiveSession, event.live_session_id)
    if session.starts_at != event.was_at:
        services.begin_anew(session, now=event.now)
    recounting.ask_session(session, now=event.now)


def on_session_cancelled(event: LiveSessionCancelled) -> None:
    """Raises SessionAttended: what is over and was attended did take place."""
    session = db.session().get_one(LiveSession, event.live_session_id)
    if session.ends_at <= event.now and (people := queries.with_a_claim(session.id)):
        raise SessionAttended(people=people)
