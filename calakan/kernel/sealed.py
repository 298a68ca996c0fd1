"""A stream under a passphrase: AES-256-GCM by the piece, the key from scrypt. A piece that was changed, moved or cut off is noticed.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each nonce holds the number of its piece and whether
it is the last one.
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import IO, Any

MAGIC = b"CALAKAN-SEALED-1\n"
PIECE = 1 << 20
_TAG = 16
_COST = 2**15  # 32 MB of memory a try, which makes guessing dear


class WrongPassphrase(Exception):
    """Another passphrase, or a damaged stream: nobody can tell which."""


def is_sealed(path: Path) -> bool:
    """Whether the file begins like one of ours. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _cipher(passphrase: str, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # late: few commands need it
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">7xI?", number, last)  # the key is this stream's alone, so no random part is needed


class Sealing(io.RawIOBase):
    """Writes to `target`, which it does not close."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        salt = os.urandom(16)
        self._target, self._cipher, self._number, self._waiting = target, _cipher(passphrase, salt), 0, bytearray()
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last one is known only at the end
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), piece, None))
        self._number += 1


class Opening(io.RawIOBase):
    """Reads what `Sealing` wrote, from its beginning. Raises WrongPassphrase while reading."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise WrongPassphrase("it is not encrypted")
        self._source, self._cipher, self._number, self._plain = source, _cipher(passphrase, source.read(16)), 0, b""
        self._next = source.read(PIECE + _TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain and self._next:
            piece, self._next = self._next, self._source.read(PIECE + _TAG)
            self._plain = self._open(piece, last=not self._next)
        count = min(len(buffer), len(self._plain))
        buffer[:count], self._plain = self._plain[:count], self._plain[count:]
        return count

    def _open(self, piece: bytes, *, last: bool) -> bytes:
        from cryptography.exceptions import InvalidTag  # late: heavy, few need it

        try:
            plain: bytes = self._cipher.decrypt(_nonce(self._number, last), piece, None)
        except (InvalidTag, ValueError) as error:
            raise WrongPassphrase("the passphrase is another one, or the file is damaged") from error
        self._number += 1
        return plain
