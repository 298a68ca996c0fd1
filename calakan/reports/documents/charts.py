"""Charts drawn on the server as SVG. Labels are escaped; colours come from the style sheet's classes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup

from calakan.kernel.formats import number
from calakan.people import directory
from calakan.reports.labels import order
from calakan.reports.terms import Dimension, Row

_MAP: dict[str, Any] = json.loads((Path(directory.__file__).parent / "data" / "petak.json").read_text())


@dataclass(frozen=True)
class Tile:
    """Where a kecamatan stands in the scheme, which is no map of borders, and what is written on it.

    `lines` is its name as it fits, `letters` its name on a small screen.
    """

    lines: list[str]
    letters: str
    column: float
    row: int

    @property
    def name(self) -> str:
        return "".join(part.removesuffix("-") if part.endswith("-") else f"{part} " for part in self.lines).strip()


TILES: dict[str, Tile] = {code: Tile(**tile) for code, tile in _MAP["tiles"].items()}
_WIDE = 76.0
_RADIUS = _WIDE / 3**0.5
_STEP = 1.5 * _RADIUS
_LEFT, _TOP = 8.0, 10.0
CLASSES = 5
GROUPS: list[tuple[str, frozenset[str]]] = [
    ("Guru kelas dan PAUD", frozenset({"guru_kelas", "guru_paud"})),
    ("Guru mapel, BK, dan lainnya", frozenset({"guru_mapel", "guru_bk", "guru_pendamping_khusus", "tutor"})),
    ("Pimpinan sekolah", frozenset({"kepala_sekolah", "wakil_kepala_sekolah"})),
    (
        "Pengawas, penilik, dan pamong",
        frozenset({"pengawas_sekolah", "pendamping_satuan_pendidikan", "penilik", "pamong_belajar"}),
    ),
    ("Tendik dan lainnya", frozenset()),
]


@dataclass(frozen=True)
class LevelBar:
    """One level of education and its persons in each group of posts."""

    label: str
    values: Sequence[int]
    bar: Markup

    @property
    def total(self) -> int:
        return sum(self.values)


def cuts(most: int) -> list[int]:
    """Lower limits of the five classes: round numbers, so that they stay put while the counts grow."""
    scale = 1
    while True:
        for step in (1 * scale, 2 * scale, 5 * scale):
            if step * CLASSES > most:
                return [step * n for n in range(CLASSES)]
        scale *= 10


def class_labels(limits: Sequence[int]) -> list[str]:
    step = limits[1]
    if step == 1:
        return [number(n) for n in limits]
    inner = [f"{number(low)}–{number(low + step - 1)}" for low in limits[1:-1]]
    return [f"< {number(step)}", *inner, f"≥ {number(limits[-1])}"]


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _centre(column: float, row: int) -> tuple[float, float]:
    return _LEFT + _WIDE / 2 + column * _WIDE, _TOP + _RADIUS + row * _STEP


@dataclass(frozen=True)
class Place:
    """One kecamatan on a map: its darkness from 0 to 4, what is written on it, and what it says to who cannot see."""

    level: int
    text: str
    told: str
    address: str


def counted_places(values: Mapping[str, int], names: Mapping[str, str], link: Callable[[str], str]) -> dict[str, Place]:
    """Darker with more persons; each leads to the report of that kecamatan."""
    limits = cuts(max(values.values(), default=0))
    found = {}
    for code, tile in TILES.items():
        value = values.get(code, 0)
        level = sum(1 for limit in limits[1:] if value >= limit)
        told = f"{names.get(code, tile.name)}: {number(value)} peserta"
        found[code] = Place(level, number(value), told, link(code))
    return found


# Limits of the classes of a share, and what the legend says.
SHARE_LIMITS = (35, 50, 65, 75)
CLASS_TEXTS = ("< 35%", "35–49%", "50–64%", "65–74%", "≥ 75%")


def shared_place(name: str, percent: int, reached: int, target: int, address: str) -> Place:
    """Darker with a larger share of those who are to be reached."""
    level = sum(1 for limit in SHARE_LIMITS if percent >= limit)
    told = f"{name}: {percent}%, {number(reached)} dari {number(target)} orang"
    return Place(level, f"{percent}%", told, address)


def hexagons(places: Mapping[str, Place]) -> Markup:
    """A tile for each kecamatan: a scheme in which all are equally large."""
    w, r = _WIDE, _RADIUS
    shape = (
        f"M0-{_short(r)}l{_short(w / 2)} {_short(r / 2)}v{_short(r)}l-{_short(w / 2)} {_short(r / 2)}"
        f"-{_short(w / 2)}-{_short(r / 2)}v-{_short(r)}z"
    )
    tiles = Markup("").join(_tile(code, place) for code, place in places.items())
    columns_wide = max((tile.column for tile in TILES.values()), default=0) + 1
    rows_below = max((tile.row for tile in TILES.values()), default=0)
    box = f"0 0 {_short(_LEFT * 2 + columns_wide * w)} {_short(_TOP + 2 * r + rows_below * _STEP + 16)}"
    return Markup(
        '<svg class="hex" viewBox="{}" role="group" aria-labelledby="h-peta">'
        '<defs><path id="hx" d="{}"/></defs>{}{}</svg>{}'
    ).format(box, shape, tiles, _river(), _key(places))


def _key(places: Mapping[str, Place]) -> Markup:
    """What the letters of a small screen stand for."""
    named = sorted((TILES[code].letters, TILES[code].name) for code in places)
    rows = Markup("").join(Markup("<li><b>{}</b> {}</li>").format(*row) for row in named)
    return Markup('<details class="sm"><summary>Singkatan pada peta</summary><ul class="es">{}</ul></details>').format(
        rows
    )


def _tile(code: str, place: Place) -> Markup:
    tile = TILES[code]
    x, y = _centre(tile.column, tile.row)
    if len(tile.lines) > 1:
        text = Markup('<text class="nm" y="-13"><tspan x="0">{}</tspan><tspan x="0" dy="13">{}</tspan></text>').format(
            *tile.lines
        )
    else:
        text = Markup('<text class="nm" y="-6">{}</text>').format(*tile.lines)
    return Markup(
        '<a href="{}" class="q{}" aria-label="{}"><g transform="translate({} {})"><use href="#hx"/>{}'
        '<text class="kd" y="-5">{}</text><text class="v" y="{}">{}</text></g></a>'
    ).format(
        place.address,
        place.level,
        place.told,
        _short(x),
        _short(y),
        text,
        tile.letters,
        20 if len(tile.lines) > 1 else 16,
        place.text,
    )


def _river() -> Markup:
    """A line through the scheme; its bends are (columns, radii below the middle of its row)."""
    river = _MAP.get("river")
    if river is None:
        return Markup("")
    y = _centre(0, river["row"])[1]

    def at(column: float) -> float:
        return _LEFT + _WIDE / 2 + column * _WIDE

    points = [(at(column), y + _RADIUS * down) for column, down in river["bends"]]
    path = f"M{_short(points[0][0])} {_short(points[0][1])}"
    for a, b in pairwise(points[1:]):
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        path += f"Q{_short(a[0])} {_short(a[1])} {_short(middle[0])} {_short(middle[1])}"
    path += f"L{_short(points[-1][0])} {_short(points[-1][1])}"
    return Markup(
        '<path class="riv0" d="{0}"/><path class="riv" d="{0}"/><text class="lab" x="{1}" y="{2}">{3}</text>'
    ).format(path, _short(at(river["label"][0])), _short(y + _RADIUS * river["label"][1]), river["name"])


def columns(bars: Sequence[tuple[str, str, int]], heading: str) -> Markup:
    """Upright bars of (short label, full label, value), with a scale of round numbers."""
    width, height, foot, head, left = 340, 170, 24, 12, 38
    limits = cuts(max((value for _, _, value in bars), default=0))
    top = limits[1] * CLASSES
    span = height - foot - head
    drawn = Markup("")
    for mark in (0, *limits[1:], top):
        y = height - foot - span * mark / top
        drawn += Markup(
            '<path class="gl" d="M34 {0}H{1}"/><text class="ax" x="30" y="{2}" text-anchor="end">{3}</text>'
        ).format(_short(y), width, _short(y + 4), _axis(mark))
    step = (width - left) / max(len(bars), 1)
    gap = min(3.0, step / 5)
    skip = -(-len(bars) // 6)
    for place, (short, full, value) in enumerate(bars):
        tall, x = span * value / top, left + place * step
        drawn += Markup(
            '<rect class="c1" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}: {}</title></rect>'
        ).format(
            _short(x + gap), _short(height - foot - tall), _short(min(step - 2 * gap, 60)), _short(tall), full,
            number(value),
        )  # fmt: skip
        if place % skip == 0:
            drawn += Markup('<text class="ax" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                _short(x + gap + min(step - 2 * gap, 60) / 2), height - 7, short
            )
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}">{}</svg>').format(
        width, height, heading, drawn
    )


def _axis(mark: int) -> str:
    return f"{number(mark / 1000)}rb" if mark >= 10_000 else number(mark)


def level_bars(rows: Sequence[Row]) -> list[LevelBar]:
    """Persons by level and post, the last two keys, in five groups; a person has one of each, so they add up."""
    sums: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: order(Dimension.JENJANG, row.keys[-2])):
        level, post = row.keys[-2:]
        group = next((n for n, (_, posts) in enumerate(GROUPS) if post.code in posts), len(GROUPS) - 1)
        sums.setdefault(level.label, [0] * len(GROUPS))[group] += row.unik
    most = max((sum(values) for values in sums.values()), default=0)
    return [LevelBar(label, values, _stacked(values, most)) for label, values in sums.items()]


def _stacked(values: Sequence[int], most: int) -> Markup:
    drawn, x = Markup(""), 0.0
    for place, value in enumerate(values, start=1):
        if value:
            wide = value * 100 / most
            drawn += Markup('<rect class="c{}" x="{}" width="{}" height="1"/>').format(
                place, f"{x:.2f}", f"{max(wide - 0.35, 0.4):.2f}"
            )
            x += wide
    return drawn
