"""The shipped fonts as we read them, beside fontTools."""

from __future__ import annotations

import itertools
import random
from io import BytesIO
from typing import Any

import pytest
from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]  # has no types
from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]  # has no types
from fontTools.svgLib.path import parse_path  # type: ignore[import-untyped]  # has no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no types

from calakan.paper import fonts

FACES = [pytest.param(key, id=file) for key, file in fonts.FILES.items()]
PAIR, EXTENSION = 2, 9


def _known(key: str) -> Any:
    return TTFont(BytesIO(fonts.font_bytes(key)))


def _lines(path: str) -> list[tuple[str, tuple[Any, ...]]]:
    """What is drawn, without lines that lead nowhere and those that closing draws by itself."""
    pen = RecordingPen()
    parse_path(path, pen)
    drawn: list[tuple[str, tuple[Any, ...]]] = []
    start = at = None
    for act, points in pen.value:
        if act == "moveTo":
            start = points[0]
        if act == "lineTo" and points[0] == at:
            continue
        if act == "closePath" and drawn[-1] == ("lineTo", (start,)):
            drawn.pop()
        drawn.append((act, points))
        at = points[-1] if points else None
    return drawn


@pytest.mark.parametrize("key", FACES)
def test_every_character_its_width_and_its_outline(key: str) -> None:
    face, known = fonts.Face(key), _known(key)
    names, drawn, table = known.getBestCmap(), known.getGlyphSet(), known["glyf"]
    assert {point for point in range(0x10000) if face.has(chr(point))} == set(names)
    for point, name in names.items():
        glyph, pen = face.glyph(chr(point)), SVGPathPen(drawn, ntos=lambda value: str(round(value)))
        drawn[name].draw(pen)
        assert (glyph.advance, glyph.bearing) == known["hmtx"][name], name
        assert glyph.outline.rstrip(b"\0") == table[name].compile(table).rstrip(b"\0"), name
        assert _lines(face.path(chr(point))) == _lines(pen.getCommands()), name
    nothing = face.glyph(None)
    assert (nothing.advance, nothing.bearing) == known["hmtx"][".notdef"]


@pytest.mark.parametrize("key", FACES)
def test_what_a_document_says_of_the_font(key: str) -> None:
    face, known = fonts.Face(key), _known(key)
    head, line, os2 = known["head"], known["hhea"], known["OS/2"]
    assert face.postscript_name == known["name"].getDebugName(6)
    assert face.box == (head.xMin, head.yMin, head.xMax, head.yMax)
    assert (face.ascent, face.descent, face.cap_height) == (line.ascent, line.descent, os2.sCapHeight)
    assert face.weight == os2.usWeightClass


@pytest.mark.parametrize("key", FACES)
def test_every_pair_of_letters_and_many_others(key: str) -> None:
    face, known = fonts.Face(key), _known(key)
    names, lookups = known.getBestCmap(), _kerning(known)
    usual = [chr(point) for point in range(0x20, 0x7F)]
    others = [chr(point) for point in random.Random(key).choices(list(names), k=200)]
    pairs = [*itertools.product(usual, usual), *itertools.product(usual, others), *itertools.product(others, others)]
    found = {pair: face.kern(*pair) for pair in pairs}
    assert found == {
        (left, right): sum(_value(lookup, names[ord(left)], names[ord(right)]) for lookup in lookups)
        for left, right in pairs
    }
    assert len(set(found.values())) > 5


def _kerning(font: Any) -> list[list[Any]]:
    table = font["GPOS"].table
    wanted = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for index in record.Feature.LookupListIndex
    }
    subtables = [
        [table.ExtSubTable if table.LookupType == EXTENSION else table for table in lookup.SubTable]
        for lookup in (table.LookupList.Lookup[index] for index in sorted(wanted))
    ]
    return [[table for table in lookup if table.LookupType == PAIR] for lookup in subtables]


def _value(subtables: list[Any], left: str, right: str) -> int:
    for table in subtables:
        if left not in table.Coverage.glyphs:
            continue
        if table.Format == 1:
            records = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
            found = [record.Value1 for record in records if record.SecondGlyph == right]
            if not found:
                continue
            return getattr(found[0], "XAdvance", 0) or 0
        row = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)].Class2Record
        return getattr(row[table.ClassDef2.classDefs.get(right, 0)].Value1, "XAdvance", 0) or 0
    return 0
