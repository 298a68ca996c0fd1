"""What this room does when people may have met the rule of a diklat: ask for their papers in the same transaction."""

from __future__ import annotations

from calakan.assessment.events import ResultsImproved
from calakan.certificates import services
from calakan.diklat.events import DiklatClosed


def on_diklat_closed(event: DiklatClosed) -> None:
    services.request_for(event.diklat_id, actor=event.actor, now=event.now)


def on_results_improved(event: ResultsImproved) -> None:
    """A reviewed task may be the last thing that somebody's paper waited for."""
    services.request_ripe(event.diklat_id, actor=event.actor, now=event.now)
