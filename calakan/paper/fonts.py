"""The shipped fonts: which characters they draw, how wide, how kerned, and the outlines to embed."""

from __future__ import annotations

from functools import cache
from importlib import resources

from calakan.paper.sfnt import Frame, Glyph
from calakan.paper.truetype import Font

REGULAR, MEDIUM, BOLD, EXTRA, SERIF, RESERVE = "R", "M", "B", "X", "S", "N"
FILES = {
    REGULAR: "bc-sans-400.ttf",
    MEDIUM: "bc-sans-500.ttf",
    BOLD: "bc-sans-700.ttf",
    EXTRA: "bc-sans-800.ttf",
    SERIF: "bc-serif-600.ttf",
    RESERVE: "bc-reserve-600.ttf",
}


class Face:
    """One font file, read once per process."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._font = font = Font(font_bytes(key))
        self.frame = Frame(font.tables["head"], font.tables["hhea"], font.tables["maxp"])
        self.postscript_name, self.box, self.weight = font.postscript_name, font.box, font.weight
        self.ascent, self.descent, self.cap_height = font.ascent, font.descent, font.cap_height

    def has(self, char: str) -> bool:
        """True when this font can draw the character."""
        return ord(char) in self._font.glyphs

    def advance(self, char: str) -> int:
        """Advance width in 1/1000 em."""
        return self._font.metrics[self._font.glyphs[ord(char)]][0]

    def kern(self, left: str, right: str) -> int:
        """Kerning between two characters in 1/1000 em."""
        return self._font.kern(self._font.glyphs[ord(left)], self._font.glyphs[ord(right)])

    def glyph(self, char: str | None) -> Glyph:
        """The outline of a character; None asks for .notdef."""
        number = 0 if char is None else self._font.glyphs[ord(char)]
        return Glyph(self._font.outline(number), *self._font.metrics[number])

    def path(self, char: str) -> str:
        """The same as the data of an SVG path."""
        return self._font.path(self._font.glyphs[ord(char)])


@cache
def face(key: str) -> Face:
    """The face of a key such as REGULAR."""
    return Face(key)


def font_bytes(key: str) -> bytes:
    """The font file itself."""
    return resources.files(__package__).joinpath("fonts", FILES[key]).read_bytes()
