"""Calendars with lists of dates, and rules that never come true: all dates, in little time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from calakan.availability.reading import busy_times

FILES = Path(__file__).parent / "files"
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


def shown(content: bytes) -> list[str]:
    return [f"{start:%d %H}-{end:%H}" for start, end in busy_times(content, now=NOW)]


def event(*lines: str) -> bytes:
    body = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(body).encode()


def test_dates_that_stand_one_by_one() -> None:
    assert shown((FILES / "rdate.ics").read_bytes()) == ["01 02-03", "08 02-03", "15 02-03"]
    assert shown((FILES / "rdate-period.ics").read_bytes()) == ["01 02-03", "08 02-04", "15 02-04"]
    start = ("DTSTART:20261201T020000Z", "DTEND:20261201T030000Z")
    both = event(
        *start, "RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20261210T020000Z,20261211T020000Z", "EXDATE:20261211T020000Z"
    )
    assert shown(both) == ["01 02-03", "08 02-03", "10 02-03"]
    days = event("DTSTART;VALUE=DATE:20261201", "RDATE;VALUE=DATE:20261203")
    assert shown(days) == ["30 17-17", "02 17-17"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["01", "02", "03"]),
        ("FREQ=DAILY;INTERVAL=2;UNTIL=20261206T000000Z", ["01", "03", "05"]),
        ("FREQ=DAILY;BYDAY=MO,TU;COUNT=3", ["01", "07", "08"]),
        ("FREQ=DAILY;BYMONTH=12;BYMONTHDAY=-1;COUNT=1", ["31"]),
    ],
)
def test_daily_rules(rule: str, expected: list[str]) -> None:
    content = event("DTSTART:20261201T020000Z", "DTEND:20261201T030000Z", f"RRULE:{rule}")
    assert [text[:2] for text in shown(content)] == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=0", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;BYWEEKNO=1;BYMONTH=6", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=-1",
    ],
)  # fmt: skip
def test_rules_that_never_come_true_end_soon(rule: str) -> None:
    began = time.process_time()
    assert busy_times(event("DTSTART:19900101T020000Z", "DTEND:19900101T030000Z", f"RRULE:{rule}"), now=NOW) == []
    assert time.process_time() - began < timedelta(seconds=3).total_seconds()
