"""The relay: where a narasumber is missing, the next qualified volunteer is asked, one after the other, until one comes."""

from __future__ import annotations

from datetime import datetime

from calakan.audit import services as audit
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.narasumber import queries, rules
from calakan.narasumber.errors import CheckInTooEarly, SlotClosed
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Freed, NoteKind, Origin
from calakan.narasumber.services.invitations import ask, free_seats, send
from calakan.narasumber.services.presence import tell_committee
from calakan.narasumber.services.scheduling import needs_row, release
from calakan.narasumber.services.volunteers import note
from calakan.people.models import Person

ASKABLE = (None, AssignmentState.OFFERED, AssignmentState.RELEASED)


def pass_on(session_id: int, *, actor: Actor, now: datetime) -> int:
    """One round for one session: what is over lapses, who is in doubt is asked again, and the next ones are asked.

    Run as often as one likes: while an invitation of the relay waits for its answer, nobody else is asked for that seat.
    Returns how many were asked.
    """
    session = db.lock(LiveSession, session_id)
    diklat = db.session().get_one(Diklat, session.diklat_id)
    if rules.over(session, now=now) or diklat.state is not DiklatState.PUBLISHED:
        return 0
    rows = queries.record(session_id)
    for row in rows:
        _lapse(row, session, actor=actor, now=now)
    if queries.staffing(session_id).relay_stopped_at is not None or rules.too_late_to_ask(session, now=now):
        return 0
    for row in rows:
        _doubt(row, session, actor=actor, now=now)
    db.session().flush()
    wanted = free_seats(session, now=now) - sum(_pending(row, now=now) for row in rows)
    if wanted <= 0:
        return 0
    return _ask_next(session_id, wanted, actor=actor, now=now)


def _lapse(row: Assignment, session: LiveSession, *, actor: Actor, now: datetime) -> None:
    if row.state is AssignmentState.INVITED and not rules.awaits_answer(row, now=now):
        row.state, row.decided_at = AssignmentState.LAPSED, now
        note(row.person_id, NoteKind.UNANSWERED, session_id=session.id, actor=actor, now=now)
        audit.record("narasumber.lapse", session, actor=actor, now=now, person_id=row.person_id)


def _doubt(row: Assignment, session: LiveSession, *, actor: Actor, now: datetime) -> None:
    """An appointment nobody confirmed no longer holds the seat, but is asked once more: the first yes wins."""
    if rules.in_doubt(row, session, now=now):
        row.state = AssignmentState.INVITED
        send(row, session, row.person, now=now)
        audit.record("narasumber.doubt", session, actor=actor, now=now, person_id=row.person_id)


def _pending(row: Assignment, *, now: datetime) -> bool:
    """Somebody was asked and may still say yes; whoever was in doubt (`decided_at` is the appointment) does not count."""
    return row.state is AssignmentState.INVITED and row.decided_at is None and rules.awaits_answer(row, now=now)


def _ask_next(session_id: int, wanted: int, *, actor: Actor, now: datetime) -> int:
    session = diklat_queries.live_session_by_id(session_id)
    assert session is not None
    ranked = queries.candidates(session, now=now)
    able = [c for c in ranked if c.free and c.fit.qualified and c.state in ASKABLE]
    # Whoever raised a hand for this very slot comes first.
    able.sort(key=lambda c: c.state is not AssignmentState.OFFERED)
    pestered = queries.pestered([c.person_id for c in able], now=now)
    chosen = [c for c in able if c.person_id not in pestered][:wanted]
    for candidate in chosen:
        person = db.session().get_one(Person, candidate.person_id)
        ask(session, person, origin=Origin.RELAY, actor=actor, now=now)
    if len(chosen) < wanted:
        _ran_dry(session, actor=actor, now=now)
    return len(chosen)


def _ran_dry(session: LiveSession, *, actor: Actor, now: datetime) -> None:
    """Nobody left to ask: the panitia are told, once a session and round of people."""
    row = needs_row(session.id)
    asked = sum(r.round for r in queries.record(session.id))
    if row.relay_dry_after != asked:
        row.relay_dry_after = asked
        audit.record("narasumber.relay_dry", session, actor=actor, now=now)
        tell_committee("relay_dry", session, now=now)


def stop_relay(session_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Panitia take over: nobody is asked by itself any more, and what the relay asked is taken back kindly."""
    session = db.lock(LiveSession, session_id)
    row = needs_row(session_id)
    if row.relay_stopped_at is not None:
        return
    row.relay_stopped_at, row.relay_stop_reason = now, reason.strip()[:300]
    for asked in queries.record(session_id):
        if asked.state is AssignmentState.INVITED and asked.origin is Origin.RELAY:
            release(asked, session, why=Freed.STOPPED, actor=actor, now=now)
    audit.record("narasumber.stop_relay", session, actor=actor, now=now, reason=row.relay_stop_reason)


def resume_relay(session_id: int, *, actor: Actor, now: datetime) -> None:
    session = db.lock(LiveSession, session_id)
    row = needs_row(session_id)
    if row.relay_stopped_at is not None:
        row.relay_stopped_at, row.relay_stop_reason = None, ""
        audit.record("narasumber.resume_relay", session, actor=actor, now=now)


def ask_substitute(session_id: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Whoever runs a session asks for a substitute at once: those not in the room lose their seat to the next who says yes.

    Only while the room is open: nobody is missing before, nor from what is over or called off. Raises SlotClosed,
    CheckInTooEarly.
    """
    session = db.lock(LiveSession, session_id)
    if rules.over(session, now=now):
        raise SlotClosed()
    if not rules.room_is_open(session, now=now):
        raise CheckInTooEarly(opens_at=session.starts_at - rules.ROOM_OPENS)
    resume_relay(session_id, actor=actor, now=now)
    audit.record("narasumber.ask_substitute", session, actor=actor, now=now, reason=reason.strip()[:300])
    for row in queries.record(session_id):
        if row.state is AssignmentState.CONFIRMED and row.duty is Duty.SPEAKER and row.checked_in_at is None:
            row.state, row.decided_at, row.reason = AssignmentState.MISSED, now, reason.strip()[:300]
            note(row.person_id, NoteKind.MISSED, session_id=session_id, actor=actor, now=now)
    db.session().flush()
    return pass_on(session_id, actor=actor, now=now)
