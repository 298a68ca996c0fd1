"""Files by content hash, below the data directory. A file is complete or absent: temp, fsync, rename."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class Store:
    """Puts and gets immutable files; the name of a file is the SHA-256 of its content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store and return the hash; storing the same content again changes nothing. Raises OSError when the disk is full."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Raises FileNotFoundError."""
        return self.path(sha256).read_bytes()
