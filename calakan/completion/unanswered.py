"""A questionnaire that a certificate waits for: one letter a week before it closes, to whoever has not filled it in.

The letter names every questionnaire of the diklat that is open for this person then, so each of them is asked for once.
It leaves whatever moments the panitia chose for their reminders, unless the diklat sends none at all: whoever misses it
misses the certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.completion.standing import Standing, standing
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.feedback.models import Answered, Survey, SurveyAnswered
from calakan.feedback.queries import OPEN_FOR
from calakan.kernel import clock, db
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.people.models import Person

KIND = "completion.questionnaire"
DAYS = 7


@dataclass(frozen=True)
class Waiting:
    """One person in one diklat; `closes_at` of the first questionnaire that no letter has told of."""

    diklat_id: int
    person_id: int
    name: str
    email: str | None
    closes_at: datetime
    morning: time

    @property
    def due_at(self) -> datetime:
        return clock.instant(clock.local(self.closes_at).date() - timedelta(days=DAYS), self.morning)


def queue_due(*, now: datetime) -> int:
    """Write the letters that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    due = [row for row in _first(_sessions(now), _surveys(now)) if row.due_at <= now]
    found = _standings(due, now=now)
    return notifications.queue_rows(
        notifications.message_row(
            KIND,
            key=f"unanswered:{row.diklat_id}:{row.person_id}:{clock.local(row.closes_at).date().isoformat()}",
            person_id=row.person_id,
            address=row.email,
            now=now,
            expires_at=row.closes_at,
            subject_kind=Diklat.__tablename__,
            subject_id=row.diklat_id,
            facts={"name": row.name},
        )
        for row in due
        if helps(found[row.diklat_id][row.person_id])
    )


def helps(found: Standing) -> bool:
    """Whether a questionnaire still stands between this person and the certificate."""
    return not found.met and found.within_reach and (bool(found.unanswered) or found.survey is not None)


def _standings(due: Sequence[Waiting], *, now: datetime) -> Mapping[int, Mapping[int, Standing]]:
    """diklat -> person -> where the person stands."""
    people: dict[int, list[int]] = {}
    for row in due:
        people.setdefault(row.diklat_id, []).append(row.person_id)
    rows = db.session().scalars(sa.select(Diklat).where(Diklat.id.in_(people)).order_by(Diklat.id)).all()
    return {diklat.id: standing(diklat, people[diklat.id], now=now) for diklat in rows}


def _first(*found: Iterable[Waiting]) -> list[Waiting]:
    """One for each person and diklat: what closes first."""
    rows = sorted((row for some in found for row in some), key=lambda r: (r.closes_at, r.diklat_id, r.person_id))
    kept: dict[tuple[int, int], Waiting] = {}
    for row in rows:
        kept.setdefault((row.diklat_id, row.person_id), row)
    return list(kept.values())


def _sessions(now: datetime) -> Iterable[Waiting]:
    """Of each session that the person was in."""
    wanted = (
        _asked(LiveSession.ends_at, now)
        .join(Presence, sa.and_(Presence.person_id == Person.id, Presence.present))
        .join(LiveSession, sa.and_(LiveSession.id == Presence.live_session_id, LiveSession.diklat_id == Diklat.id))
        .where(
            LiveSession.state == SessionState.PLANNED,
            ~sa.exists().where(Answered.live_session_id == LiveSession.id, Answered.person_id == Person.id),
        )
    )
    return _waiting(wanted)


def _surveys(now: datetime) -> Iterable[Waiting]:
    """Of the whole diklat; whoever was in no session is not asked, `standing` knows."""
    wanted = (
        _asked(Diklat.ends_at, now)
        .join(Survey, Survey.diklat_id == Diklat.id)
        .where(~sa.exists().where(SurveyAnswered.diklat_id == Diklat.id, SurveyAnswered.person_id == Person.id))
    )
    return _waiting(wanted)


def _asked(ended_at: Any, now: datetime) -> sa.Select[Any]:
    """Confirmed participants of diklat that ask for it, where what ended then closes soon and no letter has told of it.

    A letter that was written since then named it.
    """
    told = sa.exists().where(
        Message.kind == KIND,
        Message.subject_kind == Diklat.__tablename__,
        Message.subject_id == Diklat.id,
        Message.person_id == Person.id,
        Message.created_at >= ended_at,
    )
    return (
        sa.select(Diklat.id, Person.id, Person.name, Person.email, ended_at, ReminderPlan.morning)
        .select_from(Diklat)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .where(
            Diklat.questionnaire,
            Diklat.remind,
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            ended_at > now - OPEN_FOR,
            ended_at <= now - OPEN_FOR + timedelta(days=DAYS + 1),
            ~told,
        )
    )


def _waiting(wanted: sa.Select[Any]) -> Iterable[Waiting]:
    for diklat_id, person_id, name, email, ended_at, morning in db.session().execute(wanted):
        yield Waiting(diklat_id, person_id, name, email, ended_at + OPEN_FOR, morning or plans.MORNING)
