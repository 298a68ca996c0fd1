"""A backup each night, kept for some days, without anybody thinking of it."""

from __future__ import annotations

import fcntl
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import config
from calakan.kernel import backup, clock, db, elsewhere

UPGRADE_DAYS = 7  # nobody goes back to the version before after that
FROM_HOUR = 1  # local; long after the last reminder and before the first
_NAME = re.compile(r"calakan-(\d{4}-\d\d-\d\d)\.tar\.gz(\.sealed)?")
_log = logging.getLogger(__name__)


def folder(settings: config.Settings) -> Path:
    return Path(settings.backup_dir) if settings.backup_dir else settings.data_dir / "backups"


def kept(settings: config.Settings) -> dict[date, Path]:
    """Whole backups of ours by their local day, the newest first; what else lies in the folder is none of them."""
    place = folder(settings)
    named = {path: _NAME.fullmatch(path.name) for path in place.iterdir()} if place.is_dir() else {}
    found = {date.fromisoformat(match[1]): path for path, match in named.items() if match}
    return dict(sorted(found.items(), reverse=True))


def due(settings: config.Settings, now: datetime) -> bool:
    """Once a local day, from FROM_HOUR on: a host that slept through the night makes it up in the morning."""
    local = clock.local(now)
    if not settings.backup_keep or local.hour < FROM_HOUR:
        return False
    return next(iter(kept(settings)), date.min) < local.date()


def run(settings: config.Settings) -> int:
    """Write what is due, then let go of all but the newest CALAKAN_BACKUP_KEEP. Returns how many were written.

    Nothing old goes before the new one is whole and read back. Where the disk cannot hold it, none is written, an error
    is logged, and `doctor` and `/metrics` tell the growing age. Raises OSError, sqlalchemy.exc.SQLAlchemyError.
    """
    now = clock.now()
    _forget_upgrades(settings, now)
    if not due(settings, now):
        return 0
    with _alone(folder(settings)) as mine:
        if not mine or not due(settings, now):
            return 0
        target = (
            folder(settings) / f"calakan-{clock.local(now).date()}.tar.gz{'.sealed' * bool(settings.backup_passphrase)}"
        )
        if (lacking := _lacking(settings, target)) > 0:
            _log.error("no nightly backup: %s lacks %d MB of space", folder(settings), lacking // 1_000_000 + 1)
            return 0
        found = backup.write(
            target,
            engine=db.engine(),
            data_dir=settings.data_dir,
            made_at=now,
            passphrase=settings.backup_passphrase,
            elsewhere=elsewhere.of(settings),
        )
        _log.info("nightly backup %s: %d bytes, every checksum compared", target.name, found.size)
        for path in list(kept(settings).values())[settings.backup_keep :]:
            path.unlink(missing_ok=True)
    return 1


def _forget_upgrades(settings: config.Settings, now: datetime) -> None:
    """Rows that were kept to go back after an upgrade hold what was erased since."""
    for path in (settings.data_dir / "upgrades").glob("*.rows"):
        if now.timestamp() - path.stat().st_mtime > UPGRADE_DAYS * 86_400:
            path.unlink(missing_ok=True)


def age_days(settings: config.Settings, now: datetime) -> int | None:
    """Local days since the newest backup; None: there is none."""
    newest = next(iter(kept(settings)), None)
    return None if newest is None else (clock.local(now).date() - newest).days


@contextmanager
def _alone(place: Path) -> Iterator[bool]:
    """Whether this process is the one that writes; two workers of one host may hear the same bell."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _lacking(settings: config.Settings, target: Path) -> int:
    """Bytes that are wanting, with room left for what the site itself writes meanwhile: as much again."""
    newest = next(iter(kept(settings).values()), None)
    size = newest.stat().st_size if newest else backup.size_of_files(settings.data_dir, target, elsewhere.of(settings))
    return 2 * size - shutil.disk_usage(target.parent).free
