"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class ExceptionGiven:
    """Somebody passes a diklat from now on."""

    diklat_id: int
    actor: Actor
    now: datetime
