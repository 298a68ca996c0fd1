"""Reports that somebody opens again and again: filters under a name, for oneself or for everybody who may report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people.models import Person
from calakan.reports.errors import TooManySaved
from calakan.reports.models import SavedReport

MOST = 50


def save(name: str, filters: Mapping[str, Any], *, shared: bool, actor: Actor, now: datetime) -> SavedReport:
    """Under a name of the actor's own; the same name again holds the newer filters. Raises TooManySaved."""
    assert actor.person_id is not None
    db.lock(Person, actor.person_id)
    mine = sa.select(SavedReport).where(SavedReport.person_id == actor.person_id)
    row = db.session().scalar(mine.where(SavedReport.name == name))
    if row is None:
        if db.session().scalar(sa.select(sa.func.count()).select_from(mine.subquery())) == MOST:
            raise TooManySaved(most=MOST)
        row = SavedReport(person_id=actor.person_id, name=name)
        db.session().add(row)
    row.filters, row.shared, row.saved_at = dict(filters), shared, now
    db.session().flush()
    return row


def remove(id: int, *, actor: Actor) -> None:
    """Only one's own. Raises NotFound."""
    row = db.session().get(SavedReport, id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound()
    db.session().delete(row)


def seen_by(actor: Actor) -> Sequence[SavedReport]:
    """One's own by name, then what others share."""
    wanted = sa.select(SavedReport).where(sa.or_(SavedReport.person_id == actor.person_id, SavedReport.shared))
    first = sa.case((SavedReport.person_id == actor.person_id, 0), else_=1)
    return (
        db.session()
        .scalars(
            wanted.options(joinedload(SavedReport.person)).order_by(first, SavedReport.name, SavedReport.id).limit(200)
        )
        .all()
    )
