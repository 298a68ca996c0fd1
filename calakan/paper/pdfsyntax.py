"""PDF spelling: strings, dates, streams."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import lru_cache
from typing import Any

from isal import isal_zlib


def text_string(text: str) -> str:
    """A text string object in a document part that is not encrypted."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def date_string(moment: datetime) -> str:
    """A date object; the moment must know its time zone."""
    zone = moment.strftime("%z")
    return f"(D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}')"


def stream(entries: str, data: bytes) -> bytes:
    """A stream object body, packed tightly (for what is made once)."""
    return _stream(entries, zlib.compress(data, 9))


def stream_after(beginning: bytes, rest: bytes) -> bytes:
    """The stream of both, packed as tightly and to the same bytes, for a beginning that many streams share."""
    packer, packed = begun(beginning)
    packer = packer.copy()
    return _stream("", packed + packer.compress(rest) + packer.flush())


@lru_cache(maxsize=4)
def begun(beginning: bytes) -> tuple[Any, bytes]:
    """What packs it, having come to its end, and what came out so far; a copy goes on."""
    packer = zlib.compressobj(9)
    return packer, packer.compress(beginning)


def quick_stream(entries: str, data: bytes) -> bytes:
    """A stream object body, packed fast (for what is made for every holder)."""
    return _stream(entries, bytes(isal_zlib.compress(data, 2)))


def plain_stream(entries: str, data: bytes) -> bytes:
    """A stream object body that stays readable."""
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def _stream(entries: str, packed: bytes) -> bytes:
    return plain_stream(f"{entries} /Filter /FlateDecode".lstrip(), packed)
