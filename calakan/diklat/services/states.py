"""The life of a diklat: draft -> proposed -> published -> closed, or cancelled."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.errors import DiklatFinal, NotOver, NotReady, ReasonMissing
from calakan.diklat.events import DiklatCancelled, DiklatClosed, DiklatPublished
from calakan.diklat.models import Diklat, DiklatState, LiveSession, ProgrammeRow, SessionState
from calakan.diklat.services import sessions
from calakan.diklat.services.details import open_for_change
from calakan.kernel import db, events
from calakan.kernel.actor import Actor


def propose(diklat_id: int, *, actor: Actor, now: datetime) -> Diklat:
    """Hand a draft to the panitia. Raises NotReady, DiklatFinal."""
    diklat = open_for_change(diklat_id)
    _check_ready(diklat)
    if diklat.state is DiklatState.DRAFT:
        diklat.state = DiklatState.PROPOSED
        audit.record("diklat.propose", diklat, actor=actor, now=now)
    return diklat


def send_back(diklat_id: int, *, note: str, actor: Actor, now: datetime) -> Diklat:
    """A proposal becomes a draft again, with a word to its lead. Raises ReasonMissing, DiklatFinal."""
    diklat = open_for_change(diklat_id)
    if not note.strip():
        raise ReasonMissing()
    if diklat.state is DiklatState.PROPOSED:
        diklat.state, diklat.state_note = DiklatState.DRAFT, note.strip()[:300]
        audit.record("diklat.send_back", diklat, actor=actor, now=now, note=note)
    return diklat


def publish(diklat_id: int, *, actor: Actor, now: datetime) -> Diklat:
    """Show it to everyone; enrolment closes with the first session unless said otherwise. Raises NotReady, DiklatFinal."""
    diklat = open_for_change(diklat_id)
    if diklat.state is DiklatState.PUBLISHED:
        return diklat
    _check_ready(diklat)
    diklat.state, diklat.published_at, diklat.state_note = DiklatState.PUBLISHED, now, ""
    diklat.enrol_opens_at = diklat.enrol_opens_at or now
    diklat.enrol_closes_at = diklat.enrol_closes_at or diklat.starts_at
    audit.record("diklat.publish", diklat, actor=actor, now=now)
    events.announce(DiklatPublished(diklat_id=diklat.id, actor=actor, now=now))
    return diklat


def close(diklat_id: int, *, actor: Actor, now: datetime) -> Diklat:
    """End it: attendance is final and certificates are asked for. Closing twice changes nothing.

    Raises NotOver while a session is still to come, NotReady for a draft, DiklatFinal for a cancelled one.
    """
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is DiklatState.CLOSED:
        return diklat
    if diklat.state is DiklatState.CANCELLED:
        raise DiklatFinal(state=diklat.state.value)
    if diklat.state is not DiklatState.PUBLISHED:
        raise NotReady(missing=["published"])
    ahead = sa.exists().where(
        LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.PLANNED, LiveSession.ends_at > now
    )
    if db.session().scalar(sa.select(ahead)):
        raise NotOver()
    _hold_sessions(diklat_id)
    diklat.state, diklat.closed_at = DiklatState.CLOSED, now
    audit.record("diklat.close", diklat, actor=actor, now=now)
    events.announce(DiklatClosed(diklat_id=diklat.id, actor=actor, now=now))
    return diklat


def cancel(diklat_id: int, *, reason: str, actor: Actor, now: datetime) -> Diklat:
    """Call the whole diklat off with its coming sessions; everyone enrolled is told. Raises ReasonMissing, DiklatFinal."""
    diklat = open_for_change(diklat_id)
    if not reason.strip():
        raise ReasonMissing()
    _hold_sessions(diklat_id)
    for session in db.session().scalars(
        sa.select(LiveSession).where(
            LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.PLANNED, LiveSession.ends_at > now
        )
    ):
        sessions.call_off(session, reason=reason.strip(), now=now)
    was_public = diklat.state is DiklatState.PUBLISHED
    diklat.state, diklat.state_note = DiklatState.CANCELLED, reason.strip()[:300]
    audit.record("diklat.cancel", diklat, actor=actor, now=now, reason=reason)
    if was_public:
        events.announce(DiklatCancelled(diklat_id=diklat.id, actor=actor, now=now))
    return diklat


def _hold_sessions(diklat_id: int) -> None:
    """Whoever notes a presence holds its session: he is done before the diklat ends, or finds that it has ended."""
    mine = sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id).order_by(LiveSession.id)
    for id in db.session().scalars(mine).all():
        db.hold(LiveSession, id)


def missing_for_publication(diklat: Diklat) -> list[str]:
    """What still lacks, by name: session, programme."""
    missing = []
    planned = sa.exists().where(LiveSession.diklat_id == diklat.id, LiveSession.state == SessionState.PLANNED)
    if not db.session().scalar(sa.select(planned)):
        missing.append("session")
    if not db.session().scalar(sa.select(sa.exists().where(ProgrammeRow.diklat_id == diklat.id))):
        missing.append("programme")
    return missing


def _check_ready(diklat: Diklat) -> None:
    missing = missing_for_publication(diklat)
    if missing:
        raise NotReady(missing=missing)
