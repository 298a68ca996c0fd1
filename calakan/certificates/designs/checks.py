"""What is not right with a design on a given paper: off the page, over each other, too small to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from calakan.certificates.designs.kinds import KINDS
from calakan.paper import Extent, Place

WIDTH, HEIGHT = 297.0, 210.0
READABLE = 2.1
"""Millimetres; about six points."""

TOUCH = 0.4
"""Boxes may share this much: letters rarely fill theirs."""


class Trouble(StrEnum):
    OUTSIDE = "outside"
    OVER = "over"
    SMALL = "small"


@dataclass(frozen=True)
class Finding:
    trouble: Trouble
    labels: tuple[str, ...]


def findings(places: Sequence[Place], extents: Sequence[Extent]) -> list[Finding]:
    """In the order of the page."""
    least = {place.key: place.least for place in places}
    found = [_finding(Trouble.OUTSIDE, extent) for extent in extents if _outside(extent)]
    found += [
        _finding(Trouble.SMALL, extent)
        for extent in extents
        if extent.size and extent.size < max(READABLE, least.get(extent.key, 0)) - 0.005
    ]
    pairs = combinations([extent for extent in extents if extent.key != "line"], 2)
    found += [_finding(Trouble.OVER, one, other) for one, other in pairs if _over(one, other)]
    return found


def _finding(trouble: Trouble, *extents: Extent) -> Finding:
    return Finding(trouble, tuple(KINDS[extent.key].label for extent in extents))


def _outside(extent: Extent) -> bool:
    right, bottom = extent.x + extent.width, extent.y + extent.height
    return extent.x < 0 or extent.y < 0 or right > WIDTH or bottom > HEIGHT


def _over(one: Extent, other: Extent) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > TOUCH and down > TOUCH
