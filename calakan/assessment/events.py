"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class ResultsImproved:
    """Somebody may meet the rule of a diklat now: work was accepted, or scores were brought in."""

    diklat_id: int
    actor: Actor
    now: datetime
