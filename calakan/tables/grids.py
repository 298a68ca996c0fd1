"""A sheet as it was read."""

from __future__ import annotations

from dataclasses import dataclass, field

Rows = list[tuple[int, list[str]]]


@dataclass
class Grid:
    """A sheet; `hidden` counts its hidden rows, which are not among `rows`."""

    name: str
    rows: Rows = field(default_factory=list)
    hidden: int = 0
