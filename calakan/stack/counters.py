"""Where the processes of one installation keep what they count (`kernel.meters`), so that any of them can tell the sum.

Files that are written by mapping them: a full disk would end the process that writes. So they lie in memory where there is
such a place. Nothing here is worth keeping.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from pathlib import Path

from config import Settings

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's own; it looks once, when it is loaded
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder below it that must be ours alone
_LIVING = re.compile(r"gauge_live\w+_(\d+)\.db")
ANY = re.compile(r"\w+_(\d+)\.db")
SINCE = "since"  # read by `kernel.meters`, which is not loaded yet when this is
ABANDONED_SECONDS = 3600.0  # a start that has made its folder, and no process yet, is younger


def share(settings: Settings) -> None:
    """From now on in this process and those that it starts; before `kernel.meters` is loaded. What the dead left goes."""
    place = _place(settings)
    forget_dead(place, ANY)
    _forget_others(place)
    (place / SINCE).write_text(secrets.token_hex(8))
    os.environ[VARIABLE] = str(place)


def share_once(settings: Settings) -> None:
    """For a process that may run without the supervisor."""
    if place() is None:
        share(settings)


def place() -> Path | None:
    """The shared folder; None: this process counts alone."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None


def forget_dead(place: Path, which: re.Pattern[str] = _LIVING) -> None:
    """What a process has open now ends with it, however it ended; what it has counted stays until the next start."""
    for path in place.glob("*.db"):
        match = which.fullmatch(path.name)
        if match and not _lives(int(match[1])):
            path.unlink(missing_ok=True)


def _forget_others(ours: Path) -> None:
    """Folders of other installations of this user that were killed and never started again: nobody counts in them."""
    for place in MEMORY.glob(f"calakan-{os.getuid()}-*"):
        if place == ours or time.time() - place.lstat().st_mtime < ABANDONED_SECONDS:
            continue
        found = [ANY.fullmatch(path.name) for path in place.glob("*.db")]
        if not any(match and _lives(int(match[1])) for match in found):
            shutil.rmtree(place, ignore_errors=True)


def _place(settings: Settings) -> Path:
    """Ours alone, or below the data directory: in a folder for all, somebody else could have made it."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        wanted = MEMORY / f"calakan-{os.getuid()}-{mark(settings.data_dir)}"
        wanted.mkdir(mode=0o700, exist_ok=True)
        found = wanted.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
            return wanted
    inside = settings.data_dir / "broker" / "counters"
    inside.mkdir(mode=0o700, parents=True, exist_ok=True)
    return inside


def mark(data_dir: Path) -> str:
    """Which installation of this user it is."""
    return hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]


def end() -> None:
    """Nobody counts any more."""
    found = place()
    if found is not None:
        shutil.rmtree(found, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
