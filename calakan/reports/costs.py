"""What the programme cost, typed in by year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.reports.models import ProgrammeCost


def save(year: int, rupiah: int, *, note: str, actor: Actor, now: datetime) -> None:
    """A year has one sum; typing it again replaces it."""
    row = db.session().get(ProgrammeCost, year)
    was = row.rupiah if row is not None else None
    if row is None:
        row = ProgrammeCost(year=year)
        db.session().add(row)
    row.rupiah, row.note = rupiah, note.strip()
    db.session().flush()
    audit.record("reports.save_cost", actor=actor, now=now, name=str(year), was=was, rupiah=rupiah)


def costs() -> Sequence[ProgrammeCost]:
    return db.session().scalars(sa.select(ProgrammeCost).order_by(ProgrammeCost.year.desc())).all()
