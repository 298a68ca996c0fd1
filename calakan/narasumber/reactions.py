"""What this room does when a session moves: whoever would be in two places at once vetoes it; the others are told."""

from __future__ import annotations

from calakan.diklat import queries as diklat_queries
from calakan.diklat.events import DiklatCancelled, LiveSessionCancelled, LiveSessionMoved
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.diklat.notices import told_at
from calakan.kernel import db
from calakan.narasumber import queries, services
from calakan.notifications import services as notifications


def on_session_moved(event: LiveSessionMoved) -> None:
    session = db.session().get_one(LiveSession, event.live_session_id)
    services.veto_clashes(session, override=event.override, actor=event.actor, now=event.now)
    services.begin_anew(session)
    _tell(session, "narasumber.session_moved", event)


def on_session_cancelled(event: LiveSessionCancelled) -> None:
    session = db.session().get_one(LiveSession, event.live_session_id)
    _tell(session, "narasumber.session_cancelled", event)


def on_diklat_cancelled(event: DiklatCancelled) -> None:
    """Each narasumber is told once, of all sessions that were called off with the diklat."""
    sessions = diklat_queries.sessions_of(event.diklat_id, cancelled=True)
    ids = [session.id for session in sessions]
    notifications.take_back(LiveSession.__tablename__, ids, kinds=("narasumber.session_moved",))
    called_off = [session.id for session in sessions if session.state is SessionState.CANCELLED]
    people = {row.person_id: row.person for rows in queries.confirmed_of(called_off).values() for row in rows}
    diklat = db.session().get_one(Diklat, event.diklat_id)
    for person_id, person in sorted(people.items()):
        if person_id != event.actor.person_id:
            notifications.queue(
                "narasumber.diklat_cancelled",
                key=f"narasumber.diklat_cancelled:{diklat.id}:{person_id}",
                person_id=person_id,
                address=person.email,
                now=event.now,
                about=diklat,
                facts={"name": person.name},
            )


def _tell(session: LiveSession, kind: str, event: LiveSessionMoved | LiveSessionCancelled) -> None:
    notifications.take_back(LiveSession.__tablename__, [session.id], kinds=("narasumber.session_moved",))
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        if row.person_id == event.actor.person_id:
            continue
        notifications.queue(
            kind,
            key=f"{kind}:{session.id}:{session.sequence}:{row.person_id}",
            person_id=row.person_id,
            address=row.person.email,
            now=event.now,
            due_at=told_at(event.was_at, now=event.now),
            about=session,
            facts={"name": row.person.name, "sequence": session.sequence, "over": session.ends_at <= event.now},
        )
