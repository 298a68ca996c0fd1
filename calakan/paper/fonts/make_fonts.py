"""Make the shipped fonts from the published ones: fewer characters, no composites, own names. See README.md."""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.pens.filterPen import DecomposingFilterPen  # type: ignore[import-untyped]  # has no types
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]  # has no types
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]  # has no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no types

RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x24F),
    (0x253, 0x257),
    (0x2B9, 0x2BF),
    (0x2C6, 0x2CC),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2033),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2113, 0x2122),
    (0x2212, 0x2212),
)
FONTS = (
    ("PlusJakartaSans_400Regular.ttf", "bc-sans-400.ttf", "BC Sans", "Regular"),
    ("PlusJakartaSans_500Medium.ttf", "bc-sans-500.ttf", "BC Sans", "Medium"),
    ("PlusJakartaSans_700Bold.ttf", "bc-sans-700.ttf", "BC Sans", "Bold"),
    ("PlusJakartaSans_800ExtraBold.ttf", "bc-sans-800.ttf", "BC Sans", "ExtraBold"),
    ("SourceSerif4_600SemiBold.ttf", "bc-serif-600.ttf", "BC Serif", "SemiBold"),
    ("NotoSerif_600SemiBold.ttf", "bc-reserve-600.ttf", "BC Reserve", "SemiBold"),
)


def cut(font: TTFont) -> None:
    """Keep the Latin characters and the kerning; drop hints, substitutions and old names."""
    options = Options()
    options.hinting = False
    options.layout_features = ["kern"]
    options.name_IDs = [0, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GDEF", "STAT", "BASE", "gasp", "prep", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={point for first, last in RANGES for point in range(first, last + 1)})
    subsetter.subset(font)


def flatten(font: TTFont) -> None:
    """Turn composite glyphs into plain outlines, so that each glyph stands alone."""
    glyph_set, table = font.getGlyphSet(), font["glyf"]
    for name in font.getGlyphOrder():
        if table[name].isComposite():
            pen = TTGlyphPen(None)
            glyph_set[name].draw(DecomposingFilterPen(pen, glyph_set))
            table[name] = pen.glyph()


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the changed font its own family name."""
    compact = family.replace(" ", "")
    texts = {1: f"{family} {style}", 2: "Regular", 3: f"{compact}-{style};1", 4: f"{family} {style}"}
    texts |= {5: "Version 1.000", 6: f"{compact}-{style}", 16: family, 17: style}
    for number, text in texts.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main(source: Path) -> None:
    """Write every shipped font beside this file from the TTF files found below `source`."""
    for wanted, written, family, style in FONTS:
        font = TTFont(next(source.rglob(wanted)), recalcTimestamp=False)
        cut(font)
        flatten(font)
        rename(font, family, style)
        font.save(Path(__file__).with_name(written))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
