"""Calendars as strict programs read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from calakan.diklat import calendar
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.kernel.clock import WIB

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


def session(title: str = "Sesi 1", summary: str = "Ringkas.", **values: object) -> LiveSession:
    given = {
        "id": 7, "number": 1, "title": title, "starts_at": NOW, "ends_at": NOW + timedelta(hours=2), "sequence": 3,
        "changed_at": NOW, "state": SessionState.PLANNED, "place": "", "room_url": "https://zoom.example/j/1", **values,
    }  # fmt: skip
    made = LiveSession(**given)
    made.diklat = Diklat(slug="numerasi", title='Numerasi; asyik, \\ dan "mudah"', summary=summary)
    return made


def read(content: bytes) -> tuple[icalendar.Calendar, list[icalendar.Event]]:
    """As RFC 5545 has it: lines of at most 75 octets that end in CRLF, and no component with an error."""
    text = content.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    book = icalendar.Calendar.from_ical(content)
    assert [part.errors for part in book.walk() if part.errors] == []
    for part in book.walk():
        assert [name for name in part.required if name not in part] == []
    return book, list(book.walk("VEVENT"))


def test_an_event_with_all_its_parts() -> None:
    book, events = read(calendar.calendar([session()], name="A, B", base_url="https://x.example", with_rooms=True))
    zone = book.walk("VTIMEZONE")[0]
    assert (str(zone["TZID"]), zone.walk("STANDARD")[0]["TZOFFSETTO"].td) == ("Asia/Jakarta", timedelta(hours=7))
    assert (str(book["METHOD"]), str(book["X-WR-CALNAME"])) == ("PUBLISH", "A\\, B")
    event = events[0]
    assert (str(event["UID"]), event["SEQUENCE"], str(event["STATUS"])) == ("sesi-7@x.example", 3, "CONFIRMED")
    assert event["DTSTART"].dt == NOW.astimezone(WIB)
    assert event["DTEND"].dt == (NOW + timedelta(hours=2)).astimezone(WIB)
    assert (event["DTSTART"].params["TZID"], event["DTSTAMP"].dt) == ("Asia/Jakarta", NOW)
    assert str(event["SUMMARY"]) == 'Numerasi; asyik, \\ dan "mudah" · Sesi 1'
    assert str(event["DESCRIPTION"]) == "Ringkas.\nhttps://zoom.example/j/1\nhttps://x.example/diklat/numerasi"
    assert (str(event["LOCATION"]), str(event["URL"])) == (
        "https://zoom.example/j/1",
        "https://x.example/diklat/numerasi",
    )


def test_rooms_are_for_the_enrolled() -> None:
    content = calendar.calendar([session()], name="A", base_url="https://x.example")
    assert b"zoom" not in content
    assert "LOCATION" not in read(content)[1][0]


def test_a_cancelled_session_takes_itself_away() -> None:
    gone = session(state=SessionState.CANCELLED)
    assert (calendar.method_of(gone), calendar.method_of(gone, session())) == ("CANCEL", "PUBLISH")
    book, events = read(
        calendar.calendar([gone], name="A", base_url="https://x.example", with_rooms=True, method="CANCEL")
    )
    assert (str(book["METHOD"]), str(events[0]["STATUS"])) == ("CANCEL", "CANCELLED")
    assert (str(events[0]["ORGANIZER"]), "LOCATION" in events[0]) == ("https://x.example", False)


@pytest.mark.parametrize(
    "text",
    [
        "é" * 200,
        "𝔘" * 60,
        "a" * 74 + "é",
        "baris\r\nBEGIN:VEVENT\r\nUID:palsu",
        "END:VCALENDAR\n",
        "titik; koma, dan \\n",
        "\x00\x07\x1b",
        "",
    ],
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    _, events = read(calendar.calendar([session(title=text, summary=text)], name=text, base_url="https://x.example"))
    clean = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c >= " ")
    assert [str(event["UID"]) for event in events] == ["sesi-7@x.example"]
    assert str(events[0]["SUMMARY"]).partition(" · ")[2] == clean


def test_what_was_sent_under_an_older_name_keeps_it() -> None:
    _, (event,) = read(calendar.calendar([session(old_uid=True)], name="A", base_url="https://x.example:8443"))
    assert str(event["UID"]) == "sesi-7@calakan"
    _, (event,) = read(calendar.calendar([session()], name="A", base_url="https://x.example:8443"))
    assert str(event["UID"]) == "sesi-7@x.example"
