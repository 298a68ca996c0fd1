"""Charts drawn on the server as SVG. Labels are escaped; colours come from the style sheet's classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from calakan.kernel.formats import number
from calakan.reports.labels import order
from calakan.reports.terms import Dimension, Row

# code: name on the tile, three letters for small screens, column, row. A scheme, not a map of borders.
TILES: dict[str, tuple[str, str, float, int]] = {
    "33.02.23": ("Kedungbanteng", "KDB", 2.5, 0), "33.02.22": ("Baturraden", "BTR", 3.5, 0),
    "33.02.21": ("Sumbang", "SBG", 4.5, 0), "33.02.16": ("Pekuncen", "PKC", 1, 1),
    "33.02.17": ("Cilongok", "CLK", 2, 1), "33.02.18": ("Karanglewas", "KLS", 3, 1),
    "33.02.27": ("Pwt. Utara", "PWU", 4, 1), "33.02.20": ("Kembaran", "KBR", 5, 1),
    "33.02.15": ("Gumelar", "GML", 0.5, 2), "33.02.14": ("Ajibarang", "AJB", 1.5, 2),
    "33.02.25": ("Pwt. Barat", "PWB", 2.5, 2), "33.02.26": ("Pwt. Timur", "PWT", 3.5, 2),
    "33.02.19": ("Sokaraja", "SKR", 4.5, 2), "33.02.01": ("Lumbir", "LBR", 0, 3),
    "33.02.02": ("Wangon", "WGN", 1, 3), "33.02.13": ("Purwojati", "PWJ", 2, 3),
    "33.02.12": ("Patikraja", "PTK", 3, 3), "33.02.24": ("Pwt. Selatan", "PWS", 4, 3),
    "33.02.10": ("Kalibagor", "KLB", 5, 3), "33.02.03": ("Jatilawang", "JTL", 1.5, 4),
    "33.02.04": ("Rawalo", "RWL", 2.5, 4), "33.02.05": ("Kebasen", "KBS", 3.5, 4),
    "33.02.11": ("Banyumas", "BMS", 4.5, 4), "33.02.09": ("Somagede", "SMG", 5.5, 4),
    "33.02.06": ("Kemranjen", "KRJ", 4, 5), "33.02.07": ("Sumpiuh", "SPH", 5, 5), "33.02.08": ("Tambak", "TBK", 6, 5),
}  # fmt: skip
_SPLIT = {"Kedungbanteng": ("Kedung-", "banteng"), "Karanglewas": ("Karang-", "lewas")}
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
    for code, (short, *_) in TILES.items():
        value = values.get(code, 0)
        level = sum(1 for limit in limits[1:] if value >= limit)
        told = f"{names.get(code, short)}: {number(value)} peserta"
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
    box = f"0 0 {_short(_LEFT * 2 + 7 * w)} {_short(_TOP + 2 * r + 5 * _STEP + 16)}"
    return Markup(
        '<svg class="hex" viewBox="{}" role="group" aria-labelledby="h-peta">'
        '<defs><path id="hx" d="{}"/></defs>{}{}</svg>'
    ).format(box, shape, tiles, _river())


def _tile(code: str, place: Place) -> Markup:
    short, letters, column, row = TILES[code]
    x, y = _centre(column, row)
    words = _SPLIT.get(short) or (tuple(short.split(" ", 1)) if short.startswith("Pwt") else None)
    if words:
        text = Markup('<text class="nm" y="-13"><tspan x="0">{}</tspan><tspan x="0" dy="13">{}</tspan></text>').format(
            *words
        )
    else:
        text = Markup('<text class="nm" y="-6">{}</text>').format(short)
    return Markup(
        '<a href="{}" class="q{}" aria-label="{}"><g transform="translate({} {})"><use href="#hx"/>{}'
        '<text class="kd" y="-5">{}</text><text class="v" y="{}">{}</text></g></a>'
    ).format(
        place.address, place.level, place.told, _short(x), _short(y), text, letters, 20 if words else 16, place.text
    )


def _river() -> Markup:
    y = _centre(0, 4)[1]

    def at(column: float) -> float:
        return _LEFT + _WIDE / 2 + column * _WIDE

    up, half = y - _RADIUS, y - _RADIUS / 2
    points = [
        (at(6.45), up), (at(6), half), (at(5.5), up), (at(5), half), (at(4.5), up), (at(4), half), (at(3.5), up),
        (at(3), half), (at(3), y + _RADIUS / 2), (at(2.8), y + _RADIUS * 1.55),
    ]  # fmt: skip
    path = f"M{_short(points[0][0])} {_short(points[0][1])}"
    for a, b in pairwise(points[1:]):
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        path += f"Q{_short(a[0])} {_short(a[1])} {_short(middle[0])} {_short(middle[1])}"
    path += f"L{_short(points[-1][0])} {_short(points[-1][1])}"
    return Markup(
        '<path class="riv0" d="{0}"/><path class="riv" d="{0}"/><text class="lab" x="{1}" y="{2}">Kali Serayu</text>'
    ).format(path, _short(at(6.1)), _short(y - _RADIUS * 1.25))


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
