"""The PDF objects of an embedded font subset."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

from calakan.paper import fonts, sfnt
from calakan.paper.writer import ObjectWriter

Packer = Callable[[str, bytes], bytes]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SYMBOLIC, SERIF_FLAG = 4, 2
CODES_A_BLOCK = 100
MAPPING_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo "
    "<</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
)
MAPPING_TAIL = "endcmap CMapName currentdict /CMap defineresource pop end end"


def embed(writer: ObjectWriter, key: str, characters: Sequence[str], pack: Packer) -> int:
    """Write one font with these characters as codes 1, 2, …; returns the number of the font object."""
    face = fonts.face(key)
    name = f"{_tag(key, characters)}+{face.postscript_name}"
    program, codes, glyphs = packed(key, "".join(characters), pack)
    file, mapping = writer.add(program), writer.add(codes)
    number = writer.reserve(3)
    bodies = (
        _top(name, number + 1, mapping),
        _descendant(name, number + 2, glyphs),
        _descriptor(name, face, file),
    )
    for offset, body in enumerate(bodies):
        writer.put(number + offset, body.encode())
    return number


@lru_cache(maxsize=32)
def packed(key: str, characters: str, pack: Packer) -> tuple[bytes, bytes, Sequence[sfnt.Glyph]]:
    """The program and its codes as streams, with the glyphs: many papers, one after the other, need the same letters."""
    face = fonts.face(key)
    glyphs = [face.glyph(None), *(face.glyph(char) for char in characters)]
    program = sfnt.build(face.frame, glyphs)
    return pack(f"/Length1 {len(program)}", program), pack("", _mapping(characters).encode()), glyphs


def _tag(key: str, characters: Sequence[str]) -> str:
    digest = hashlib.sha256((key + "".join(characters)).encode()).digest()
    return "".join(LETTERS[byte % 26] for byte in digest[:6])


def _top(name: str, descendant: int, mapping: int) -> str:
    return (
        f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant} 0 R] /ToUnicode {mapping} 0 R>>"
    )


def _descendant(name: str, descriptor: int, glyphs: Sequence[sfnt.Glyph]) -> str:
    widths = " ".join(str(glyph.advance) for glyph in glyphs)
    return (
        f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 500 /W [0 [{widths}]] "
        f"/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor {descriptor} 0 R>>"
    )


def _descriptor(name: str, face: fonts.Face, file: int) -> str:
    flags = SYMBOLIC | (SERIF_FLAG if face.key in (fonts.SERIF, fonts.RESERVE) else 0)
    return (
        f"<</Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [{' '.join(map(str, face.box))}] "
        f"/ItalicAngle 0 /Ascent {face.ascent} /Descent {face.descent} /CapHeight {face.cap_height} "
        f"/StemV {50 + face.weight // 8} /FontFile2 {file} 0 R>>"
    )


def _mapping(characters: Sequence[str]) -> str:
    pairs = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for code, char in enumerate(characters, 1)]
    blocks = [pairs[at : at + CODES_A_BLOCK] for at in range(0, len(pairs), CODES_A_BLOCK)]
    body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return MAPPING_HEAD + body + MAPPING_TAIL
