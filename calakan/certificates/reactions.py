"""What this room does in the transaction of others: ask for papers when people may have met the rule, clone the choice of a design."""

from __future__ import annotations

from calakan.assessment.events import ResultsImproved
from calakan.certificates import services
from calakan.certificates.designs import services as designs
from calakan.completion.events import ExceptionGiven
from calakan.diklat.events import DiklatClosed
from calakan.planning.events import DiklatCloned


def on_diklat_closed(event: DiklatClosed) -> None:
    services.request_for(event.diklat_id, actor=event.actor, now=event.now)


def on_results_improved(event: ResultsImproved) -> None:
    """A reviewed task may be the last thing that somebody's paper waited for."""
    services.request_ripe(event.diklat_id, actor=event.actor, now=event.now)


def on_exception_given(event: ExceptionGiven) -> None:
    services.request_ripe(event.diklat_id, actor=event.actor, now=event.now)


def on_diklat_cloned(event: DiklatCloned) -> None:
    designs.choose_like(event.diklat_id, event.source_id, actor=event.actor, now=event.now)
