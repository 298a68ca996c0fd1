"""Files by content hash, below the data directory or in a bucket that several hosts share (`kernel.buckets`).

A file is complete or absent: temp, fsync, rename.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from config import Settings

FOLDER = "files"  # below the data directory, and in the bucket


class AwayError(OSError):
    """The store cannot be reached or refuses; what is to be stored waits, and what was asked for is asked again."""


def opened(settings: Settings) -> Store:
    """The store of this installation."""
    if not settings.many_hosts:
        return Store(settings.data_dir / FOLDER)
    from calakan.kernel.buckets import Bucket, BucketStore  # most installations have none

    return BucketStore(Bucket(settings.files_url))


class Store:
    """Puts and gets immutable files; the name of a file is the SHA-256 of its content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store and return the hash; storing the same content again changes nothing. Raises OSError when the disk is full."""
        return self.put_many([content])[0]

    def put_many(self, contents: Sequence[bytes]) -> list[str]:
        """The same for many, in order; on return all are on the disk, after an error perhaps some.

        First all are written, then all are synchronised: the file system has one journal, so the first one pays for most.
        """
        hashes = [hashlib.sha256(content).hexdigest() for content in contents]
        drafts: dict[Path, str] = {}
        try:
            for sha256, content in zip(hashes, contents, strict=True):
                path = self.path(sha256)
                if path not in drafts and not _young_again(path):
                    drafts[path] = _draft(path, content)
            for draft in drafts.values():
                _synchronise(draft)
            for path, draft in drafts.items():
                os.replace(draft, path)
        except BaseException:
            for draft in drafts.values():
                Path(draft).unlink(missing_ok=True)
            raise
        # Also of files that were there: who renamed them may not have come to this line yet.
        for folder in {self.path(sha256).parent for sha256 in hashes}:
            _synchronise(folder)
        return hashes

    def remove(self, sha256: str, *, unused_since: datetime) -> bool:
        """Take away what nobody has stored since then; False when somebody has. What is gone already is well."""
        path = self.path(sha256)
        try:
            if path.stat().st_mtime >= unused_since.timestamp():
                return False
        except FileNotFoundError:
            return True
        path.unlink(missing_ok=True)
        return True

    def get(self, sha256: str) -> bytes:
        """Raises FileNotFoundError."""
        return self.path(sha256).read_bytes()

    def finder(self) -> Callable[[str], bool]:
        """Tells of many files, one after the other, whether they are there."""
        return lambda sha256: self.path(sha256).exists()

    def sendable(self, sha256: str) -> Path | BinaryIO:
        """What `send_file` takes. Raises FileNotFoundError."""
        path = self.path(sha256)
        if not path.is_file():
            raise FileNotFoundError(path)
        return path


def _young_again(path: Path) -> bool:
    """Whether it is there; then it counts as stored now, so that nobody removes it behind the back of who stores it."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _draft(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return draft


def _synchronise(path: Path | str) -> None:
    """A file or a folder, through a descriptor of its own: that of many files at once would be too many."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
