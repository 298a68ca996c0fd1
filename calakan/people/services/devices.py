"""Where a person is logged in: seen, and ended one by one or all but this one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people.log_ins import LoginLimits
from calakan.people.models import Login


def of_person(person_id: int, *, staff: bool, limits: LoginLimits, now: datetime) -> Sequence[Login]:
    """Log-ins that still count, the one used last first."""
    wanted = sa.select(Login).where(
        Login.person_id == person_id, Login.created_at > now - (limits.staff if staff else limits.everyone)
    )
    if staff:
        wanted = wanted.where(Login.last_seen_at > now - limits.idle)
    return db.session().scalars(wanted.order_by(Login.last_seen_at.desc(), Login.id.desc())).all()


def end(person_id: int, login_id: int, *, actor: Actor, now: datetime) -> None:
    """End one of one's own. Raises NotFound."""
    if not _gone(Login.person_id == person_id, Login.id == login_id):
        raise NotFound()
    audit.record("people.end_log_in", actor=actor, now=now)


def end_others(person_id: int, keep: int, *, actor: Actor, now: datetime) -> int:
    """End all but the one that is kept; returns how many."""
    count = _gone(Login.person_id == person_id, Login.id != keep)
    if count:
        audit.record("people.end_log_in", actor=actor, now=now, count=count)
    return count


def _gone(*which: sa.ColumnElement[bool]) -> int:
    return db.touched(db.session().execute(sa.delete(Login).where(*which)))
