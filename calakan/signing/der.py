"""DER, as much as signatures need: encode a value, and walk through one that came from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31


class MalformedError(ValueError):
    """Not DER, or not of the expected shape."""


def encode(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + body


def integer(value: int) -> bytes:
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray((first * 40 + second,))
    for part in rest:
        groups = [part & 127]
        while part := part >> 7:
            groups.append(part & 127 | 128)
        out += bytes(reversed(groups))
    return encode(OID, bytes(out))


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag, its content, and itself as it was encoded."""

    tag: int
    body: bytes
    whole: bytes

    def children(self) -> list[Value]:
        return list(_walk(self.body))

    def only(self, tag: int) -> Value:
        if self.tag != tag:
            raise MalformedError(f"tag {tag:#x} expected, {self.tag:#x} found")
        return self

    def number(self) -> int:
        return int.from_bytes(self.only(INTEGER).body, signed=True)


def decode(data: bytes) -> Value:
    """The first value in the data; what follows it (padding) is ignored."""
    for value in _walk(data):
        return value
    raise MalformedError("empty")


def _walk(data: bytes) -> Iterator[Value]:
    at = 0
    while at < len(data):
        start, at = at, at + 2
        if at > len(data) or data[start] & 31 == 31:
            raise MalformedError("cut short")
        size = data[start + 1]
        if size & 128:
            count = size & 127
            if not 1 <= count <= 4 or at + count > len(data):
                raise MalformedError("length")
            size, at = int.from_bytes(data[at : at + count]), at + count
        if at + size > len(data):
            raise MalformedError("cut short")
        yield Value(data[start], data[at : at + size], data[start : at + size])
        at += size
