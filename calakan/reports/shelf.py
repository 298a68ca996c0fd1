"""Files of exports: complete or absent. Written beside their place, synchronised, renamed; or sent to the bucket of all hosts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from calakan.kernel.buckets import Bucket

FOLDER = "exports"  # below the data directory, and in the bucket


@dataclass(frozen=True)
class Kept:
    size: int
    sha256: str


class Shelf:
    """One folder; a file's name is the code of its export. With a bucket the folder holds drafts alone."""

    def __init__(self, root: Path, bucket: Bucket | None = None) -> None:
        self.root, self.bucket = root, bucket

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
        size = draft.stat().st_size
        with draft.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if self.bucket is not None:
                file.seek(0)
                self.bucket.send(f"{FOLDER}/{code}", file, size)
                return Kept(size, digest)
            os.fsync(file.fileno())
        os.replace(draft, self.path(code))
        folder = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Kept(size, digest)

    def sendable(self, code: str) -> Path | BinaryIO:
        """What `send_file` takes. Raises FileNotFoundError."""
        if self.bucket is not None:
            return self.bucket.open(f"{FOLDER}/{code}")
        path = self.path(code).absolute()
        if not path.is_file():
            raise FileNotFoundError(path)
        return path

    def codes(self) -> list[str]:
        """Of all files that lie here, whoever wants them."""
        if self.bucket is not None:
            return [name.removeprefix(f"{FOLDER}/") for name, _ in self.bucket.listed(f"{FOLDER}/")]
        return [path.name for path in self.root.glob("*") if not path.name.startswith(".")]

    def remove(self, code: str) -> None:
        """What is gone already is well."""
        if self.bucket is not None:
            self.bucket.remove(f"{FOLDER}/{code}")
        else:
            self.path(code).unlink(missing_ok=True)

    def clear_drafts(self, *, before: datetime) -> int:
        """What a killed worker left behind."""
        found = [path for path in self.root.glob(".draft-*") if path.stat().st_mtime < before.timestamp()]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)
