"""Write a small TrueType font that holds exactly the wanted glyphs, in the wanted order."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CHECKSUM_MAGIC = 0xB1B0AFBA
HEADER = struct.Struct(">4H")
RECORD = struct.Struct(">4s3I")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A plain (not composite) outline with its advance width and left side bearing."""

    outline: bytes
    advance: int
    bearing: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The tables that are taken over from the whole font."""

    head: bytes
    hhea: bytes
    maxp: bytes


def build(frame: Frame, glyphs: Sequence[Glyph]) -> bytes:
    """The font file; glyph 0 must be .notdef."""
    offsets, outlines = [0], bytearray()
    for glyph in glyphs:
        outlines += glyph.outline + bytes(-len(glyph.outline) % 4)
        offsets.append(len(outlines))
    count = len(glyphs)
    tables = {
        b"glyf": bytes(outlines) or bytes(4),
        b"head": frame.head[:8] + bytes(4) + frame.head[12:50] + struct.pack(">h", 1) + frame.head[52:],
        b"hhea": frame.hhea[:34] + struct.pack(">H", count),
        b"hmtx": b"".join(struct.pack(">Hh", glyph.advance, glyph.bearing) for glyph in glyphs),
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"maxp": frame.maxp[:4] + struct.pack(">H", count) + frame.maxp[6:],
    }
    return _assemble(tables)


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = b"\0\1\0\0" + HEADER.pack(count, power * 16, power.bit_length() - 1, (count - power) * 16)
    records, body, position = b"", bytearray(), 12 + 16 * count
    for tag, data in tables.items():
        records += RECORD.pack(tag, _checksum(data), position + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    font = bytearray(header + records + body)
    at = _offset(records, b"head") + 8
    font[at : at + 4] = struct.pack(">I", (CHECKSUM_MAGIC - _checksum(font)) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(data: bytes | bytearray) -> int:
    padded = bytes(data) + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _offset(records: bytes, tag: bytes) -> int:
    at = records.index(tag) + 8
    return int.from_bytes(records[at : at + 4], "big")
