"""The shipped fonts: which characters they draw, how wide, how kerned, and the outlines to embed."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no types

from calakan.paper.sfnt import Frame, Glyph

REGULAR, MEDIUM, BOLD, EXTRA, SERIF, RESERVE = "R", "M", "B", "X", "S", "N"
FILES = {
    REGULAR: "bc-sans-400.ttf",
    MEDIUM: "bc-sans-500.ttf",
    BOLD: "bc-sans-700.ttf",
    EXTRA: "bc-sans-800.ttf",
    SERIF: "bc-serif-600.ttf",
    RESERVE: "bc-reserve-600.ttf",
}
EXTENSION = 9
PAIR = 2


class Face:
    """One font file, read once per process."""

    def __init__(self, key: str) -> None:
        self.key = key
        font = TTFont(BytesIO(font_bytes(key)), lazy=True)
        self._names: dict[int, str] = font.getBestCmap()
        self._metrics: dict[str, tuple[int, int]] = font["hmtx"].metrics
        self._ids: dict[str, int] = font.getReverseGlyphMap()
        self._places: list[int] = list(font["loca"].locations)
        self._outlines: bytes = font.reader["glyf"]
        self._kerning = _pair_lookups(font)
        self.frame = Frame(font.reader["head"], font.reader["hhea"], font.reader["maxp"])
        head, line, os2 = font["head"], font["hhea"], font["OS/2"]
        self.postscript_name: str = font["name"].getDebugName(6)
        self.box: tuple[int, int, int, int] = (head.xMin, head.yMin, head.xMax, head.yMax)
        self.ascent, self.descent, self.cap_height = int(line.ascent), int(line.descent), int(os2.sCapHeight)
        self.weight = int(os2.usWeightClass)

    def has(self, char: str) -> bool:
        """True when this font can draw the character."""
        return ord(char) in self._names

    def advance(self, char: str) -> int:
        """Advance width in 1/1000 em."""
        return self._metrics[self._names[ord(char)]][0]

    def kern(self, left: str, right: str) -> int:
        """Kerning between two characters in 1/1000 em."""
        first, second = self._names[ord(left)], self._names[ord(right)]
        return sum(_pair_value(lookup, first, second) for lookup in self._kerning)

    def glyph(self, char: str | None) -> Glyph:
        """The outline of a character; None asks for .notdef."""
        name = ".notdef" if char is None else self._names[ord(char)]
        number = self._ids[name]
        outline = self._outlines[self._places[number] : self._places[number + 1]]
        return Glyph(outline, *self._metrics[name])


@cache
def face(key: str) -> Face:
    """The face of a key such as REGULAR."""
    return Face(key)


def font_bytes(key: str) -> bytes:
    """The font file itself."""
    return resources.files(__package__).joinpath("fonts", FILES[key]).read_bytes()


def _pair_lookups(font: TTFont) -> list[list[Any]]:
    table = font["GPOS"].table
    records = [record for record in table.FeatureList.FeatureRecord if record.FeatureTag == "kern"]
    wanted = sorted({index for record in records for index in record.Feature.LookupListIndex})
    lookups = []
    for index in wanted:
        subtables = [_plain(subtable) for subtable in table.LookupList.Lookup[index].SubTable]
        lookups.append([subtable for subtable in subtables if subtable.LookupType == PAIR])
    return lookups


def _plain(subtable: Any) -> Any:
    """Read whole: what fontTools leaves for the first question, two threads that ask at once break."""
    found = subtable.ExtSubTable if subtable.LookupType == EXTENSION else subtable
    found.ensureDecompiled(recurse=True)
    return found


def _pair_value(subtables: list[Any], left: str, right: str) -> int:
    """The first subtable that covers the pair decides, as the OpenType specification says."""
    for subtable in subtables:
        if left not in subtable.Coverage.glyphs:
            continue
        if subtable.Format == 1:
            pairs = subtable.PairSet[subtable.Coverage.glyphs.index(left)].PairValueRecord
            found = next((pair.Value1 for pair in pairs if pair.SecondGlyph == right), False)
            if found is False:
                continue
            return _x_advance(found)
        row = subtable.Class1Record[subtable.ClassDef1.classDefs.get(left, 0)]
        return _x_advance(row.Class2Record[subtable.ClassDef2.classDefs.get(right, 0)].Value1)
    return 0


def _x_advance(value: Any) -> int:
    return int(getattr(value, "XAdvance", 0) or 0) if value is not None else 0
