"""Calendars with lists of dates, and rules that never come true: all dates, in little time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from calakan.availability import reading
from calakan.availability.reading import MOST_TIMES, Budget, NotACalendar, TooMuch, busy_times

FILES = Path(__file__).parent / "files"
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


def shown(content: bytes) -> list[str]:
    return [f"{start:%d %H}-{end:%H}" for start, end in busy_times(content, now=NOW)]


def calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR"]).encode()


def event(*lines: str) -> bytes:
    return calendar("BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT")


def both(first: bytes, second: bytes) -> bytes:
    """The events of two calendars in one."""
    return first.replace(b"END:VCALENDAR", b"") + second.partition(b"VERSION:2.0\r\n")[2]


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


NINE = ("DTSTART;TZID=Asia/Jakarta:20261201T090000", "DTEND;TZID=Asia/Jakarta:20261201T100000")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=HOURLY;INTERVAL=2;COUNT=3", ["01 02-03", "01 04-05", "01 06-07"]),
        ("FREQ=MINUTELY;INTERVAL=90;UNTIL=20261201T040000Z", ["01 02-03", "01 03-04"]),
        ("FREQ=SECONDLY;INTERVAL=7200;COUNT=2", ["01 02-03", "01 04-05"]),
        ("FREQ=DAILY;BYHOUR=9,13;COUNT=3", ["01 02-03", "01 06-07", "02 02-03"]),
        ("FREQ=DAILY;BYHOUR=9,13;BYSETPOS=-1;COUNT=2", ["01 06-07", "02 06-07"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", ["01 02-03", "03 02-03", "08 02-03"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=1", ["31 02-03"]),
        ("FREQ=YEARLY;BYWEEKNO=50;BYDAY=MO;COUNT=1", ["07 02-03"]),
    ],
)
def test_every_frequency(rule: str, expected: list[str]) -> None:
    assert shown(event(*NINE, f"RRULE:{rule}")) == expected


def test_a_rule_of_old_is_not_walked_through_from_its_start() -> None:
    old = ("DTSTART:19920107T020000Z", "DTEND:19920107T030000Z")
    assert shown(event(*old, "RRULE:FREQ=MINUTELY;INTERVAL=2880"))[:2] == ["30 02-03", "02 02-03"]
    assert shown(event(*old, "RRULE:FREQ=WEEKLY;INTERVAL=2"))[:2] == ["08 02-03", "22 02-03"]


def test_what_is_too_much_to_read_whole_is_not_read_in_part() -> None:
    with pytest.raises(TooMuch):
        busy_times(event("DTSTART:19920101T010000Z", "DTEND:19920101T020000Z", "RRULE:FREQ=SECONDLY"), now=NOW)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=23;BYMINUTE=59", "FREQ=MINUTELY;BYSETPOS=2",
        "FREQ=HOURLY;BYSETPOS=2", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;BYMINUTE=1;BYSECOND=1",
        "FREQ=YEARLY;BYSETPOS=" + ",".join(["300"] * 50_000), "FREQ=DAILY;BYSETPOS=" + ",".join(map(str, range(2, 90))),
        "FREQ=YEARLY;BYDAY=" + ",".join(["MO"] * 50_000),
    ],
)  # fmt: skip
def test_a_rule_that_is_looked_after_for_hours_is_not_begun(rule: str) -> None:
    began = time.process_time()
    with pytest.raises(TooMuch):
        busy_times(event(*NINE, f"RRULE:{rule}"), now=NOW)
    assert time.process_time() - began < timedelta(seconds=3).total_seconds()


def instants(count: int, more: str = "") -> str:
    return ",".join(f"{NOW + timedelta(minutes=n):%Y%m%dT%H%M%SZ}{more}" for n in range(count))


@pytest.mark.parametrize(
    "content",
    [
        event(*NINE, f"RDATE:{instants(20)}"),
        event(*NINE, f"EXDATE:{instants(20)}"),
        event(*NINE, *["RRULE:FREQ=DAILY;UNTIL=20200101T000000Z"] * 20),
        calendar("BEGIN:VFREEBUSY", f"FREEBUSY;FBTYPE=FREE:{instants(20, '/PT1H')}", "END:VFREEBUSY"),
        calendar(*["BEGIN:VEVENT", *NINE, "END:VEVENT"] * 4, *["BEGIN:VEVENT", "RECURRENCE-ID:20261201T020000Z", "END:VEVENT"] * 4),
    ],
    ids=["dates", "dates taken out", "rules", "spans", "each event that others may change"],
)  # fmt: skip
def test_whatever_is_listed_has_its_price(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "Budget", partial(Budget, steps=15))
    with pytest.raises(TooMuch):
        busy_times(content, now=NOW)


def test_what_is_too_much_to_keep_is_not_kept_in_part() -> None:
    with pytest.raises(TooMuch):
        busy_times(event(*NINE, f"RDATE:{instants(MOST_TIMES + 1)}"), now=NOW)
    assert len(shown(event(*NINE, f"RDATE:{instants(MOST_TIMES)}"))) == MOST_TIMES  # its own start is one of them


def test_a_change_that_names_nothing_is_no_calendar() -> None:
    with pytest.raises(NotACalendar):
        busy_times(event(*NINE, *["RECURRENCE-ID:20261201T020000Z"] * 2), now=NOW)


def test_this_and_all_that_follow_take_place_at_another_time() -> None:
    weekly = event(*NINE, "RRULE:FREQ=WEEKLY;COUNT=4")
    moved = ("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261215T090000",
             "DTSTART;TZID=Asia/Jakarta:20261216T130000", "DTEND;TZID=Asia/Jakarta:20261216T150000")  # fmt: skip
    assert shown(both(weekly, event(*moved))) == ["01 02-03", "08 02-03", "16 06-08", "23 06-08"]
    assert shown(both(weekly, event(*moved, "STATUS:CANCELLED"))) == ["01 02-03", "08 02-03"]
    # Alone it means one occurrence.
    alone = event(moved[0].replace(";RANGE=THISANDFUTURE", ""), *moved[1:])
    assert shown(both(weekly, alone)) == ["01 02-03", "08 02-03", "16 06-08", "22 02-03"]


def test_a_day_names_whatever_takes_place_on_it() -> None:
    daily = (*NINE, "RRULE:FREQ=DAILY;COUNT=3")
    assert shown(event(*daily, "EXDATE;VALUE=DATE:20261202")) == ["01 02-03", "03 02-03"]
    own = event("RECURRENCE-ID;VALUE=DATE:20261202", "DTSTART:20261202T080000Z", "DTEND:20261202T090000Z")
    assert shown(both(event(*daily), own)) == ["01 02-03", "02 08-09", "03 02-03"]


def test_free_and_busy_spans() -> None:
    spans = calendar(
        "BEGIN:VFREEBUSY", "UID:f", "DTSTART:20261201T000000Z", "DTEND:20261210T000000Z",
        "FREEBUSY:20261202T010000Z/20261202T030000Z,20261203T010000Z/PT2H", "FREEBUSY;FBTYPE=FREE:20261204T010000Z/PT2H",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261205T010000Z/PT2H", "END:VFREEBUSY",
    )  # fmt: skip
    assert shown(spans) == ["02 01-03", "03 01-03", "05 01-03"]


@pytest.mark.parametrize(
    ("word", "blocks"),
    [("FREE", False), ("WORKINGELSEWHERE", False), ("TENTATIVE", True), ("BUSY", True), ("OOF", True), ("LAIN", True)],
)
def test_what_outlook_calls_free_does_not_block(word: str, blocks: bool) -> None:
    assert bool(shown(event(*NINE, f"X-MICROSOFT-CDO-BUSYSTATUS:{word}"))) == blocks


def test_several_calendars_in_one_file_each_in_its_own_zone() -> None:
    bare = ("BEGIN:VEVENT", "UID:b", "DTSTART:20261203T090000", "DTEND:20261203T100000", "END:VEVENT")
    east = calendar("X-WR-TIMEZONE:Asia/Jayapura", *bare)
    assert shown(event(*NINE) + b"\r\n" + east) == ["01 02-03", "03 00-01"]
    assert shown(calendar("X-WR-TIMEZONE:Bukan/Zona", *bare)) == ["03 02-03"]
    day = calendar("X-WR-TIMEZONE:Asia/Jayapura", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261203", "END:VEVENT")
    assert shown(day) == ["02 15-15"]
    # Exported as instants, it repeats on the clock it was made by: an hour later in winter.
    west = calendar(
        "X-WR-TIMEZONE:Europe/Amsterdam", "BEGIN:VEVENT", "DTSTART:20261001T120000Z", "DTEND:20261001T130000Z",
        "RRULE:FREQ=WEEKLY;UNTIL=20261205T000000Z", "END:VEVENT",
    )  # fmt: skip
    assert shown(west) == ["03 13-14"]


def test_two_rules_of_one_event_and_one_without_sense() -> None:
    assert shown(event(*NINE, "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2")) == [
        "01 02-03",
        "02 02-03",
        "08 02-03",
    ]
    # No February has a 53rd Monday: dateutil looks for it behind the end of its list.
    for rule in ("FREQ=OFTEN", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2"):
        broken = event(*NINE, f"RRULE:{rule}")
        assert shown(both(broken, event(*NINE[:1], "DTEND;TZID=Asia/Jakarta:20261201T110000"))) == ["01 02-04"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYMONTH=2;BYSETPOS=300;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=0", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;BYWEEKNO=1;BYMONTH=6", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=-1",
    ],
)  # fmt: skip
def test_rules_that_never_come_true_end_soon(rule: str) -> None:
    began = time.process_time()
    assert busy_times(event("DTSTART:19900101T020000Z", "DTEND:19900101T030000Z", f"RRULE:{rule}"), now=NOW) == []
    assert time.process_time() - began < timedelta(seconds=3).total_seconds()
