"""What an installation keeps outside of its data directory, and a backup takes along all the same: keys and the bucket."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from calakan.kernel.buckets import Bucket
from config import Settings

KEYS = "keys"


@dataclass(frozen=True)
class Own:
    """A file of the installation by its name below a data directory. `open` tells its size too; it raises FileNotFoundError."""

    name: str
    size: int
    open: Callable[[], tuple[BinaryIO, int]]


class Elsewhere(Protocol):
    tops: tuple[str, ...]
    """The folders of a data directory for which it stands."""

    def files(self) -> Iterator[Own]: ...

    def take(self, name: str, path: Path) -> None:
        """Put the file that is named so in its place."""


def on_disk(path: Path, name: str) -> Own:
    def opened() -> tuple[BinaryIO, int]:
        file = path.open("rb")
        return file, os.fstat(file.fileno()).st_size

    try:
        size = path.stat().st_size
    except FileNotFoundError:  # its time was over in between; who opens it is told
        size = 0
    return Own(name, size, opened)


def of(settings: Settings) -> list[Elsewhere]:
    found: list[Elsewhere] = []
    if settings.keys_dir != settings.data_dir / KEYS:
        found.append(Keys(settings.keys_dir))
    if settings.many_hosts:
        found.append(InBucket(Bucket(settings.files_url)))
    return found


class Keys:
    tops: tuple[str, ...] = (KEYS,)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> Iterator[Own]:
        """Folders and names with a dot in front are what mounts them, or a lock."""
        for path in sorted(self._folder.glob("[!.]*")):
            if path.is_file():
                yield on_disk(path, f"{KEYS}/{path.name}")

    def take(self, name: str, path: Path) -> None:
        """A folder that is not writable has them already, or cannot be restored to."""
        target = self._folder / Path(name).name
        if not (target.is_file() and target.read_bytes() == path.read_bytes()):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _put(path.read_bytes(), target)


def _put(content: bytes, target: Path) -> None:
    """Complete or absent, and never readable by others."""
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


class InBucket:
    tops: tuple[str, ...] = ("files", "exports")

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def files(self) -> Iterator[Own]:
        for top in self.tops:
            for name, size in self._bucket.listed(f"{top}/"):
                yield Own(name, size, partial(self._open, name, size))

    def _open(self, name: str, size: int) -> tuple[BinaryIO, int]:
        return self._bucket.open(name), size

    def take(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._bucket.send(name, file, path.stat().st_size)
