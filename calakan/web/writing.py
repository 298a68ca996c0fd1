"""Whether writes get through: the disk of the data directory, the database where it has a disk of its own, and the bucket."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from calakan.kernel import db
from config import Settings

KEPT_SECONDS = 5.0  # probes come from strangers too
PROBE_SECONDS = 1.0
_BYTES = 64 * 1024
_lock = threading.Lock()
_last: dict[Hashable, tuple[float, str | None]] = {}


def trouble(data_dir: Path) -> str | None:
    """Which writes fail, `files` or `database`; None when all are well."""
    return _seldom(data_dir, lambda: _trouble(data_dir))


def bucket_trouble(settings: Settings) -> str | None:
    """Why the bucket cannot be used; None when it can, or when there is none."""
    if not settings.many_hosts:
        return None
    from calakan.kernel.buckets import Bucket  # most installations have none

    return _seldom(settings.files_url, lambda: Bucket(settings.files_url, seconds=PROBE_SECONDS).trouble())


def _seldom(what: Hashable, look: Callable[[], str | None]) -> str | None:
    """Asked anew each KEPT_SECONDS in a process."""
    with _lock:
        at, found = _last.get(what, (-KEPT_SECONDS, None))
        if time.monotonic() - at >= KEPT_SECONDS:
            found = look()
            _last[what] = time.monotonic(), found
        return found


def _trouble(data_dir: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=data_dir, prefix=".draft-") as file:
            file.write(b"\0" * _BYTES)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return "files"
    if db.engine().dialect.name == "sqlite":  # the same disk; to wait for its one writer would hang the probe
        return None
    try:
        with db.transaction() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))
    except SQLAlchemyError:
        return "database"
    return None
