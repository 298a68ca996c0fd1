"""The versions of the privacy notice: since when each one counted. Their words are pages of the room `privacy`."""

from __future__ import annotations

from datetime import date

# The first was there from the beginning.
VERSIONS: dict[int, date | None] = {1: None, 2: date(2026, 11, 30)}
CURRENT = max(VERSIONS)
