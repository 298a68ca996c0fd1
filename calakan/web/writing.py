"""Whether writes get through: the disk of the data directory, and the database where it has a disk of its own."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from calakan.kernel import db

KEPT_SECONDS = 5.0  # probes come from strangers too
_BYTES = 64 * 1024
_lock = threading.Lock()
_last: dict[Path, tuple[float, str | None]] = {}


def trouble(data_dir: Path) -> str | None:
    """Which writes fail, `files` or `database`; None when all are well. Asked anew each KEPT_SECONDS in a process."""
    with _lock:
        at, found = _last.get(data_dir, (-KEPT_SECONDS, None))
        if time.monotonic() - at >= KEPT_SECONDS:
            found = _trouble(data_dir)
            _last[data_dir] = time.monotonic(), found
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
