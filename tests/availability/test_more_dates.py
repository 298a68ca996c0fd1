"""Calendars as phones, offices and schools send them: zones by their Windows names, old rules, changes, what blocks nothing."""

from __future__ import annotations

import pytest

from calakan.availability.reading import NotACalendar, busy_times
from tests.availability.test_dates import NINE, NOW, both, calendar, event, shown

ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Kantor", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0700", "TZOFFSETTO:+0700",
    "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART;TZID=SE Asia Standard Time:20261201T090000", "DTEND;TZID=SE Asia Standard Time:20261201T100000"), ["01 02-03"]),
        (("DTSTART;TZID=Tokyo Standard Time:20261201T090000", "DTEND;TZID=Tokyo Standard Time:20261201T100000"), ["01 00-01"]),
        (("DTSTART:20261201T090000", "DTEND:20261201T100000"), ["01 02-03"]),
        (("DTSTART:20261201T090000", "DURATION:PT90M"), ["01 02-03"]),
        (("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"), ["30 17-17"]),
        (("DTSTART:20261201T100000", "DTEND:20261201T090000"), []),  # ends before it begins
        (("DTSTART:20261201T090000", "DTEND:20261201T090000"), []),
        ((*NINE, "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=1"), ["08 02-03"]),
        ((*NINE, "RRULE:FREQ=DAILY;UNTIL=20261203"), ["01 02-03", "02 02-03", "03 02-03"]),
        ((*NINE, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Asia/Jakarta:20261202T090000,20261203T090000"), ["01 02-03"]),
        ((*NINE, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Asia/Tokyo:20261202T110000"), ["01 02-03", "03 02-03"]),
        ((*NINE, "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TU;COUNT=3"), ["01 02-03", "13 02-03", "15 02-03"]),
        ((*NINE, "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=1"), ["31 02-03"]),
        ((*NINE, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1"), ["29 02-03"] if NOW.year == 2027 else []),
        ((*NINE, "STATUS:CANCELLED"), []),
        ((*NINE, "TRANSP:TRANSPARENT"), []),
        ((*NINE, "STATUS:TENTATIVE"), ["01 02-03"]),
        ((*NINE, "BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "END:VALARM"), ["01 02-03"]),
        ((*NINE, "SUMMARY:Rapat\\, penting\\; sekali", "DESCRIPTION:a", " b", "\tc"), ["01 02-03"]),
        ((*NINE, "EXRULE:FREQ=DAILY"), ["01 02-03"]),  # of an older standard: nobody seems free by it
        (("DTSTART;TZID=Bukan/Zona:20261201T090000", "DTEND;TZID=Bukan/Zona:20261201T100000"), ["01 02-03"]),
    ],
)  # fmt: skip
def test_one_event(lines: tuple[str, ...], expected: list[str]) -> None:
    assert shown(event(*lines))[:3] == expected


def test_a_zone_that_the_calendar_brings_along() -> None:
    own = calendar(
        *ZONE,
        "BEGIN:VEVENT",
        "UID:z",
        "DTSTART;TZID=Kantor:20261201T090000",
        "DTEND;TZID=Kantor:20261201T100000",
        "END:VEVENT",
    )
    assert shown(own) == ["01 02-03"]


def test_a_change_takes_its_occurrence_away_and_a_task_blocks_nothing() -> None:
    daily = event(*NINE, "RRULE:FREQ=DAILY;COUNT=3")
    gone = event("RECURRENCE-ID;TZID=Asia/Jakarta:20261202T090000", *NINE, "STATUS:CANCELLED")
    assert shown(both(daily, gone)) == ["01 02-03", "03 02-03"]
    assert (
        shown(calendar("BEGIN:VTODO", "UID:t", "DTSTART:20261201T020000Z", "DUE:20261201T030000Z", "END:VTODO")) == []
    )


def test_the_file_itself_in_other_hands() -> None:
    plain = event(*NINE)
    for content in (plain.replace(b"\r\n", b"\n"), b"\xef\xbb\xbf" + plain, b"\r\n\r\n" + plain, plain + b"\r\n\r\n"):
        assert shown(content) == ["01 02-03"], content[:20]
    for content in (b"", b"<html>", b"BEGIN:VCARD\r\nEND:VCARD"):
        with pytest.raises(NotACalendar):
            busy_times(content, now=NOW)


@pytest.mark.parametrize("cut", [b"DTEND", b"END:VEVENT", b"END:VCALENDAR"])
def test_what_was_cut_off_is_no_calendar(cut: bytes) -> None:
    """Half of it would let somebody seem free who is not."""
    plain = event(*NINE, "RRULE:FREQ=DAILY;COUNT=3")
    for content in (
        plain[: plain.index(cut)],
        plain.replace(b"END:VEVENT", b""),
        plain.replace(b"END:VEVENT", b"END:VTODO"),
    ):
        with pytest.raises(NotACalendar):
            busy_times(content, now=NOW)
    with pytest.raises(NotACalendar):
        busy_times(plain + b"\r\n" + plain[: plain.index(cut)], now=NOW)
