"""The own copy as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from calakan.kernel import clock


def flat(facts: dict[str, Any]) -> Iterator[tuple[str, int, str, str]]:
    """(part, number of the row within it, name, value) of everything in the copy."""
    for part, held in facts.items():
        rows = held if isinstance(held, list) else [held] if held is not None else []
        for number, row in enumerate(rows, 1):
            for name, value in (row if isinstance(row, dict) else {"": row}).items():
                yield part, number, name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
