"""What this room does when a diklat is published: it refuses rows that nothing shows."""

from __future__ import annotations

from calakan.assessment import programme
from calakan.assessment.errors import RowsUnproven
from calakan.diklat.events import DiklatPublished


def on_diklat_published(event: DiklatPublished) -> None:
    """Raises RowsUnproven."""
    rows = programme.unproven(event.diklat_id)
    if rows:
        raise RowsUnproven(rows=rows)
