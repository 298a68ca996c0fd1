"""What waits for the panitia this week, from every room; a narasumber sees what concerns the diklat he or she leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.certificates.models import Certificate, Correction, CorrectionState
from calakan.diklat import queries as diklat
from calakan.diklat.models import Diklat, DiklatState, LiveSession, Mode, SessionState
from calakan.enrolment.models import ReminderPlan
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, AssignmentState, Volunteer, VolunteerState
from calakan.notifications.models import Message, RelayTurn
from calakan.privacy import erasure
from calakan.reports.models import Export

WEEK = timedelta(days=7)
MOST = 20
MOMENT = timedelta(minutes=2)  # a channel that rests no longer was only too fast


@dataclass(frozen=True)
class Counts:
    """For the whole office."""

    failed: int = 0
    uncertain: int = 0
    resting: int = 0
    corrections: int = 0
    volunteers: int = 0
    exports: int = 0
    erasures: int = 0


@dataclass(frozen=True)
class Waiting:
    """`unlinked` sessions have no address to meet at; `silent` diklat remind nobody; `papers` are diklat with how many papers failed and want a signature."""

    counts: Counts
    unlinked: Sequence[LiveSession]
    offered: Sequence[LiveSession]
    closing: Sequence[Diklat]
    papers: Sequence[tuple[Diklat, int, int]]
    silent: Sequence[Diklat] = ()


def waiting(actor: Actor, *, now: datetime) -> Waiting:
    own = diklat.looked_after_by(actor)
    return Waiting(
        counts=_counts(actor, now=now) if actor.is_committee else Counts(),
        unlinked=_unlinked(own, now=now),
        offered=_offered(now=now) if actor.is_committee else [],
        closing=_closing(actor, now=now),
        papers=_papers() if actor.is_committee else [],
        silent=_silent(own, now=now),
    )


def _counts(actor: Actor, *, now: datetime) -> Counts:
    def number(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(*where).scalar_subquery()

    mine = sa.and_(Export.asked_by_id == actor.person_id, Export.state == WorkState.DONE)
    row = db.session().execute(
        sa.select(
            number(Message.state == WorkState.FAILED),
            number(Message.state == WorkState.UNCERTAIN),
            number(RelayTurn.rests_until > now + MOMENT),
            number(Correction.state == CorrectionState.ASKED),
            number(Volunteer.state == VolunteerState.APPLIED),
            number(mine, Export.removed_at.is_(None), Export.finished_at > now - WEEK),
        )
    )
    erasures = len(erasure.open_requests()) if actor.is_admin else 0
    return Counts(*row.one(), erasures)


def _unlinked(own: sa.ColumnElement[bool], *, now: datetime) -> Sequence[LiveSession]:
    wanted = _sessions(now).where(own, Diklat.mode != Mode.ON_SITE, LiveSession.room_url == "")
    return db.session().scalars(wanted).all()


def _silent(own: sa.ColumnElement[bool], *, now: datetime) -> Sequence[Diklat]:
    """Published, with a session ahead, and reminding nobody: their reminders are off, or their plan is empty."""
    planless = sa.exists().where(
        ReminderPlan.diklat_id == Diklat.id, sa.func.json_array_length(ReminderPlan.moments) == 0
    )
    wanted = sa.select(Diklat).where(
        Diklat.state == DiklatState.PUBLISHED, Diklat.ends_at > now, sa.or_(~Diklat.remind, planless), own
    )
    return db.session().scalars(wanted.order_by(Diklat.starts_at, Diklat.id).options(*diklat.NAMED).limit(MOST)).all()


def _offered(*, now: datetime) -> Sequence[LiveSession]:
    """Sessions for which a volunteer has raised a hand, however far ahead."""
    raised = sa.exists().where(
        Assignment.live_session_id == LiveSession.id, Assignment.state == AssignmentState.OFFERED
    )
    return db.session().scalars(_sessions(now, ahead=timedelta(days=365)).where(raised)).all()


def _sessions(now: datetime, *, ahead: timedelta = WEEK) -> sa.Select[LiveSession]:
    return (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            Diklat.state == DiklatState.PUBLISHED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.ends_at > now,
            LiveSession.starts_at < now + ahead,
        )
        .options(joinedload(LiveSession.diklat).options(*diklat.NAMED))
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(MOST)
    )


def _closing(actor: Actor, *, now: datetime) -> Sequence[Diklat]:
    wanted = diklat.managed(actor).where(
        Diklat.state == DiklatState.PUBLISHED, Diklat.enrol_closes_at > now, Diklat.enrol_closes_at < now + WEEK
    )
    return (
        db.session()
        .scalars(wanted.order_by(None).order_by(Diklat.enrol_closes_at).options(*diklat.NAMED).limit(MOST))
        .all()
    )


def _papers() -> Sequence[tuple[Diklat, int, int]]:
    stuck = (WorkState.FAILED, WorkState.SIGNING)
    failed, signing = (sa.func.sum(sa.case((Certificate.state == state, 1), else_=0)) for state in stuck)
    counted = (
        sa.select(Certificate.diklat_id, failed.label("failed"), signing.label("signing"))
        .where(Certificate.state.in_(stuck))
        .group_by(Certificate.diklat_id)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(Diklat, counted.c.failed, counted.c.signing)
        .join(counted, counted.c.diklat_id == Diklat.id)
        .order_by(Diklat.id)
        .options(*diklat.NAMED)
        .limit(MOST)
    )
    return [(found, int(failed), int(signing)) for found, failed, signing in rows]
