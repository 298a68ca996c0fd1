"""Drawings from outside, already made anew as PDF objects: a background, a scanned signature.

A piece fills the unit square of its place. In the text of an object, `{3}` stands for a reference to the piece's object 3.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass

from calakan.paper.pdfsyntax import plain_stream
from calakan.paper.shapes import num
from calakan.paper.writer import ENTRY, FREE, HEADER, ObjectWriter

REFERENCE = re.compile(r"\{(\d+)\}")
FORMAT = 1


@dataclass(frozen=True, slots=True)
class PieceObject:
    """The text of an object; of a stream its entries without brackets and length, and its packed data."""

    text: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Object 0 is what is drawn; `width` and `height` say its proportions, `picture` is the same for a browser."""

    objects: tuple[PieceObject, ...]
    width: float
    height: float
    picture: str


def pack(piece: Piece) -> bytes:
    """The file of a piece; the same piece gives the same bytes."""
    listed = [
        [item.text, None if item.data is None else base64.b64encode(item.data).decode()] for item in piece.objects
    ]
    facts = {"format": FORMAT, "width": piece.width, "height": piece.height, "picture": piece.picture}
    return json.dumps(facts | {"objects": listed}, separators=(",", ":"), sort_keys=True).encode("ascii")


def unpack(content: bytes) -> Piece:
    """Raises ValueError for what is no file of a piece."""
    facts = json.loads(content)
    if facts.get("format") != FORMAT:
        raise ValueError("not a piece")
    objects = (PieceObject(text, None if data is None else base64.b64decode(data)) for text, data in facts["objects"])
    return Piece(tuple(objects), facts["width"], facts["height"], facts["picture"])


def embed(writer: ObjectWriter, piece: Piece) -> int:
    """Write the objects of a piece; returns the number of what is drawn."""
    first = writer.reserve(len(piece.objects))
    for place, item in enumerate(piece.objects):
        text = REFERENCE.sub(lambda found: f"{first + int(found[1])} 0 R", item.text)
        writer.put(first + place, text.encode("ascii") if item.data is None else plain_stream(text, item.data))
    return first


def drawn(name: str, x: float, y: float, width: float, height: float) -> str:
    """A piece on the page, in y-down millimetres."""
    return f"q {num(width)} 0 0 -{num(height)} {num(x)} {num(y + height)} cm /{name} Do Q"


def bare_page(piece: Piece) -> bytes:
    """A PDF of nothing but the piece on a page of its size in points."""
    writer = ObjectWriter(first_number=4)
    writer.data += HEADER
    number = embed(writer, piece)
    content = writer.add(plain_stream("", f"{num(piece.width)} 0 0 {num(piece.height)} 0 0 cm /B Do".encode()))
    writer.put(1, b"<</Type /Catalog /Pages 2 0 R>>")
    writer.put(2, b"<</Type /Pages /Count 1 /Kids [3 0 R]>>")
    box, drawings = f"[0 0 {num(piece.width)} {num(piece.height)}]", f"<</XObject <</B {number} 0 R>>>>"
    page = f"<</Type /Page /Parent 2 0 R /MediaBox {box} /Resources {drawings} /Contents {content} 0 R>>"
    writer.put(3, page.encode())
    table = ENTRY.pack(FREE, 0, 65535) + b"".join(writer.entries[n] for n in range(1, writer.next_number))
    writer.finish(table, writer.next_number, "/Root 1 0 R")
    return bytes(writer.data)
