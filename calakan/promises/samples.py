"""How the site fares, noted every five minutes and kept for a day. What cannot be known is noted as such, never as zero."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.kernel import claims, clock, db, meters
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from calakan.promises import figures
from calakan.promises.models import Sample
from config import Settings

EVERY = timedelta(minutes=5)
KEPT = timedelta(hours=24)
_AHEAD = (WorkState.PENDING, WorkState.CLAIMED, WorkState.HANDING)


def take(settings: Settings) -> int:
    """Note how it is now, unless somebody has in these five minutes; let go of what is older than a day."""
    now = clock.now()
    asked = _asked(settings, now)
    # Of many hosts this one would tell its own share as if it were all.
    run, counted = ("", None) if settings.many_hosts else _counted()
    with db.transaction() as session:
        # A clock that was put back leaves notes from days to come; they would hide the curves until then.
        session.execute(sa.delete(Sample).where((Sample.at < now - KEPT) | (Sample.at > now + EVERY)))
        row = {"slot": slot(now), "at": now, "run": run, "counted": counted, "asked": asked}
        return db.insert_new(Sample, [row])


def slot(at: datetime) -> int:
    return int(at.timestamp() // EVERY.total_seconds())


def of_a_day(now: datetime) -> Sequence[Sample]:
    """The oldest first."""
    return db.session().scalars(sa.select(Sample).where(Sample.at > now - KEPT).order_by(Sample.slot)).all()


def _asked(settings: Settings, now: datetime) -> dict[str, Any]:
    letters = claims.depths(Message)
    return {
        "letters": sum(letters.get(state, 0) for state in _AHEAD),
        "oldest_s": max(figures.oldest(queue, now) for queue in figures.QUEUES.values()),
        "database_bytes": _database_bytes(),
        "free_bytes": None if settings.many_hosts else _free_bytes(settings),
    }


def _database_bytes() -> int:
    if db.engine().dialect.name == "postgresql":
        wanted = "SELECT pg_database_size(current_database())"
    else:
        wanted = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return int(db.session().scalar(sa.text(wanted)) or 0)


def _free_bytes(settings: Settings) -> int | None:
    try:
        return shutil.disk_usage(settings.data_dir).free
    except OSError:
        return None


def _counted() -> tuple[str, dict[str, Any] | None]:
    """Since which start, and the sums of all processes since then."""
    registry = meters.shared()
    if registry is None:
        return "", None
    found: dict[str, Any] = {"requests": 0, "errors": 0, "tasks_failed": 0, "within": {}}
    for family in registry.collect():
        for sample in family.samples:
            _add(found, sample.name, sample.labels, int(sample.value))
    return meters.run(), found


def _add(found: dict[str, Any], name: str, labels: dict[str, str], value: int) -> None:
    if name == "calakan_requests_total":
        found["requests"] += value
        found["errors"] += value * labels["status"].startswith("5")
    elif name == "calakan_tasks_total":
        found["tasks_failed"] += value * (labels["outcome"] == "failed")
    elif name == "calakan_request_seconds_bucket":
        found["within"][labels["le"]] = found["within"].get(labels["le"], 0) + value
