"""Words and codes that a form asks for: shown in the room, so most who were there wrote the same. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from calakan.kernel.text import search_key


def right_one(written: Iterable[str]) -> str | None:
    """What more than half wrote, whatever the case and the blanks; None where nothing is."""
    counted = Counter(filter(None, map(key, written)))
    if not counted:
        return None
    found, times = counted.most_common(1)[0]
    return found if times * 2 > counted.total() else None


def key(text: str) -> str:
    return search_key(text).replace(" ", "")
