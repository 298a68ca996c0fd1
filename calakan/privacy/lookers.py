"""Who looked at the data of one person, or took them: what the trail has of it. Reads only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from calakan.assessment.models import Exam, Exercise, Submission
from calakan.attendance.models import Batch
from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Broadcast, Enrolment
from calakan.kernel import db
from calakan.people.models import Person
from calakan.reports.models import Export

ACTS = ("people.look", "people.list", "people.download", "reports.roster", "reports.download")


def of_person(person_id: int) -> sa.Select[AuditEntry]:
    """Looks of others, the newest first: at this person, at a list of a diklat with the person in it, and at lists of
    everybody, since the account exists."""
    since = sa.select(Person.created_at).where(Person.id == person_id).scalar_subquery()
    direct = _of(Person, Person.id == person_id)
    of_own_work = _of(Submission, Submission.person_id == person_id)
    whole = AuditEntry.subject_kind.in_(["", Export.__tablename__])
    in_list = sa.or_(*(_listed(model, column, person_id) for model, column in _lists().items()))
    return (
        sa.select(AuditEntry)
        .where(
            AuditEntry.act.in_(ACTS),
            AuditEntry.at >= since,
            AuditEntry.actor_id.is_distinct_from(person_id),
            sa.or_(direct, of_own_work, whole, in_list),
        )
        .order_by(AuditEntry.id.desc())
    )


def _of(model: type[db.Base], which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    table = db.table(model)
    return sa.and_(AuditEntry.subject_kind == table.name, AuditEntry.subject_id.in_(sa.select(table.c.id).where(which)))


def _lists() -> dict[type[db.Base], InstrumentedAttribute[Any]]:
    """What is the list of a diklat, and the column that says of which."""
    return {
        Diklat: Diklat.id,
        Exam: Exam.diklat_id,
        Exercise: Exercise.diklat_id,
        Broadcast: Broadcast.diklat_id,
        LiveSession: LiveSession.diklat_id,
        Batch: Batch.live_session_id,
    }


def _listed(model: type[db.Base], column: InstrumentedAttribute[Any], person_id: int) -> sa.ColumnElement[bool]:
    mine = sa.select(Enrolment.diklat_id).where(Enrolment.person_id == person_id, Enrolment.queued_at <= AuditEntry.at)
    if model is Batch:
        return _of(model, column.in_(sa.select(LiveSession.id).where(LiveSession.diklat_id.in_(mine))))
    return _of(model, column.in_(mine))
