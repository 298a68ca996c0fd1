"""Reads the shipped fonts: characters, widths, kerning and outlines of a TrueType file without composite glyphs.

All is read at once, so threads can share it. Names of tables and fields are those of the OpenType specification.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

Kerning = Callable[[int, int], int | None]
"""By two glyphs; None where a subtable says nothing of them."""
Point = tuple[int, int, bool]
"""Whether the outline goes through it, or bends towards it."""
_PAIRS, _EXTENSION = 2, 9  # kinds of lookups
_X_ADVANCE = 4


class Font:
    """`glyphs` by code point, `metrics` (advance, bearing) and `kern` by glyph, `tables` as they lie in the file."""

    def __init__(self, file: bytes) -> None:
        records = struct.iter_unpack(">4s4xII", file[12 : 12 + 16 * _short(file, 4)])
        self.tables = {tag.decode(): file[at : at + length] for tag, at, length in records}
        head, hhea = self.tables["head"], self.tables["hhea"]
        self.box: tuple[int, int, int, int] = struct.unpack_from(">4h", head, 36)
        self.ascent, self.descent = struct.unpack_from(">2h", hhea, 4)
        self.weight = _short(self.tables["OS/2"], 4)
        (self.cap_height,) = struct.unpack_from(">h", self.tables["OS/2"], 88)
        self.postscript_name = _postscript_name(self.tables["name"])
        self.glyphs = _glyphs(self.tables["cmap"])
        self.metrics = _metrics(self.tables["hmtx"], _short(hhea, 34), _short(self.tables["maxp"], 4))
        self._places = _places(self.tables["loca"], long=bool(_short(head, 50)))
        self._lookups = list(_lookups(self.tables["GPOS"]))

    def kern(self, left: int, right: int) -> int:
        """The first subtable of a lookup that covers the pair decides."""
        return sum(
            next((kern for table in lookup if (kern := table(left, right)) is not None), 0) for lookup in self._lookups
        )

    def outline(self, glyph: int) -> bytes:
        """As it lies in the file."""
        return self.tables["glyf"][self._places[glyph] : self._places[glyph + 1]]

    def path(self, glyph: int) -> str:
        """The outline as the data of an SVG path; y grows upwards."""
        return "".join(map(_drawn, _contours(self.outline(glyph), self.metrics[glyph][1])))


def _short(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _shorts(data: bytes, at: int, count: int) -> Sequence[int]:
    return struct.unpack_from(f">{count}H", data, at)


def _postscript_name(table: bytes) -> str:
    for number in range(_short(table, 2)):
        platform, _, _, name, length, at = _shorts(table, 6 + 12 * number, 6)
        if (platform, name) == (3, 6):
            begin = _short(table, 4) + at
            return table[begin : begin + length].decode("utf-16-be")
    raise ValueError("a font without a name")


def _glyphs(table: bytes) -> dict[int, int]:
    """The characters of the Basic Multilingual Plane (format 4), which is all that the fonts have."""
    at = next(
        int.from_bytes(table[8 + 8 * number : 12 + 8 * number], "big")
        for number in range(_short(table, 2))
        if _shorts(table, 4 + 8 * number, 2) == (3, 1)
    )
    count = _short(table, at + 6) // 2
    lasts, firsts, deltas = (_shorts(table, at + 14 + skipped, count) for skipped in (0, 2 + 2 * count, 2 + 4 * count))
    found: dict[int, int] = {}
    for number, (first, last, delta) in enumerate(zip(firsts, lasts, deltas, strict=True)):
        place = at + 16 + 6 * count + 2 * number
        offset = _short(table, place)
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = _short(table, place + offset + 2 * (point - first)) if offset else point
            if glyph := (glyph + delta) % 0x10000 if glyph or not offset else 0:
                found[point] = glyph
    return found


def _metrics(table: bytes, long: int, count: int) -> list[tuple[int, int]]:
    """Those behind the first `long` ones have the last one's advance."""
    whole = list(struct.iter_unpack(">Hh", table[: 4 * long]))
    bearings = struct.unpack_from(f">{count - long}h", table, 4 * long)
    return whole + [(whole[-1][0], bearing) for bearing in bearings]


def _places(table: bytes, *, long: bool) -> Sequence[int]:
    if long:
        return struct.unpack(f">{len(table) // 4}I", table)
    return [2 * place for place in _shorts(table, 0, len(table) // 2)]


def _lookups(table: bytes) -> Iterator[list[Kerning]]:
    features, lookups = _short(table, 6), _short(table, 8)
    wanted: set[int] = set()
    for number in range(_short(table, features)):
        record = features + 2 + 6 * number
        if table[record : record + 4] == b"kern":
            feature = features + _short(table, record + 4)
            wanted.update(_shorts(table, feature + 4, _short(table, feature + 2)))
    for index in sorted(wanted):
        lookup = lookups + _short(table, lookups + 2 + 2 * index)
        kind, _, count = _shorts(table, lookup, 3)
        yield [found for at in _shorts(table, lookup + 6, count) for found in _subtable(table, lookup + at, kind)]


def _subtable(table: bytes, at: int, kind: int) -> Iterator[Kerning]:
    if kind == _EXTENSION:
        kind, at = _short(table, at + 2), at + int.from_bytes(table[at + 4 : at + 8], "big")
    if kind == _PAIRS:
        yield (_by_pair if _short(table, at) == 1 else _by_class)(table, at)


def _by_pair(table: bytes, at: int) -> Kerning:
    _, coverage, first, second, count = _shorts(table, at, 5)
    size, found = 2 + _size(first) + _size(second), {}
    for left, offset in zip(_covered(table, at + coverage), _shorts(table, at + 10, count), strict=True):
        begin = at + offset + 2
        for record in range(begin, begin + size * _short(table, at + offset), size):
            found[left, _short(table, record)] = _advance(table, record + 2, first)
    return lambda left, right: found.get((left, right))


def _by_class(table: bytes, at: int) -> Kerning:
    _, coverage, first, second, lefts, rights, rows, columns = _shorts(table, at, 8)
    covered, size = frozenset(_covered(table, at + coverage)), _size(first) + _size(second)
    row_of, column_of = _classes(table, at + lefts), _classes(table, at + rights)
    values = [_advance(table, at + 16 + size * number, first) for number in range(rows * columns)]

    def kern(left: int, right: int) -> int | None:
        return values[row_of.get(left, 0) * columns + column_of.get(right, 0)] if left in covered else None

    return kern


def _size(form: int) -> int:
    """The bytes of a ValueRecord."""
    return 2 * form.bit_count()


def _advance(table: bytes, at: int, form: int) -> int:
    """How much farther the next letter stands."""
    if not form & _X_ADVANCE:
        return 0
    return int.from_bytes(table[(begin := at + _size(form & (_X_ADVANCE - 1))) : begin + 2], "big", signed=True)


def _covered(table: bytes, at: int) -> Sequence[int]:
    form, count = _shorts(table, at, 2)
    if form == 1:
        return _shorts(table, at + 4, count)
    ranges = struct.iter_unpack(">3H", table[at + 4 : at + 4 + 6 * count])
    return [glyph for first, last, _ in ranges for glyph in range(first, last + 1)]


def _classes(table: bytes, at: int) -> dict[int, int]:
    if _short(table, at) == 1:
        _, first, count = _shorts(table, at, 3)
        return dict(enumerate(_shorts(table, at + 6, count), first))
    ranges = struct.iter_unpack(">3H", table[at + 4 : at + 4 + 6 * _short(table, at + 2)])
    return {glyph: number for first, last, number in ranges for glyph in range(first, last + 1)}


def _contours(outline: bytes, bearing: int) -> Iterator[list[Point]]:
    """Shifted so that the leftmost point stands where the bearing says."""
    if not outline:
        return
    count, left = struct.unpack_from(">2h", outline)
    if count < 0:
        raise ValueError("a composite glyph")
    ends = [end + 1 for end in _shorts(outline, 10, count)]
    at = 12 + 2 * count + _short(outline, 10 + 2 * count)
    flags: list[int] = []
    while len(flags) < ends[-1]:
        again = outline[at + 1] if outline[at] & 8 else 0
        flags += [outline[at]] * (1 + again)
        at += 2 if outline[at] & 8 else 1
    across, at = _coordinates(outline, at, flags, 2, 16)
    up, _ = _coordinates(outline, at, flags, 4, 32)
    points = [(x + bearing - left, y, bool(flag & 1)) for x, y, flag in zip(across, up, flags, strict=True)]
    yield from (points[begin:end] for begin, end in pairwise([0, *ends]))


def _coordinates(outline: bytes, at: int, flags: Sequence[int], short: int, same: int) -> tuple[Iterator[int], int]:
    """`short`: the flag of one byte, whose sign is `same`; else `same` is as the point before."""
    steps = []
    for flag in flags:
        if flag & short:
            steps.append(outline[at] if flag & same else -outline[at])
            at += 1
        elif flag & same:
            steps.append(0)
        else:
            steps.append(int.from_bytes(outline[at : at + 2], "big", signed=True))
            at += 2
    return accumulate(steps), at


def _drawn(points: list[Point]) -> str:
    """From the first point that the outline goes through; halfway between two others lies one more."""
    begin = next(number for number, (_, _, through) in enumerate(points) if through)
    x, y, _ = points[begin]
    parts, bend = [f"M{x} {y}"], None
    for right, top, through in [*points[begin + 1 :], *points[: begin + 1]]:
        if bend is None:
            parts.append(f"L{right} {top}" if through else "")
        else:
            to = (right, top) if through else (round((bend[0] + right) / 2), round((bend[1] + top) / 2))
            parts.append(f"Q{bend[0]} {bend[1]} {to[0]} {to[1]}")
        bend = None if through else (right, top)
    return "".join(parts) + "Z"
