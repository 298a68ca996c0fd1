"""Live sessions as iCalendar (RFC 5545): stable UID, SEQUENCE, zone Asia/Jakarta with its VTIMEZONE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

import icalendar

from calakan.diklat.models import LiveSession, SessionState
from calakan.kernel.clock import WIB, local


def calendar(
    sessions: Iterable[LiveSession], *, name: str, base_url: str, with_rooms: bool = False, method: str = "PUBLISH"
) -> bytes:
    """A calendar of these sessions, whose `diklat` is loaded. Room links only for the enrolled."""
    book = icalendar.Calendar()
    book.add("prodid", "-//Banyumas Calakan//calakan//ID")
    book.add("version", "2.0")
    book.add("method", method)
    book.add("x-wr-calname", name)
    book.add_component(_zone())
    for session in sessions:
        event = _event(session, base_url=base_url, with_room=with_rooms)
        if method == "CANCEL":  # RFC 5546 wants to know whose event is taken away
            event.add("organizer", base_url)
        book.add_component(event)
    return bytes(book.to_ical())


def invitation(
    session: LiveSession, *, organizer: str, attendee: str, name: str, base_url: str, off: bool = False
) -> bytes:
    """iTIP (RFC 5546) for one guest: REQUEST puts the session into his calendar or moves it there, CANCEL takes it out.

    One message is about one UID, so several sessions are several invitations. `off` cancels it for this guest although
    the session stands.
    """
    cancelled = off or session.state is SessionState.CANCELLED
    book = icalendar.Calendar()
    book.add("prodid", "-//Banyumas Calakan//calakan//ID")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if cancelled else "REQUEST")
    book.add_component(_zone())
    event = _event(session, base_url=base_url, with_room=not cancelled)
    if cancelled:
        event["STATUS"] = icalendar.vText("CANCELLED")
    event.add("organizer", f"mailto:{organizer}", parameters={"CN": "Banyumas Calakan"})
    guest = {"CN": name, "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event.add("attendee", f"mailto:{attendee}", parameters=guest)
    book.add_component(event)
    return bytes(book.to_ical())


def method_of(*sessions: LiveSession) -> str:
    """How a mail hands these over: cancelled events are taken away, others put in place."""
    return "CANCEL" if all(s.state is SessionState.CANCELLED for s in sessions) else "PUBLISH"


@cache
def _zone() -> icalendar.Timezone:
    """Found by trying instants of decades, so only once; it is read, never changed."""
    return icalendar.Timezone.from_tzinfo(WIB, "Asia/Jakarta")


def _event(session: LiveSession, *, base_url: str, with_room: bool) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"sesi-{session.id}@calakan")
    event.add("sequence", session.sequence)
    event.add("dtstamp", session.changed_at)
    event.add("dtstart", _zoned(session.starts_at))
    event.add("dtend", _zoned(session.ends_at))
    event.add("summary", f"{session.title} · {session.diklat.title}")
    cancelled = session.state is SessionState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    address = f"{base_url}/diklat/{session.diklat.slug}"
    event.add("url", address)
    shown_room = session.room_url if with_room and not cancelled else ""
    event.add("description", "\n".join(filter(None, (session.diklat.summary, shown_room, address))))
    if shown_room or session.place:
        event.add("location", session.place or shown_room)
    return event


def _zoned(instant: datetime) -> datetime:
    return local(instant)
