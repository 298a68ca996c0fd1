"""A QR symbol as one filled vector path."""

from __future__ import annotations

import re

from calakan.kernel.qr import Symbol
from calakan.paper.artwork import INK
from calakan.paper.shapes import num, rgb

RUN = re.compile(b"\1+")
PART = 8
_parts: dict[tuple[int, bytes], str] = {}


def draw(symbol: Symbol, x: float, y: float, side: float) -> str:
    """The dark modules inside a square of `side` mm; the quiet zone is the caller's white paper."""
    size, scale = symbol.size, num(side / symbol.size, 5)
    rows = []
    for row in range(size):
        line = symbol.modules[row * size : row * size + size]
        rows.append("".join([_part(at, line[at : at + PART]) for at in range(0, size, PART)]).replace("y", str(row)))
    return f"q {scale} 0 0 {scale} {num(x)} {num(y)} cm {rgb(INK)} rg {''.join(rows)}f Q"


def _part(at: int, modules: bytes) -> str:
    """Rectangles of up to eight neighbouring modules; the row number is filled in later."""
    found = _parts.get((at, modules))
    if found is None:
        runs = (run.span() for run in RUN.finditer(modules))
        found = _parts[at, modules] = "".join(f"{at + start} y {end - start} 1 re " for start, end in runs)
    return found
