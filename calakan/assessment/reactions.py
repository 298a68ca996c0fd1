"""What this room says of rows that nothing shows: no diklat is published with one, and a published one does not count it."""

from __future__ import annotations

from calakan.assessment import programme
from calakan.assessment.errors import RowsUnproven
from calakan.diklat.events import DiklatPublished, ProgrammeCounted
from calakan.diklat.models import Diklat
from calakan.kernel import db


def on_diklat_published(event: DiklatPublished) -> None:
    """Raises RowsUnproven."""
    rows = programme.unproven(event.diklat_id)
    if rows:
        raise RowsUnproven(rows=rows)


def on_programme_counted(event: ProgrammeCounted) -> None:
    diklat = db.session().get_one(Diklat, event.diklat_id)
    diklat.jp = programme.shown_jp(diklat.id)
