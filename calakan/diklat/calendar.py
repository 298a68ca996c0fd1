"""Live sessions as iCalendar (RFC 5545): stable UID, SEQUENCE, the zone of the house with its VTIMEZONE.

Written out by hand: the feed of a thousand sessions takes the general library a second. Tests read it back with that library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from calakan.diklat.models import LiveSession, SessionState
from calakan.kernel.clock import abbreviation, local, place
from calakan.office.house import house

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST = 75  # octets of a line, without its end


def calendar(
    sessions: Iterable[LiveSession], *, name: str, base_url: str, with_rooms: bool = False, method: str = "PUBLISH"
) -> bytes:
    """A calendar of these sessions, whose `diklat` is loaded. Room links only for the enrolled."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        _product(),
        f"METHOD:{method}",
        f"X-WR-CALNAME:{_text(name)}",
        *_zone(),
    ]
    # RFC 5546 wants to know whose event is taken away.
    organiser = [f"ORGANIZER:{base_url}"] if method == "CANCEL" else []
    for session in sessions:
        lines += _event(session, organiser, base_url=base_url, with_room=with_rooms)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def invitation(
    session: LiveSession, *, organizer: str, attendee: str, name: str, base_url: str, off: bool = False
) -> bytes:
    """iTIP (RFC 5546) for one guest: REQUEST puts the session into his calendar or moves it there, CANCEL takes it out.

    One message is about one UID, so several sessions are several invitations. `off` cancels it for this guest although
    the session stands.
    """
    cancelled = off or session.state is SessionState.CANCELLED
    people = [
        f"ORGANIZER;CN={_quoted(house().name)}:mailto:{organizer}",
        f"ATTENDEE;CN={_quoted(name)};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{attendee}",
    ]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        _product(),
        f"METHOD:{'CANCEL' if cancelled else 'REQUEST'}",
        *_zone(),
        *_event(session, people, base_url=base_url, with_room=True, off=off),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def method_of(*sessions: LiveSession) -> str:
    """How a mail hands these over: cancelled events are taken away, others put in place."""
    return "CANCEL" if all(s.state is SessionState.CANCELLED for s in sessions) else "PUBLISH"


def _event(
    session: LiveSession, people: list[str], *, base_url: str, with_room: bool, off: bool = False
) -> Iterator[str]:
    cancelled, zone = off or session.state is SessionState.CANCELLED, place().key
    diklat, address = session.diklat, f"{base_url}/diklat/{session.diklat.slug}"
    shown_room = session.room_url if with_room and not cancelled else ""
    yield "BEGIN:VEVENT"
    yield f"UID:sesi-{session.id}@{'calakan' if session.old_uid else urlsplit(base_url).hostname}"
    yield f"SEQUENCE:{session.sequence}"
    yield f"DTSTAMP:{session.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID={zone}:{_local(session.starts_at)}"
    yield f"DTEND;TZID={zone}:{_local(session.ends_at)}"
    yield f"SUMMARY:{_text(session.full_title)}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield f"URL:{address}"
    yield f"DESCRIPTION:{_text(chr(10).join(filter(None, (diklat.summary, shown_room, address))))}"
    if shown_room or session.place:
        yield f"LOCATION:{_text(session.place or shown_room)}"
    yield from people
    yield "END:VEVENT"


def _product() -> str:
    return f"PRODID:-//{_text(house().name)}//calakan//ID"


def _zone() -> tuple[str, ...]:
    """The three zones of the country have kept their offsets without summer time since 1988."""
    offset = f"{datetime(2000, 1, 1, tzinfo=place()):%z}"
    return (
        "BEGIN:VTIMEZONE",
        f"TZID:{place().key}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZNAME:{abbreviation()}",
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def _local(instant: datetime) -> str:
    return f"{local(instant):%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    """A TEXT value: escaped, without control characters."""
    return _CONTROL.sub("", value.replace("\r\n", "\n")).translate(_ESCAPED)


def _quoted(value: str) -> str:
    """A parameter's value in quotes, which cannot hold quotes."""
    return '"' + _CONTROL.sub("", value.replace("\n", " ").replace('"', "'")) + '"'


def _folded(line: str) -> bytes:
    """With its end; a long line is folded between characters, never inside one."""
    raw = line.encode()
    if len(raw) <= _LONGEST:
        return raw + b"\r\n"
    parts, room = [], _LONGEST
    while len(raw) > room:
        cut = room
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(raw[:cut])
        raw, room = raw[cut:], _LONGEST - 1
    return b"\r\n ".join([*parts, raw]) + b"\r\n"
