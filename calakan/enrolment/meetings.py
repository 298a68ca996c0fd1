"""Coming sessions with their plans: what reminders are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import ReminderPlan
from calakan.enrolment.plans import Plan
from calakan.kernel import db


@dataclass(frozen=True)
class Meeting:
    """A coming session with its plan."""

    id: int
    diklat_id: int
    title: str
    starts_at: datetime
    local_date: date
    plan: Plan


def coming(now: datetime, *, suppose: Mapping[int, Plan] | None = None) -> list[Meeting]:
    """Of all published diklat that remind, in order of time; as if the supposed diklat reminded by these plans."""
    supposed = suppose or {}
    rows = db.session().execute(
        sa.select(
            LiveSession.id,
            LiveSession.diklat_id,
            LiveSession.title,
            LiveSession.starts_at,
            LiveSession.local_date,
            ReminderPlan.moments,
            ReminderPlan.morning,
            ReminderPlan.spare_mail,
        )
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .outerjoin(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at <= now + timedelta(days=plans.FURTHEST + 1),
            Diklat.state == DiklatState.PUBLISHED,
            sa.or_(Diklat.remind, Diklat.id.in_(supposed)) if supposed else Diklat.remind,
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [
        Meeting(id, diklat_id, title, starts_at, day, supposed.get(diklat_id) or plan_of_row(moments, morning, spare))
        for id, diklat_id, title, starts_at, day, moments, morning, spare in rows
    ]


def plan_of_row(moments: list[str] | None, morning: time, spare_mail: bool | None = False) -> Plan:
    """The usual plan where the panitia chose none."""
    return Plan() if moments is None else Plan(tuple(moments), morning, spare_mail=bool(spare_mail))
