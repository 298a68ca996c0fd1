"""A small QR encoder: level M, versions 1-15, one fixed mask, tables made once per version."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import NamedTuple

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUES = {char: value for value, char in enumerate(ALPHANUMERIC)}
GROUPS = {a + b: f"{VALUES[a] * 45 + VALUES[b]:011b}" for a in VALUES for b in VALUES}
GROUPS |= {char: f"{value:06b}" for char, value in VALUES.items()}
SEGMENT = re.compile(r"[0-9A-Z $%*+\-./:]{12,}|(?:(?![0-9A-Z $%*+\-./:]{12}).)+", re.DOTALL)
"""Long stretches in capitals are worth a segment of their own."""

ALPHANUMERIC_MODE, BYTE_MODE = 2, 4
NARROW, WIDE = {ALPHANUMERIC_MODE: 9, BYTE_MODE: 8}, {ALPHANUMERIC_MODE: 11, BYTE_MODE: 16}
"""How many bits the length of a segment takes, below version 10 and from there on."""

QUIET = 4
"""Light modules that the standard wants on each side."""

MASK = 0
_RUN = re.compile(b"\1+")
FORMAT_MASK, FORMAT_POLYNOMIAL, VERSION_POLYNOMIAL = 0x5412, 0x537, 0x1F25


class Version(NamedTuple):
    """Check bytes per block, (number of blocks, data bytes each) and alignment centres of one version."""

    check: int
    blocks: tuple[tuple[int, int], ...]
    centres: tuple[int, ...]


VERSIONS = {
    1: Version(10, ((1, 16),), ()),
    2: Version(16, ((1, 28),), (6, 18)),
    3: Version(26, ((1, 44),), (6, 22)),
    4: Version(18, ((2, 32),), (6, 26)),
    5: Version(24, ((2, 43),), (6, 30)),
    6: Version(16, ((4, 27),), (6, 34)),
    7: Version(18, ((4, 31),), (6, 22, 38)),
    8: Version(22, ((2, 38), (2, 39)), (6, 24, 42)),
    9: Version(22, ((3, 36), (2, 37)), (6, 26, 46)),
    10: Version(26, ((4, 43), (1, 44)), (6, 28, 50)),
    11: Version(30, ((1, 50), (4, 51)), (6, 30, 54)),
    12: Version(22, ((6, 36), (2, 37)), (6, 32, 58)),
    13: Version(22, ((8, 37), (1, 38)), (6, 34, 62)),
    14: Version(24, ((4, 40), (5, 41)), (6, 26, 46, 66)),
    15: Version(24, ((5, 41), (5, 42)), (6, 26, 48, 70)),
}
CAPACITY = {number: sum(count * size for count, size in version.blocks) for number, version in VERSIONS.items()}


class Symbol(NamedTuple):
    """A finished code: `size` modules a side, one byte (0 or 1) per module, row by row."""

    version: int
    size: int
    modules: bytes


def encode(text: str) -> Symbol:
    """The smallest symbol that holds the text."""
    parts = [_part(part) for part in SEGMENT.findall(text)]
    size = sum(4 + len(part.bits) for part in parts)
    for number, capacity in CAPACITY.items():
        widths = NARROW if number < 10 else WIDE
        if size + sum(widths[part.mode] for part in parts) <= capacity * 8:
            heads = (f"{part.mode:04b}{part.length:0{widths[part.mode]}b}" for part in parts)
            bits = "".join([head + part.bits for head, part in zip(heads, parts, strict=True)])
            return _symbol(number, _padded(bits, capacity))
    raise ValueError("text is too long for the QR code")


def outline(symbol: Symbol) -> str:
    """The dark modules as the data of one SVG path, a module being one unit; the quiet zone (4) is the caller's."""
    size = symbol.size
    rows = (symbol.modules[row * size : row * size + size] for row in range(size))
    return "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(rows)
        for run in _RUN.finditer(row)
    )


def picture(symbol: Symbol) -> str:
    """The code with its quiet zone as an address that holds a PNG of one bit a module; a page weighs less with it than with
    the outline.
    """
    side = symbol.size + 2 * QUIET
    wide = -(-side // 8)
    rows = (symbol.modules[row * symbol.size : (row + 1) * symbol.size] for row in range(symbol.size))
    edge = ["1" * side] * QUIET
    lines = edge + ["1" * QUIET + "".join("10"[module] for module in row) for row in rows] + edge
    body = zlib.compress(b"".join(bytes(1) + int(line.ljust(8 * wide, "1"), 2).to_bytes(wide) for line in lines), 9)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (head, body, b"")))
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


class Part(NamedTuple):
    """A segment: its mode, its length as the symbol states it, and its bits."""

    mode: int
    length: int
    bits: str


def _part(text: str) -> Part:
    if set(text) <= VALUES.keys():
        bits = "".join([GROUPS[text[at : at + 2]] for at in range(0, len(text), 2)])
        return Part(ALPHANUMERIC_MODE, len(text), bits)
    data = text.encode()
    return Part(BYTE_MODE, len(data), f"{int.from_bytes(data):0{len(data) * 8}b}")


def _padded(bits: str, capacity: int) -> bytes:
    bits += "0" * min(4, capacity * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8)
    return data + (b"\xec\x11" * capacity)[: capacity - len(data)]


def _symbol(number: int, data: bytes) -> Symbol:
    layout = _layout(number)
    codewords = _interleaved(VERSIONS[number], data)
    spare = layout.places - len(codewords) * 8
    stream = (int.from_bytes(codewords) << spare) ^ layout.mask
    pool = f"{stream:0{layout.places}b}".encode().translate(BITS) + b"\0\1"
    return Symbol(number, layout.size, bytes(layout.pick(pool)))


BITS = bytes.maketrans(b"01", b"\0\1")


def _interleaved(version: Version, data: bytes) -> bytes:
    blocks, at = [], 0
    for count, size in version.blocks:
        for _ in range(count):
            blocks.append(data[at : at + size])
            at += size
    shortest, count = version.blocks[0][1], len(blocks)
    out = bytearray(shortest * count)
    checks = bytearray(version.check * count)
    for place, block in enumerate(blocks):
        out[place::count] = block[:shortest]
        checks[place::count] = _check(block, version.check)
    out += b"".join(block[shortest:] for block in blocks)
    return bytes(out + checks)


def _check(block: bytes, count: int) -> bytes:
    """Reed-Solomon remainder, one table look-up a byte."""
    table, shift, keep = _remainders(count), 8 * (count - 1), (1 << (8 * count)) - 1
    rest = 0
    for value in block:
        rest = ((rest << 8) & keep) ^ table[value ^ (rest >> shift)]
    return rest.to_bytes(count)


@cache
def _remainders(count: int) -> tuple[int, ...]:
    """What each leading byte takes away in the division by the generator of `count` check bytes (ISO 18004, annex A):
    GF(256) over 0x11D by tables of powers and logarithms, the generator as the product of (x - 2^power).
    """
    exponents, logs = [1] * 512, [0] * 256
    value = 1
    for power in range(255):
        exponents[power] = exponents[power + 255] = value
        logs[value] = power
        value = (value << 1) ^ (0x11D if value & 0x80 else 0)
    generator = [1]
    for power in range(count):
        shifted = [exponents[logs[part] + power] if part else 0 for part in generator]
        generator = [a ^ b for a, b in zip([*generator, 0], [0, *shifted], strict=True)]
    factors = [bytes(exponents[logs[f] + logs[g]] if f and g else 0 for g in generator[1:]) for f in range(256)]
    return tuple(int.from_bytes(row) for row in factors)


class Layout(NamedTuple):
    """Where the bits of one version go: `pick` turns bits plus the constants 0 and 1 into all modules."""

    size: int
    places: int
    mask: int
    pick: Callable[[bytes], tuple[int, ...]]


@cache
def _layout(number: int) -> Layout:
    """Every module looks its bit up by position: in the stream of data bits, in the order of the zigzag around the
    fixed patterns, or in the two constants behind it. The mask is the checkerboard, as one number for all data bits.
    """
    size = 17 + 4 * number
    grid = _fixed(number, size)
    order = [place for place in _zigzag(size) if place not in grid]
    mask = int("".join("1" if (y + x) % 2 == 0 else "0" for y, x in order), 2)
    source = {place: position for position, place in enumerate(order)}
    source |= {place: len(order) + value for place, value in grid.items()}
    places = (source[y, x] for y in range(size) for x in range(size))
    pick: Callable[[bytes], tuple[int, ...]] = itemgetter(*places)
    return Layout(size, len(order), mask, pick)


def _zigzag(size: int) -> list[tuple[int, int]]:
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    out = []
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        out += [(y, x) for y in rows for x in (right, right - 1)]
    return out


def _fixed(number: int, size: int) -> dict[tuple[int, int], int]:
    """Finders, timing, alignment, format and version modules."""
    grid = {(6, k): (k + 1) % 2 for k in range(size)} | {(k, 6): (k + 1) % 2 for k in range(size)}
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < size and 0 <= left + x < size:
                    ring = max(abs(y - 3), abs(x - 3))
                    grid[top + y, left + x] = int(ring in (0, 1, 3))
    centres = VERSIONS[number].centres
    last = size - 7
    for y in centres:
        for x in centres:
            if (y, x) not in ((6, 6), (6, last), (last, 6)):
                square = [(dy, dx) for dy in range(-2, 3) for dx in range(-2, 3)]
                grid |= {(y + dy, x + dx): int(max(abs(dy), abs(dx)) != 1) for dy, dx in square}
    return grid | _format_modules(size) | (_version_modules(number, size) if number > 6 else {})


def _format_modules(size: int) -> dict[tuple[int, int], int]:
    bits = (MASK << 10 | _bch(MASK << 10, FORMAT_POLYNOMIAL)) ^ FORMAT_MASK
    rows = [0, 1, 2, 3, 4, 5, 7, 8, *range(size - 7, size)]
    columns = [*range(size - 1, size - 9, -1), 7, 5, 4, 3, 2, 1, 0]
    out = {(row, 8): bits >> place & 1 for place, row in enumerate(rows)}
    out |= {(8, column): bits >> place & 1 for place, column in enumerate(columns)}
    return out | {(size - 8, 8): 1}


def _version_modules(number: int, size: int) -> dict[tuple[int, int], int]:
    bits = number << 12 | _bch(number << 12, VERSION_POLYNOMIAL)
    places = [(place // 3, size - 11 + place % 3) for place in range(18)]
    out = {(y, x): bits >> place & 1 for place, (y, x) in enumerate(places)}
    return out | {(x, y): bits >> place & 1 for place, (y, x) in enumerate(places)}


def _bch(value: int, polynomial: int) -> int:
    while value.bit_length() >= polynomial.bit_length():
        value ^= polynomial << (value.bit_length() - polynomial.bit_length())
    return value
