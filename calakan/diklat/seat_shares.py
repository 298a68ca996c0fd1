"""What the panitia type as the most seats of a group: one figure for each, or a figure for some by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from calakan.diklat.errors import SeatLimitUnclear
from calakan.kernel.text import search_key

EACH = ""
"""The name under which the figure for every group alike is kept."""
MOST = 100_000
MOST_NAMED = 40
_FIGURE = re.compile(r"(?P<name>.*?)[\s:=]*(?P<seats>\d{1,9})(?:\s*kursi)?", re.IGNORECASE)


def read(text: str, names: Mapping[str, str]) -> dict[str, int]:
    """`2` is for each group, `SD 30, SMP 20` for these two; `names` are what people call a group -> its key.

    Raises SeatLimitUnclear with `why`: empty, part, figure, unknown, twice, mixed, many.
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if not parts:
        raise SeatLimitUnclear(why="empty")
    if len(parts) > MOST_NAMED:
        raise SeatLimitUnclear(why="many", most=MOST_NAMED)
    keys = {search_key(name): key for name, key in names.items()}
    found: dict[str, int] = {}
    for part in parts:
        key, seats = _read(part, keys, list(names))
        if key in found:
            raise SeatLimitUnclear(why="twice", part=part)
        found[key] = seats
    if EACH in found and len(found) > 1:
        raise SeatLimitUnclear(why="mixed")
    return found


def _read(part: str, keys: Mapping[str, str], known: list[str]) -> tuple[str, int]:
    match = _FIGURE.fullmatch(part)
    if match is None or not part.isprintable():
        raise SeatLimitUnclear(why="part", part=part)
    seats, name = int(match["seats"]), search_key(match["name"])
    if not 1 <= seats <= MOST or not match["seats"].isascii():
        raise SeatLimitUnclear(why="figure", part=part, most=MOST)
    if not match["name"].strip():
        return EACH, seats
    if name not in keys:
        raise SeatLimitUnclear(why="unknown", part=match["name"].strip(), known=known)
    return keys[name], seats


def written(limits: Mapping[str, int], names: Mapping[str, str]) -> str:
    """As `read` understands it; `names` are keys -> what people call the group."""
    if EACH in limits:
        return str(limits[EACH])
    order = list(names)
    keys = sorted(limits, key=lambda key: (order.index(key) if key in names else len(order), key))
    return ", ".join(f"{names.get(key, key)} {limits[key]}" for key in keys)
