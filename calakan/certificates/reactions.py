"""What this room does when a diklat is closed: ask for everyone's papers in the same transaction."""

from __future__ import annotations

from calakan.certificates import services
from calakan.diklat.events import DiklatClosed


def on_diklat_closed(event: DiklatClosed) -> None:
    services.request_for(event.diklat_id, actor=event.actor, now=event.now)
