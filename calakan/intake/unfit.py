"""Why a file is not taken."""

from __future__ import annotations

from typing import Any


class UnfitError(Exception):
    """`why` is a word that `intake.words` has a sentence for; `facts` fill it."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts
