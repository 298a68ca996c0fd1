"""The only place that reads the clock. Instants are UTC and aware; the office's day is the day of its own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


class Zone(StrEnum):
    """The three zones of the country (Keppres 41/1987), by their own abbreviations. None has summer time."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"


PLACES = {Zone.WIB: WIB, Zone.WITA: ZoneInfo("Asia/Makassar"), Zone.WIT: ZoneInfo("Asia/Jayapura")}
_zone = Zone.WIB


def connect(zone: Zone) -> None:
    """The zone of the house, whenever it is read."""
    global _zone
    _zone = zone


def abbreviation() -> str:
    """`WIB`, `WITA` or `WIT`: what stands behind an hour."""
    return _zone.value


def place() -> ZoneInfo:
    """The zone of the house."""
    return PLACES[_zone]


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same instant on a clock of the house."""
    return instant.astimezone(place())


def instant(day: date, at: time) -> datetime:
    """The UTC instant of a day and a wall-clock time of the house."""
    return datetime.combine(day, at, place()).astimezone(UTC)


def start_of(day: date) -> datetime:
    return instant(day, time.min)


def end_of(day: date) -> datetime:
    """The first instant that no longer belongs to the day."""
    return start_of(day + timedelta(days=1))
