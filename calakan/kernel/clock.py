"""The only place that reads the clock. Instants are UTC and aware; the office's day is the day in Jakarta (WIB)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same instant on a clock in Jakarta."""
    return instant.astimezone(WIB)


def instant(day: date, at: time) -> datetime:
    """The UTC instant of a day and a wall-clock time in Jakarta."""
    return datetime.combine(day, at, WIB).astimezone(UTC)


def start_of(day: date) -> datetime:
    return instant(day, time.min)


def end_of(day: date) -> datetime:
    """The first instant that no longer belongs to the day."""
    return start_of(day + timedelta(days=1))
