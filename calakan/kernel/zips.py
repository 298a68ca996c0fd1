"""What reading a ZIP raises over bytes that somebody has changed: each method of packing has errors of its own."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, ValueError,
    LookupError, OverflowError, OSError, EOFError,
)  # fmt: skip
