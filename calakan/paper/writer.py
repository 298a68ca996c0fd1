"""Objects, object streams and the cross-reference stream of a PDF file."""

from __future__ import annotations

import struct

from calakan.paper.pdfsyntax import quick_stream, stream

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ENTRY = struct.Struct(">BIH")
FREE, PLAIN, PACKED = 0, 1, 2


class ObjectWriter:
    """Writes objects one after another and remembers where they lie."""

    def __init__(self, start: int = 0, first_number: int = 1) -> None:
        self.start = start
        self.data = bytearray()
        self.entries: dict[int, bytes] = {}
        self.next_number = first_number

    def reserve(self, count: int = 1) -> int:
        """The first of `count` new object numbers."""
        self.next_number += count
        return self.next_number - count

    def put(self, number: int, body: bytes) -> None:
        """Write an object under a number that was reserved."""
        self.entries[number] = ENTRY.pack(PLAIN, self.start + len(self.data), 0)
        self.data += b"%d 0 obj\n%s\nendobj\n" % (number, body)

    def add(self, body: bytes) -> int:
        """Write an object under a new number."""
        number = self.reserve()
        self.put(number, body)
        return number

    def pack(self, objects: dict[int, str]) -> None:
        """Write many small objects as one object stream."""
        number = self.reserve()
        index, bodies = [], bytearray()
        for place, (inner, body) in enumerate(objects.items()):
            index.append(f"{inner} {len(bodies)}")
            bodies += body.encode("ascii") + b"\n"
            self.entries[inner] = ENTRY.pack(PACKED, number, place)
        head = (" ".join(index) + "\n").encode()
        self.put(number, stream(f"/Type /ObjStm /N {len(objects)} /First {len(head)}", head + bodies))

    def finish(self, table: bytes, size: int, trailer: str) -> None:
        """Write the cross-reference stream; `table` has the entries of all objects but the stream itself."""
        at = self.start + len(self.data)
        table += ENTRY.pack(PLAIN, at, 0)
        self.put(size, quick_stream(f"/Type /XRef /Size {size + 1} /W [1 4 2] {trailer}", table))
        self.data += b"startxref\n%d\n%%%%EOF\n" % at
