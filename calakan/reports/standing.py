"""Reads of files that were asked for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.reports.models import Export


def export_by_code(code: str) -> Export | None:
    if len(code) > 26:
        return None
    return db.session().scalar(sa.select(Export).where(Export.code == code))


def asked_for(actor: Actor) -> sa.Select[Export]:
    """One's own, the latest first; an admin sees everybody's."""
    wanted = sa.select(Export).options(joinedload(Export.asked_by)).order_by(Export.id.desc())
    return wanted if actor.is_admin else wanted.where(Export.asked_by_id == actor.person_id)


def at_work(actor: Actor) -> Sequence[Export]:
    """Those of one's own that a worker still has to come to the end of."""
    wanted = asked_for(actor).where(Export.state.in_([WorkState.PENDING, WorkState.CLAIMED]))
    return db.session().scalars(wanted.limit(50)).all()
