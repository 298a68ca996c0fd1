"""The file of a backup: a gzipped tar, perhaps under a passphrase. What is written into it is hashed, what is read is checked.

`backup.json` comes first (revision, rows and checksum of each table), then `tables/<name>.jsonl`, then the data
directory's own files, then `files.json` with the checksum of each. Format 1 had `backup.json` last and no `files.json`.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from calakan.kernel import sealed

FORMATS = (1, 2)
BLOCK = 1 << 20
Progress = Callable[[int], None]


class BackupUnreadable(Exception):
    """Not an archive of ours, or a damaged one; the message is for operators."""


@dataclass
class Contents:
    """What an archive holds, as it was read: every checksum in it was compared."""

    told: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    size: int = 0

    @property
    def rows(self) -> dict[str, int]:
        return {name: facts["rows"] for name, facts in self.told["tables"].items()}


class Hashing(io.RawIOBase):
    """Reads `source`, hashes what passes and tells how much it was."""

    def __init__(self, source: IO[bytes], progress: Progress = lambda count: None) -> None:
        self._source, self._progress, self.sha256, self.size = source, progress, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        self.sha256.update(data)
        self.size += len(data)
        self._progress(len(data))
        return len(data)


def is_archive(path: Path) -> bool:
    """Whether an earlier backup lies here; only its beginning is read."""
    with path.open("rb") as file:
        head = file.read(len(sealed.MAGIC))
    if head == sealed.MAGIC:
        return True
    if head[:2] != b"\x1f\x8b":
        return False
    try:
        with tarfile.open(path, "r|gz") as archive:
            first = archive.next()
    except (tarfile.TarError, EOFError, OSError, zlib.error):
        return False
    return first is not None and (first.name == "backup.json" or first.name.startswith("tables/"))


@contextmanager
def writing(file: IO[bytes], passphrase: str) -> Iterator[tarfile.TarFile]:
    target: Any = sealed.Sealing(file, passphrase) if passphrase else file
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=3) as archive:
        yield archive
    if passphrase:
        target.close()


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(member(name, len(content)), io.BytesIO(content))


def member(name: str, size: int) -> tarfile.TarInfo:
    """Of its owner alone, also for whoever unpacks it by hand."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def members(source: Path, passphrase: str, *, whole: Hashing | None = None) -> Iterator[tuple[str, IO[bytes]]]:
    """(name, content) of each member in its order, in one pass. Raises BackupUnreadable, sealed.WrongPassphrase, OSError."""
    with source.open("rb") as raw:
        file: Any = raw
        if raw.read(len(sealed.MAGIC)) == sealed.MAGIC and not passphrase:
            raise sealed.WrongPassphrase("it is encrypted: give its passphrase")
        raw.seek(0)
        if whole is not None:
            whole._source = raw
            file = io.BufferedReader(whole, BLOCK)
        if passphrase:
            file = io.BufferedReader(sealed.Opening(file, passphrase), BLOCK)
        try:
            with tarfile.open(fileobj=file, mode="r|gz") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isreg() else None
                    if content is None:
                        raise BackupUnreadable(f"{member.name} is no plain file")
                    yield member.name, content
            while file.read(BLOCK):  # what follows the last member counts too, for the hash of the whole
                pass
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise BackupUnreadable(str(error) or type(error).__name__) from error


def read_through(
    source: Path, passphrase: str, *, keep: Callable[[str, IO[bytes]], None], progress: Progress = lambda count: None
) -> Contents:
    """Read all of it once, compare every checksum, and hand each file of the data directory to `keep`.

    Raises BackupUnreadable, sealed.WrongPassphrase, OSError.
    """
    found, listed = Contents(), None
    whole = Hashing(io.BytesIO(), progress)
    for name, content in members(source, passphrase, whole=whole):
        path = PurePosixPath(name)
        if name == "backup.json":
            found.told = _json(content)
        elif name == "files.json":
            listed = _json(content)
        elif path.parts[0] == "tables":
            found.tables[path.stem] = _exhausted(Hashing(content))
        elif path.parts[0] == "data" and len(path.parts) > 1 and ".." not in path.parts:
            hashing = Hashing(content)
            keep(str(PurePosixPath(*path.parts[1:])), io.BufferedReader(hashing, BLOCK))
            found.files[name] = _exhausted(hashing)
        else:
            raise BackupUnreadable(f"{name} is no file of ours")
    found.sha256, found.size = whole.sha256.hexdigest(), whole.size
    _compare(found, listed)
    return found


def _json(content: IO[bytes]) -> dict[str, Any]:
    try:
        found = json.loads(content.read())
    except ValueError as error:
        raise BackupUnreadable(str(error)) from error
    if not isinstance(found, dict):
        raise BackupUnreadable("not our list of contents")
    return found


def _exhausted(hashing: Hashing) -> str:
    while hashing.read(BLOCK):
        pass
    return hashing.sha256.hexdigest()


def _compare(found: Contents, listed: dict[str, Any] | None) -> None:
    told = found.told
    try:
        if told["format"] not in FORMATS:
            raise BackupUnreadable(f"format {told['format']}")
        for name, facts in told["tables"].items():
            if found.tables[name] != facts["sha256"] or not isinstance(facts["rows"], int):
                raise BackupUnreadable(f"the rows of {name} are not those that were written")
        str(told["revision"])
    except (KeyError, TypeError, AttributeError) as error:
        raise BackupUnreadable(f"it lacks {error}") from error
    if told["format"] > 1 and listed != found.files:
        raise BackupUnreadable("the files are not those that were written")
