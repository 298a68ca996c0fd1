"""Room for a signature in a paper, and putting it there: field, dictionary, byte range (ISO 32000-2, 12.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from calakan.paper.pdfsyntax import date_string, text_string

if TYPE_CHECKING:
    from hashlib import _Hash

RANGE = b"/ByteRange [0 %10d %10d %10d]"
EMPTY_RANGE = RANGE % (0, 0, 0)


class Sealer(Protocol):
    """Signs digests of whole files; `room` is the most a signature may take, in bytes."""

    name: str
    room: int

    def sign(self, digest: bytes) -> bytes:
        """The CMS signature of content with this SHA-256."""


class SignatureTooLargeError(ValueError):
    """The signature does not fit into the room that its sealer asked for."""


def field(signature: int, page: int) -> bytes:
    """An invisible, locked signature field; its name is read by screen readers."""
    return (
        f"<</Type /Annot /Subtype /Widget /FT /Sig /T (Tanda tangan) /TU (Tanda tangan elektronik) "
        f"/V {signature} 0 R /P {page} 0 R /Rect [0 0 0 0] /F 132>>"
    ).encode()


def dictionary(sealer: Sealer, reason: str, place: str, signed_at: datetime) -> bytes:
    """The signature dictionary with room for byte range and signature."""
    texts = f"/Name {text_string(sealer.name)} /Reason {text_string(reason)} /M {date_string(signed_at)}"
    texts += f" /Location {text_string(place)}" if place else ""
    head = f"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached {texts}\n"
    return head.encode() + EMPTY_RANGE + b" /Contents <" + b"0" * (2 * sealer.room) + b">>>"


def seal(data: bytearray, start: int, before: Callable[[], _Hash], sealer: Sealer) -> None:
    """Sign a file whose last part is `data`, beginning at `start`; `before` is the digest of what comes first."""
    at = data.rindex(EMPTY_RANGE)
    opening = at + len(EMPTY_RANGE) + len(b" /Contents ")
    closing = opening + 2 + 2 * sealer.room
    data[at : at + len(EMPTY_RANGE)] = RANGE % (start + opening, start + closing, len(data) - closing)
    digest = before()
    digest.update(data[:opening])
    digest.update(data[closing:])
    signature = sealer.sign(digest.digest())
    if len(signature) > sealer.room:
        raise SignatureTooLargeError(f"{len(signature)} bytes, room for {sealer.room}")
    data[opening + 1 : opening + 1 + 2 * len(signature)] = signature.hex().encode()
