"""The signed text of the QR: the code in the address, the facts and an Ed25519 signature behind the #.

What stands behind a # never reaches a server, so no name gets into anybody's log. The signature covers code and facts.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from calakan.kernel.codes import ALPHABET
from calakan.signing.keys import CODE, PublicKey

CONTEXT = b"calakan-qr-1\0"
VERSION = 1
SIGNATURE = 64
EPOCH = date(2000, 1, 1)
SPECIMEN = 1
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_OURS, _TO_STANDARD = str.maketrans(_STANDARD, ALPHABET), str.maketrans(ALPHABET, _STANDARD)
Fact = int | str | bytes


class ForgedError(ValueError):
    """The text was not signed by a key of the list, or was changed afterwards."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the QR says without any server."""

    name: str
    number: str
    revision: int
    role: str
    jp: int
    first_on: date
    last_on: date
    specimen: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """Facts whose signature holds."""

    code: str
    facts: Facts
    key: PublicKey


def make(base_url: str, code: str, facts: Facts, *, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The whole text of a QR: capitals throughout where the address allows it, because they need less room."""
    payload = _encode(
        [
            VERSION,
            bytes.fromhex(kid),
            facts.name,
            facts.number,
            facts.revision,
            facts.role,
            facts.jp,
            (facts.first_on - EPOCH).days,
            (facts.last_on - EPOCH).days,
            SPECIMEN if facts.specimen else 0,
        ]
    )
    signature = sign(CONTEXT + code.encode() + payload)
    return f"{address(base_url, code)}#{_base32(payload + signature)}"


def address(base_url: str, code: str) -> str:
    """`HTTPS://CALAKAN.EXAMPLE/S/<code>`; an address with a path of its own keeps its letters."""
    parts = urlsplit(base_url)
    return f"{base_url}/s/{code}" if parts.path.strip("/") else f"{base_url.upper()}/S/{code}"


def check(text: str, keys: Sequence[PublicKey]) -> Proven:
    """The facts of a scanned text. Raises ForgedError."""
    from cryptography.exceptions import InvalidSignature  # late: heavy, few need it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    head, _, token = text.strip().partition("#")
    code = head.rstrip("/").rpartition("/")[2].upper()
    try:
        signed = base64.b32decode(_padded(token.upper().translate(_TO_STANDARD)))
        payload, signature = signed[:-SIGNATURE], signed[-SIGNATURE:]
        values = _decode(payload)
        version, kid = values[0], values[1]
        if version != VERSION or not isinstance(kid, bytes):
            raise ForgedError("version")
        key = next((key for key in keys if (key.purpose, key.kid) == (CODE, kid.hex())), None)
        if key is None:
            raise ForgedError("unknown key")
        Ed25519PublicKey.from_public_bytes(key.raw[0]).verify(signature, CONTEXT + code.encode() + payload)
        return Proven(code, _facts(values), key)
    except (InvalidSignature, ValueError, IndexError, TypeError, OverflowError) as error:
        raise ForgedError(str(error) or "signature") from error


def _facts(values: Sequence[Fact]) -> Facts:
    name, number, revision, role, jp, first, last, flags = values[2:]
    if not (isinstance(name, str) and isinstance(number, str) and isinstance(role, str)):
        raise ForgedError("shape")
    return Facts(
        name,
        number,
        int(revision),
        role,
        int(jp),
        EPOCH + timedelta(days=int(first)),
        EPOCH + timedelta(days=int(last)),
        bool(int(flags) & SPECIMEN),
    )


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").translate(_TO_OURS)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 8)


def _encode(values: Sequence[Fact]) -> bytes:
    """A CBOR array (RFC 8949) of unsigned numbers, texts and byte strings."""
    out = bytearray(_head(4, len(values)))
    for value in values:
        if isinstance(value, int):
            out += _head(0, value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += _head(3 if isinstance(value, str) else 2, len(data)) + data
    return bytes(out)


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes((major << 5 | value,))
    for extra, size in ((24, 1), (25, 2), (26, 4)):
        if value < 1 << 8 * size:
            return bytes((major << 5 | extra,)) + value.to_bytes(size)
    raise ValueError("number too large")


def _decode(data: bytes) -> list[Fact]:
    major, count, at = _next(data, 0)
    if major != 4 or count > 20:
        raise ValueError("not a list")
    values: list[Fact] = []
    for _ in range(count):
        major, value, at = _next(data, at)
        if major == 0:
            values.append(value)
            continue
        if major not in (2, 3) or at + value > len(data):
            raise ValueError("cut short")
        part, at = data[at : at + value], at + value
        values.append(part.decode() if major == 3 else part)
    if at != len(data):
        raise ValueError("too long")
    return values


def _next(data: bytes, at: int) -> tuple[int, int, int]:
    major, low = data[at] >> 5, data[at] & 31
    if low < 24:
        return major, low, at + 1
    if low not in (24, 25, 26):
        raise ValueError("number")
    size = 1 << low - 24
    return major, int.from_bytes(data[at + 1 : at + 1 + size]), at + 1 + size
