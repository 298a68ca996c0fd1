"""What this room does when the catalogue moves: decides anew by another rule, and lets nobody's presence be called off."""

from __future__ import annotations

from calakan.attendance import queries, recounting
from calakan.attendance.errors import SessionAttended
from calakan.diklat.events import LiveSessionCancelled, PresenceRuleChanged
from calakan.diklat.models import LiveSession
from calakan.kernel import db


def on_rule_changed(event: PresenceRuleChanged) -> None:
    recounting.ask(event.diklat_id, now=event.now)


def on_session_cancelled(event: LiveSessionCancelled) -> None:
    """Raises SessionAttended: what is over and was attended did take place."""
    session = db.session().get_one(LiveSession, event.live_session_id)
    if session.ends_at <= event.now and (people := queries.with_a_claim(session.id)):
        raise SessionAttended(people=people)
