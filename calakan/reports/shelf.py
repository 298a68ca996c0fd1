"""Files of exports: complete or absent. Written beside their place, synchronised, renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    size: int
    sha256: str


class Shelf:
    """One folder; a file's name is the code of its export."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, code: str) -> Path:
        return self.root / code

    @contextmanager
    def draft(self, code: str, token: str) -> Iterator[Path]:
        """A place to write to; whatever is left there afterwards is removed. Two workers never share one."""
        self.root.mkdir(parents=True, exist_ok=True)
        path = self.root / f".draft-{code}-{token}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Path, code: str) -> Kept:
        """Raises OSError when the disk is full; then there is no file."""
        with draft.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        size = draft.stat().st_size
        os.replace(draft, self.path(code))
        folder = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Kept(size, digest)

    def remove(self, code: str) -> None:
        self.path(code).unlink(missing_ok=True)

    def clear_drafts(self, *, before: datetime) -> int:
        """What a killed worker left behind."""
        found = [path for path in self.root.glob(".draft-*") if path.stat().st_mtime < before.timestamp()]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)
