"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class DiklatCloned:
    """`diklat_id` is a new draft like `source_id`; rooms that planning does not know add what is theirs."""

    diklat_id: int
    source_id: int
    actor: Actor
    now: datetime
