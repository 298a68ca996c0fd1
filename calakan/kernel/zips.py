"""Opening a ZIP from outside, and what reading it raises over bytes that somebody has changed: each method of packing has
errors of its own.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, ValueError,
    LookupError, OverflowError, OSError, EOFError,
)  # fmt: skip
MOST_PARTS = 20_000
_LISTED = b"PK\x01\x02"  # before each line of a list of parts


def opened(content: bytes) -> zipfile.ZipFile:
    """The list of parts is read at once, and a line of 47 bytes becomes ten times as much in memory: a longer one is not read.

    Raises BadZipFile.
    """
    if content.count(_LISTED) > MOST_PARTS:
        raise zipfile.BadZipFile("too many parts")
    return zipfile.ZipFile(io.BytesIO(content))
