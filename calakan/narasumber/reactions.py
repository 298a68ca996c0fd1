"""What this room does when a session moves: whoever would be in two places at once vetoes it; the others are told."""

from __future__ import annotations

from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved
from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.narasumber import queries, services
from calakan.notifications import services as notifications


def on_session_moved(event: LiveSessionMoved) -> None:
    session = db.session().get_one(LiveSession, event.live_session_id)
    services.veto_clashes(session, override=event.override, actor=event.actor, now=event.now)
    _tell(session, "narasumber.session_moved", event)


def on_session_cancelled(event: LiveSessionCancelled) -> None:
    session = db.session().get_one(LiveSession, event.live_session_id)
    _tell(session, "narasumber.session_cancelled", event)


def _tell(session: LiveSession, kind: str, event: LiveSessionMoved | LiveSessionCancelled) -> None:
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        if row.person_id == event.actor.person_id:
            continue
        notifications.queue(
            kind,
            key=f"{kind}:{session.id}:{session.sequence}:{row.person_id}",
            person_id=row.person_id,
            address=row.person.email,
            now=event.now,
            about=session,
            facts={"name": row.person.name, "sequence": session.sequence},
        )
