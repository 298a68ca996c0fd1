"""What lists wrote of people is not kept for ever: after a while their lines hold whom they were given to, and counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.models import Batch, BatchLine
from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import system
from calakan.office.queries import office_settings

AT_ONCE = 50


def forget_lists(*, now: datetime) -> int:
    """Empty the lines of lists that were read longer ago than the office keeps them; returns of how many lists.

    Names, addresses and remarks go, and whom a line might have meant; lanes, minutes and to whom it was given stay,
    for decisions rest on them.
    """
    before = now - timedelta(days=office_settings().list_days)
    wanted = sa.select(Batch).where(Batch.made_at < before, Batch.forgotten_at.is_(None))
    rows = db.session().scalars(wanted.order_by(Batch.id).limit(AT_ONCE)).all()
    for batch in rows:
        batch.forgotten_at = now
        lines = sa.update(BatchLine).where(BatchLine.batch_id == batch.id)
        emptied = {"shown": "", "email": "", "number": "", "said": "", "candidates": [], "pieces": []}
        db.session().execute(lines.values(**emptied, starts_at=None, ends_at=None))
        audit.record("attendance.forget_list", batch, actor=system("retention"), now=now)
    return len(rows)
