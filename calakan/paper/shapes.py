"""PDF path operators from SVG path data and simple shapes, in the y-down millimetres of the artwork."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Z": 0}
ROUND = 0.5522847498


def num(value: float, places: int = 2) -> str:
    """A short decimal number without needless zeros; 0.01 mm is finer than any printer."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@lru_cache(maxsize=256)
def rgb(code: str) -> str:
    """'#rrggbb' as three PDF operands."""
    return " ".join(num(int(code[at : at + 2], 16) / 255, 3) for at in (1, 3, 5))


def tint(code: str, share: float) -> str:
    """The colour that `share` of a colour gives on white, as '#rrggbb'."""
    parts = (int(code[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


@cache
def path(data: str) -> str:
    """SVG path data (M L H V C S Z, absolute or relative) as PDF path construction."""
    tokens, out, at = TOKEN.findall(data), [], 0
    command, here, start, control = "", (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        count = ARGUMENTS[command.upper()]
        values = [float(token) for token in tokens[at : at + count]]
        at += count
        points, kind = _points(command, values, here, control)
        if kind == "Z":
            out.append("h")
            here = start
            continue
        out.append(" ".join(num(part) for point in points for part in point) + {"M": " m", "L": " l", "C": " c"}[kind])
        here, control = points[-1], points[-2] if kind == "C" else points[-1]
        if kind == "M":
            start = here
            command = "L" if command == "M" else "l"
    return " ".join(out)


Point = tuple[float, float]


def _points(command: str, values: list[float], here: Point, control: Point) -> tuple[list[Point], str]:
    """Absolute points and the plain kind (M, L, C, Z) of one SVG command."""
    kind = command.upper()
    base = here if command.islower() else (0.0, 0.0)
    if kind == "H":
        return [(base[0] + values[0], here[1])], "L"
    if kind == "V":
        return [(here[0], base[1] + values[0])], "L"
    points = [(base[0] + x, base[1] + y) for x, y in zip(values[::2], values[1::2], strict=True)]
    if kind == "S":
        return [(2 * here[0] - control[0], 2 * here[1] - control[1]), *points], "C"
    return points, kind


def circle(x: float, y: float, radius: float) -> str:
    """A full circle from four curves."""
    k = radius * ROUND
    corners = ((radius, k, k, radius, 0.0, radius), (-k, radius, -radius, k, -radius, 0.0))
    out = f"{num(x + radius)} {num(y)} m"
    for sign in (1, -1):
        for ax, ay, bx, by, cx, cy in corners:
            points = ((ax, ay), (bx, by), (cx, cy))
            out += " " + " ".join(f"{num(x + sign * dx)} {num(y + sign * dy)}" for dx, dy in points) + " c"
    return out + " h"


def rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """A rectangle with round corners."""
    k, right, bottom = radius * (1 - ROUND), x + width, y + height
    sides = (
        (right - radius, y, right - k, y, right, y + k, right, y + radius),
        (right, bottom - radius, right, bottom - k, right - k, bottom, right - radius, bottom),
        (x + radius, bottom, x + k, bottom, x, bottom - k, x, bottom - radius),
        (x, y + radius, x, y + k, x + k, y, x + radius, y),
    )
    out = f"{num(x + radius)} {num(y)} m"
    for side in sides:
        values = [num(value) for value in side]
        out += f" {values[0]} {values[1]} l {' '.join(values[2:])} c"
    return out + " h"


def rect(x: float, y: float, width: float, height: float) -> str:
    """A plain rectangle."""
    return f"{num(x)} {num(y)} {num(width)} {num(height)} re"


def placed(x: float, y: float, scale: float, content: str, degrees: float = 0.0) -> str:
    """Content moved, turned and scaled, as the SVG transform translate-rotate-scale does."""
    turn = math.radians(degrees)
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    matrix = " ".join(num(part, 4) for part in (cos, sin, -sin, cos))
    return f"q {matrix} {num(x)} {num(y)} cm {content} Q"


def filled(outline: str, colour: str) -> str:
    """An outline filled with a colour."""
    return f"{rgb(colour)} rg {outline} f"


def stroked(outline: str, colour: str, width: float) -> str:
    """An outline drawn with a line."""
    return f"{rgb(colour)} RG {num(width)} w {outline} S"
