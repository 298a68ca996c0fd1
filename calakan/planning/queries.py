"""Reads of proposals and their reviews."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import db
from calakan.planning.models import ReviewNote


def notes(diklat_id: int) -> Sequence[ReviewNote]:
    """In the order they were written, with their authors."""
    return (
        db.session()
        .scalars(sa.select(ReviewNote).where(ReviewNote.diklat_id == diklat_id).order_by(ReviewNote.at, ReviewNote.id))
        .all()
    )


def proposals(person_id: int) -> Sequence[Diklat]:
    """What a narasumber is in charge of and that is not public yet, the newest first."""
    return (
        db.session()
        .scalars(
            sa.select(Diklat)
            .where(Diklat.lead_id == person_id, Diklat.state.in_([DiklatState.DRAFT, DiklatState.PROPOSED]))
            .order_by(Diklat.created_at.desc(), Diklat.id.desc())
        )
        .all()
    )
