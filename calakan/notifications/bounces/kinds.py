"""How a letter comes back."""

from __future__ import annotations

from enum import StrEnum


class BounceKind(StrEnum):
    HARD = "hard"  # there is no such mailbox
    SOFT = "soft"  # this letter was not delivered, another one may be
    COMPLAINT = "complaint"
