"""The drawn artwork of the certificate: lumbon, jahe serimpang, poleng, Serayu, logo and seal (A4 landscape, mm)."""

from __future__ import annotations

import math
from functools import cache, lru_cache

from calakan.paper.pieces import drawn
from calakan.paper.shapes import circle, filled, num, path, placed, rect, rgb, rounded, stroked, tint

WIDTH, HEIGHT = 297.0, 210.0
GREEN, DEEP, BROWN, TURMERIC = "#0b5d56", "#06413c", "#8a5a22", "#e0a42e"
INK, QUIET, CREAM, WHITE = "#12231f", "#465751", "#fdf6e6", "#ffffff"
LEAF = "M0-6C1-14 6-20 12-19C19-18 20-8 17 0C14 9 7 15 0 21C-7 15-14 9-17 0C-20-8-19-18-12-19C-6-20-1-14 0-6Z"
VEIN = (
    "M0-6V20M0-1C5-3 9-7 12-13M0-1C-5-3-9-7-12-13"
    "M0 6C6 4 11 1 15-4M0 6C-6 4-11 1-15-4M0 12C4 11 8 8 11 5M0 12C-4 11-8 8-11 5"
)
LOGO_RIGHT = "M0-3.5C3-7.5 6.6-10.5 7.8-14.2C8.7-17.2 10.8-19 13.6-19C20.6-19 21.8-8.5 18.2.5C14.8 9.3 7.6 15.6 0 21.5Z"
LOGO_LEFT = (
    "M0-3.5C-3-7.5-6.6-10.5-7.8-14.2C-8.7-17.2-10.8-19-13.6-19C-20.6-19-21.8-8.5-18.2.5C-14.8 9.3-7.6 15.6 0 21.5Z"
)
LOGO, LOGO_SIDE = "L", 44.0
"""The name of an own logo on the page, and how large it is at scale 1, as the drawn one."""

LOGO_RIVER = "M-14 2.6C-9.5-1.4-5-1.4 0 2.6S9.5 6.6 14 2.6M-9.5 9.4C-6.5 6.8-3.5 6.8 0 9.4S6.5 12 9.5 9.4"
WAVE_FILLS = ((170.0, 7.5, 0.05), (176.0, 7.0, 0.07), (182.5, 6.5, 0.10), (189.0, 5.5, 0.15))
WAVE_LINES = tuple((168.2 + step * 3.4, 7.6 - step * 0.35, 0.12 + 0.05 * step) for step in range(7))
SHALLOW = 0.6
"""How much flatter the river runs on the pages with tables."""

ALPHAS = tuple(sorted({share for _, _, share in WAVE_FILLS} | {round(share, 2) for _, _, share in WAVE_LINES}))
DOTS = ((1.1, 1.95, -2.7), (1.1, 1.2, -0.7), (1.1, 2.3, 0.3), (0.0, -1.4, 1.2), (0.0, 0.5, -2.4))


def alpha_name(share: float) -> str:
    """Resource name of an opacity."""
    return f"A{round(share * 100)}"


def leaf(x: float, y: float, turn: float, scale: float, fill: str | None, line: str, width: float) -> str:
    """A lumbon leaf with its veins."""
    outline = f"{rgb(line)} RG {num(width)} w {path(LEAF)} "
    outline += "S" if fill is None else f"{rgb(fill)} rg {path(LEAF).removesuffix(' h')} b"
    veins = f"1 J {num(width * 0.75)} w {path(VEIN)} S"
    return placed(x, y, scale, f"{outline} {veins}", turn)


def rosette(x: float, y: float, scale: float, first: str, second: str) -> str:
    """Four leaves whose tips meet in the middle."""
    out = []
    for step, (dx, dy, turn) in enumerate(((-1, -1, -45), (1, -1, 45), (1, 1, 135), (-1, 1, -135))):
        colour = second if step % 2 else first
        out.append(leaf(x + dx * 16.2 * scale, y + dy * 16.2 * scale, turn, scale * 0.98, colour, WHITE, 1.1))
    out.append(filled(circle(x, y, 4.2 * scale), WHITE))
    out.append(filled(circle(x, y, 2.9 * scale), TURMERIC))
    return " ".join(out)


def jahe(x: float, top: float, bottom: float, count: int) -> str:
    """Ginger root: a thick line with a thinner one on it gives the joint outline."""
    step, dots = (bottom - top) / count, []
    stem, twigs = f"M{x} {top}", ""
    for k in range(count):
        side = 1 if k % 2 == 0 else -1
        y = top + k * step
        stem += f"C{x + 1.5 * side} {y + step * 0.3} {x + 1.5 * side} {y + step * 0.7} {x} {y + step}"
        y += step / 2
        base = x + 1.1 * side
        twigs += f"M{base} {y}L{base + 1.9 * side} {y - 1.4}L{base + 2 * side} {y - 4.2}"
        twigs += f"M{base + 1.9 * side} {y - 1.4}L{base + 2.6 * side} {y + 1.7}"
        twigs += f"M{x - 0.2 * side} {y + 0.3}L{x - 2.4 * side} {y + 1.9}"
        dots += [_dot(x + (shift + dx) * side, y + dy) for shift, dx, dy in DOTS]
    root = path(stem + twigs)
    lines = f"{stroked(root, BROWN, 2.7)} {stroked(root, CREAM, 2.1)} {stroked(' '.join(dots), BROWN, 0.6)}"
    return f"q 1 J 1 j {lines} Q"


def _dot(x: float, y: float) -> str:
    """A very short line: with round ends it prints as a dot."""
    return f"{num(x)} {num(y)} m {num(x + 0.01)} {num(y)} l"


def wave(y: float, height: float, count: int = 6) -> str:
    """One line of water over the whole width, as SVG path data."""
    step = WIDTH / count
    data = f"M0 {y}"
    for k in range(count):
        crest = y - height if k % 2 == 0 else y + height
        x = k * step
        data += f"C{num(x + step * 0.37)} {num(crest)} {num(x + step * 0.63)} {num(crest)} {num(x + step)} {y}"
    return data


def serayu() -> str:
    """The river at the foot of the page."""
    out = []
    for y, height, share in WAVE_FILLS:
        water = path(f"{wave(y, height)}V210H0Z")
        out.append(f"/{alpha_name(share)} gs {filled(water, GREEN)}")
    for y, height, share in WAVE_LINES:
        out.append(f"/{alpha_name(share)} gs {stroked(path(wave(y, height)), GREEN, 0.28)}")
    return " ".join(out)


def poleng(x: float, y: float, width: float, size: float) -> str:
    """A band of checks in two rows."""
    count = round(width / size)
    size = width / count
    dash = num(size, 5)
    rows = ((y + size / 2, "0"), (y + size * 1.5, dash))
    lines = " ".join(
        f"[{dash}] {phase} d {num(x)} {num(row, 3)} m {num(x + width)} {num(row, 3)} l S" for row, phase in rows
    )
    return f"{filled(rect(x, y, width, 2 * size), WHITE)} q {rgb(DEEP)} RG {dash} w {lines} Q"


def corner(x: float, y: float) -> str:
    """A lumbon square on a corner of the frame."""
    return " ".join(
        (
            filled(rounded(x - 14.5, y - 14.5, 29, 29, 1.2), WHITE),
            filled(rounded(x - 13.2, y - 13.2, 26.4, 26.4, 1), DEEP),
            stroked(rounded(x - 12.3, y - 12.3, 24.6, 24.6, 0.6), TURMERIC, 0.25),
            rosette(x, y, 0.312, "#17867b", "#c98a1f"),
        )
    )


def logo(x: float, y: float, scale: float, *, own: bool = False) -> str:
    """The mark of the programme: a lumbon leaf, the Serayu and the sun; or the piece of the house's own logo."""
    if own:
        side = LOGO_SIDE * scale
        return drawn(LOGO, x - side / 2, y - side / 2, side, side)
    river = f"1 J {stroked(path(LOGO_RIVER), WHITE, 2.1)}"
    halves = f"{filled(path(LOGO_LEFT), GREEN)} {filled(path(LOGO_RIGHT), '#12897e')}"
    return placed(x, y, scale, f"{halves} {river} {filled(circle(0, -15, 4.7), '#f5b83d')}")


def ornament(x: float, y: float) -> str:
    """The two leaves between the golden rules."""
    rules = stroked(path(f"M{x - 36.5} {y}H{x - 10.5}M{x + 10.5} {y}H{x + 36.5}"), TURMERIC, 0.45)
    right, left = (leaf(x + side * 3.1, y, -90 * side, 0.105, TURMERIC, WHITE, 1.2) for side in (1, -1))
    return f"{rules} {right} {left} {filled(circle(x, y, 0.7), DEEP)}"


@lru_cache(maxsize=64)
def seal(x: float, y: float) -> str:
    """The seal without its number."""
    out = []
    for k in range(12):
        turn = math.radians(k * 30)
        colour = GREEN if k % 2 == 0 else TURMERIC
        out.append(leaf(x + math.sin(turn) * 12.1, y - math.cos(turn) * 12.1, k * 30 + 180, 0.17, colour, WHITE, 1.6))
    out += [filled(circle(x, y, 9.9), WHITE), filled(circle(x, y, 9.3), DEEP)]
    out.append(stroked(circle(x, y, 8.5), TURMERIC, 0.3))
    return " ".join(out)


def watermark(y: float = 101, scale: float = 3.55) -> str:
    """The large pale leaf; drawn first, so a solid tint equals the faint original."""
    return leaf(148.5, y, 0, scale, None, tint(GREEN, 0.06), 0.5)


@cache
def front(*, own_logo: bool = False) -> str:
    """Everything drawn on page 1 below the texts, without the seal and the QR code."""
    frame = stroked(rect(8, 8, WIDTH - 16, HEIGHT - 16), DEEP, 0.9)
    inner = rect(12.2, 12.2, WIDTH - 24.4, HEIGHT - 24.4)
    out = [watermark(), f"q {inner} W n {serayu()} Q", frame]
    out += [filled(rect(left, 38, 11, HEIGHT - 76), CREAM) for left in (12.2, WIDTH - 23.2)]
    out.append(stroked(inner, BROWN, 0.3))
    out += [poleng(30, 9.35, WIDTH - 60, 0.8), poleng(30, HEIGHT - 9.35 - 1.6, WIDTH - 60, 0.8)]
    out += [jahe(x, 41.5, HEIGHT - 41.5, 12) for x in (17.7, WIDTH - 17.7)]
    out.append(stroked(path(f"M23.2 38V{HEIGHT - 38}M{WIDTH - 23.2} 38V{HEIGHT - 38}"), BROWN, 0.3))
    out += [corner(x, y) for x in (20.5, WIDTH - 20.5) for y in (20.5, HEIGHT - 20.5)]
    out += [logo(148.5, 31, 0.42, own=own_logo), ornament(148.5, 73.4)]
    return "\n".join(out)


@cache
def appendix(*, own_logo: bool = False) -> str:
    """Everything drawn on the following pages below the texts."""
    river = f"q 1 0 0 {SHALLOW} 0 {num(HEIGHT * (1 - SHALLOW))} cm {serayu()} Q"
    out = [watermark(112, 2.9), river, filled(rect(0, 0, WIDTH, 3), DEEP), poleng(0, 3.8, WIDTH, 0.8)]
    out.append(stroked(path(f"M0 6.4H{WIDTH}"), BROWN, 0.3))
    out.append(logo(264, 27, 0.4, own=own_logo))
    return "\n".join(out)
