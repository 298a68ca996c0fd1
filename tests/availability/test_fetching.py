"""Reading a foreign calendar: only the open Internet, at the checked address, within limits."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from calakan.availability import reading
from calakan.availability.addresses import checked, is_public
from calakan.availability.errors import CalendarAddressInvalid
from calakan.availability.fetching import Fetcher, FetchFailed
from tests.availability.calendar_server import Server, serving

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://calendar.google.com/a.ics", "scheme"),
        ("ftp://example.com/a.ics", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("", "scheme"),
        ("https://", "address"),
        ("https://user:pass@example.com/a.ics", "address"),
        ("https://example.com:8443/a.ics", "address"),
        ("https://example.com\\@127.0.0.1/", "address"),
        ("https://example.com/a\r\nHost: b", "address"),
        ("https://[::1/a", "address"),
        ("https://example.com:99999/", "address"),
        ("https://" + "a" * 600 + ".com/", "address"),
        ("https://localhost/a.ics", "private"),
        ("https://127.0.0.1/a.ics", "private"),
        ("https://127.1/a.ics", "private"),
        ("https://2130706433/a.ics", "private"),
        ("https://0x7f.0.0.1/a.ics", "private"),
        ("https://0/a.ics", "private"),
        ("https://10.1.2.3/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://[::1]/a.ics", "private"),
        ("https://[::ffff:127.0.0.1]/a.ics", "private"),
        ("https://[fe80::1]/a.ics", "private"),
        ("https://router/a.ics", "private"),
        ("https://printer.local/a.ics", "private"),
    ],
)
def test_addresses_that_are_refused_at_once(url: str, why: str) -> None:
    with pytest.raises(CalendarAddressInvalid) as refused:
        checked(url)
    assert refused.value.facts == {"why": why}


def test_webcal_is_https() -> None:
    assert checked("webcal://calendar.example.com/a.ics?b=1#c") == "https://calendar.example.com/a.ics?b=1"


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.1.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
    ],
)
def test_what_counts_as_the_open_internet(text: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(text)) is public


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(server: Server, found: list[str]) -> None:
    asked = len(server.asked)
    fetcher = Fetcher(resolve=lambda host, port: [ipaddress.ip_address(text) for text in found])
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch("https://calendar.example.com/a.ics")
    assert (failed.value.why, len(server.asked)) == ("private", asked)


def test_the_checked_address_is_the_one_connected_to(server: Server) -> None:
    """A name server that answers differently the second time is never asked a second time."""
    answers = [["127.0.0.1"], ["8.8.8.8"]]
    fetcher = server.fetcher()
    fetcher._resolve = lambda host, port: [ipaddress.ip_address(text) for text in answers.pop(0)]
    server.pages["/ok"] = (200, {}, b"BEGIN:VCALENDAR", 0)
    assert fetcher.fetch("https://calendar.test/ok") == b"BEGIN:VCALENDAR"
    assert answers == [["8.8.8.8"]]


def test_a_redirect_is_followed_and_checked_like_the_first_address(server: Server) -> None:
    server.pages["/ok"] = (200, {}, b"BEGIN:VCALENDAR", 0)
    server.pages["/there"] = (302, {"Location": "/ok"}, b"", 0)
    assert server.fetcher().fetch("https://calendar.test/there") == b"BEGIN:VCALENDAR"
    inside = {"inside.example.com": ["10.0.0.1"]}
    for target in (
        "http://calendar.test/ok",
        "https://127.0.0.1/ok",
        "https://inside.example.com/",
        "file:///etc/hosts",
    ):
        server.pages["/away"] = (301, {"Location": target}, b"", 0)
        with pytest.raises(FetchFailed) as failed:
            server.fetcher(hosts=inside).fetch("https://calendar.test/away")
        assert failed.value.why == "private"
    server.pages["/round"] = (302, {"Location": "/round"}, b"", 0)
    with pytest.raises(FetchFailed) as failed:
        server.fetcher().fetch("https://calendar.test/round")
    assert failed.value.why == "redirects"


def test_size_time_and_status_have_their_limits(server: Server) -> None:
    server.pages["/large"] = (200, {}, b"x" * (2 * 1024 * 1024 + 1), 0)
    server.pages["/slow"] = (200, {}, b"x" * 100, 0.3)
    server.pages["/gone"] = (404, {}, b"", 0)
    for path, why in (("large", "large"), ("gone", "status")):
        with pytest.raises(FetchFailed) as failed:
            server.fetcher().fetch(f"https://calendar.test/{path}")
        assert failed.value.why == why
    start = time.monotonic()
    with pytest.raises(FetchFailed) as failed:
        server.fetcher(seconds=1).fetch("https://calendar.test/slow")
    assert failed.value.why == "slow"
    assert time.monotonic() - start < 20  # all of it takes thirty


def test_a_certificate_of_another_host_is_refused(server: Server) -> None:
    fetcher = server.fetcher(hosts={"other.example.com": ["127.0.0.1"]})
    fetcher._check = lambda url: f"https://other.example.com:{server.port}/ok"
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch("https://other.example.com/ok")
    assert failed.value.why == "unreachable"


def book(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n" for e in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def at(day: int, hour: int, month: int = 12) -> datetime:
    """An hour of a day in 2026, in WIB."""
    return datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=7)


def test_what_blocks_and_what_does_not() -> None:
    content = book(
        "UID:1\r\nDTSTART;TZID=Asia/Jakarta:20261201T090000\r\nDTEND;TZID=Asia/Jakarta:20261201T110000",
        "UID:2\r\nDTSTART:20261202T020000Z\r\nDURATION:PT1H",
        "UID:3\r\nDTSTART;VALUE=DATE:20261203",
        "UID:4\r\nDTSTART:20261204T020000Z\r\nDTEND:20261204T030000Z\r\nTRANSP:TRANSPARENT",
        "UID:5\r\nDTSTART:20261204T020000Z\r\nDTEND:20261204T030000Z\r\nSTATUS:CANCELLED",
        "UID:6\r\nDTSTART:20251204T020000Z\r\nDTEND:20251204T030000Z",
        "UID:7\r\nDTSTART:20261204T040000Z\r\nDTEND:20261204T030000Z",
        "UID:8\r\nSUMMARY:no times at all",
        "UID:9\r\nDTSTART:20261205T080000\r\nDTEND:20261205T090000",
    )
    assert reading.busy_times(content, now=NOW) == [
        (at(1, 9), at(1, 11)),
        (at(2, 9), at(2, 10)),
        (at(3, 0), at(4, 0)),
        (at(5, 8), at(5, 9)),
    ]


def test_repeated_events_with_exceptions() -> None:
    content = book(
        "UID:a\r\nDTSTART;TZID=Asia/Jakarta:20261201T090000\r\nDTEND;TZID=Asia/Jakarta:20261201T100000\r\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20261229T020000Z\r\nEXDATE;TZID=Asia/Jakarta:20261208T090000",
        "UID:a\r\nRECURRENCE-ID;TZID=Asia/Jakarta:20261215T090000\r\n"
        "DTSTART;TZID=Asia/Jakarta:20261215T140000\r\nDTEND;TZID=Asia/Jakarta:20261215T150000",
    )
    found = reading.busy_times(content, now=NOW)
    assert [start for start, _ in found] == [at(1, 9), at(15, 14), at(22, 9), at(29, 9)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:\xff\xfe\x00\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"X" * 300_000 + b"\r\nEND:VCALENDAR",
    ],
)
def test_hostile_files_give_nothing(content: bytes) -> None:
    with suppress(reading.NotACalendar):
        assert reading.busy_times(content, now=NOW) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=NONSENSE",
    ],
)
def test_endless_rules_end(rule: str) -> None:
    events = [f"UID:{n}\r\nDTSTART:19900101T000000Z\r\nDTEND:19900101T001000Z\r\nRRULE:{rule}" for n in range(20)]
    start = time.monotonic()
    with suppress(reading.TooMuch):
        assert len(reading.busy_times(book(*events), now=NOW)) <= reading.MOST_TIMES
    assert time.monotonic() - start < 60
