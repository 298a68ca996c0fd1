"""What sessions need and who stands for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.narasumber.models import Assignment, AssignmentState, Duty, NoteKind, Staffing, VolunteerNote
from calakan.narasumber.queries.clashes import ALIVE
from calakan.narasumber.rules import ABSENT_AFTER, LEAD


def staffing(session_id: int) -> Staffing:
    """What this session needs; where nothing was said, one narasumber (in a row that is not stored)."""
    return db.session().get(Staffing, session_id) or unsaid(session_id)


def unsaid(session_id: int) -> Staffing:
    return Staffing(live_session_id=session_id, speakers=1, relay_stop_reason="")


def staffings(session_ids: Iterable[int]) -> dict[int, Staffing]:
    ids = list(session_ids)
    rows = db.session().scalars(sa.select(Staffing).where(Staffing.live_session_id.in_(ids)))
    said = {row.live_session_id: row for row in rows}
    return {id: said.get(id) or unsaid(id) for id in ids}


def needed() -> sa.ColumnElement[int]:
    """How many narasumber a LiveSession needs."""
    said = sa.select(Staffing.speakers).where(Staffing.live_session_id == LiveSession.id).correlate(LiveSession)
    return sa.func.coalesce(said.scalar_subquery(), 1)


def standing() -> sa.ColumnElement[int]:
    """How many narasumber stand confirmed for a LiveSession."""
    return (
        sa.select(sa.func.count())
        .select_from(Assignment)
        .where(
            Assignment.live_session_id == LiveSession.id,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.duty == Duty.SPEAKER,
        )
        .correlate(LiveSession)
        .scalar_subquery()
    )


def short_of_speakers() -> sa.ColumnElement[bool]:
    return standing() < needed()


def unstaffed(actor: Actor, *, now: datetime, ahead: timedelta = timedelta(days=21)) -> Sequence[LiveSession]:
    """Sessions of the coming weeks that are short of narasumber, with the diklat; of those that the actor looks after."""
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            Diklat.state.in_(ALIVE),
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at < now + ahead,
            short_of_speakers(),
            diklat_queries.looked_after_by(actor),
        )
        .options(joinedload(LiveSession.diklat).options(*diklat_queries.NAMED))
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(20)
    )
    return db.session().scalars(wanted).all()


def record(session_id: int) -> Sequence[Assignment]:
    """Everybody who was ever asked, stood or stood back for a session, in the order it began."""
    return (
        db.session()
        .scalars(sa.select(Assignment).where(Assignment.live_session_id == session_id).order_by(Assignment.id))
        .all()
    )


def open_invitations(session_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = {}
    rows = db.session().scalars(
        sa.select(Assignment)
        .where(
            Assignment.live_session_id.in_(list(session_ids)),
            Assignment.state == AssignmentState.INVITED,
        )
        .order_by(Assignment.reply_by, Assignment.id)
    )
    for row in rows:
        found.setdefault(row.live_session_id, []).append(row)
    return found


def invitations_to(person_id: int, *, now: datetime) -> Sequence[Assignment]:
    """What a person has been asked and not answered, the most urgent first, with session and diklat."""
    return (
        db.session()
        .scalars(
            sa.select(Assignment)
            .join(LiveSession)
            .join(Diklat)
            .where(
                Assignment.person_id == person_id,
                sa.or_(
                    Assignment.state == AssignmentState.INVITED,
                    (Assignment.state == AssignmentState.CONFIRMED) & Assignment.agreed_at.is_(None),
                ),
                LiveSession.state == SessionState.PLANNED,
                LiveSession.ends_at > now,
                Diklat.state.in_(ALIVE),
            )
            .options(joinedload(Assignment.live_session).joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at)
        )
        .all()
    )


def assignment(id: int) -> Assignment | None:
    """With session and diklat."""
    return db.session().scalar(
        sa.select(Assignment)
        .where(Assignment.id == id)
        .options(joinedload(Assignment.live_session).joinedload(LiveSession.diklat))
    )


def assignment_of(session_id: int, person_id: int) -> Assignment | None:
    return db.session().scalar(
        sa.select(Assignment).where(Assignment.live_session_id == session_id, Assignment.person_id == person_id)
    )


def waiting_for_relay(*, now: datetime) -> Sequence[int]:
    """Sessions in which the relay may have something to do: cheap to ask each minute; the service decides under the lock."""
    mine = Assignment.live_session_id == LiveSession.id
    confirmed = mine & (Assignment.state == AssignmentState.CONFIRMED) & (Assignment.duty == Duty.SPEAKER)
    refused = sa.exists().where(
        mine,
        Assignment.state.in_([AssignmentState.DECLINED, AssignmentState.LAPSED]),
        Assignment.asked_at.is_not(None) | Assignment.agreed_at.is_not(None),
    )
    unsure = sa.exists().where(confirmed, Assignment.agreed_at.is_(None))
    away = sa.exists().where(confirmed, Assignment.checked_in_at.is_(None))
    late = sa.exists().where(mine, Assignment.state == AssignmentState.INVITED, Assignment.reply_by <= now)
    soon, begun = LiveSession.starts_at <= now + LEAD, LiveSession.starts_at <= now - ABSENT_AFTER
    stopped = sa.exists().where(Staffing.live_session_id == LiveSession.id, Staffing.relay_stopped_at.is_not(None))
    acts = sa.or_(soon & (short_of_speakers() | unsure), begun & away, short_of_speakers() & refused)
    return (
        db.session()
        .scalars(
            sa.select(LiveSession.id)
            .join(Diklat)
            .where(
                Diklat.state == DiklatState.PUBLISHED,
                LiveSession.state == SessionState.PLANNED,
                LiveSession.ends_at > now,
                late | (acts & ~stopped),
            )
            .order_by(LiveSession.starts_at, LiveSession.id)
        )
        .all()
    )


def notes_on(person_id: int) -> Sequence[VolunteerNote]:
    """The panitia's record of one volunteer, the newest first."""
    return (
        db.session()
        .scalars(
            sa.select(VolunteerNote)
            .where(VolunteerNote.person_id == person_id)
            .options(joinedload(VolunteerNote.live_session).joinedload(LiveSession.diklat))
            .order_by(VolunteerNote.at.desc(), VolunteerNote.id.desc())
            .limit(50)
        )
        .all()
    )


def reliability(person_ids: Iterable[int]) -> dict[int, dict[NoteKind, int]]:
    """How often each thing was noted, by person."""
    rows = db.session().execute(
        sa.select(VolunteerNote.person_id, VolunteerNote.kind, sa.func.count())
        .where(VolunteerNote.person_id.in_(list(person_ids)))
        .group_by(VolunteerNote.person_id, VolunteerNote.kind)
    )
    found: dict[int, dict[NoteKind, int]] = {}
    for person_id, kind, count in rows:
        found.setdefault(person_id, {})[kind] = count
    return found
