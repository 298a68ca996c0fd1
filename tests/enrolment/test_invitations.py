"""Invitations read as a strict calendar would: RFC 5545 line by line, RFC 5546 property by property."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat import queries
from calakan.diklat.services import sessions, states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.channels import rfc5322
from calakan.notifications.channels.interface import Parcel
from calakan.notifications.models import Message
from tests import factories

SENDER = "calakan@example.org"
NAME = "Sri; Mulyati, S.Pd.: ñ\r\nX-EVIL:1"


@pytest.fixture
def seated(app: Flask) -> tuple[int, int]:
    """A diklat of one session and who is confirmed for it."""
    course = factories.diklat().id
    person = factories.person("Sri Mulyati").id
    with db.transaction():
        enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now())
    return course, person


def calendars(kind: str, name: str = NAME) -> list[tuple[str, bytes]]:
    """Method of the MIME part and its content, of the newest message of this kind as it would leave now."""
    db.session().rollback()
    message = db.session().scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id.desc())).first()
    assert message is not None
    facts, address = {**message.facts, "name": name}, message.address
    made = letters.compose(
        Message(kind=kind, subject_id=message.subject_id, person_id=message.person_id, facts=facts, address=address),
        clock.now(),
    )
    assert made is not None
    parcel = Parcel(made, key="k", kind=kind, address=address, name="Sri", at=clock.now())
    letter = email.message_from_bytes(rfc5322.mail_of(parcel, sender=SENDER), policy=email.policy.default)
    return [(str(part.get_param("method")), part.get_payload(decode=True)) for part in letter.iter_attachments()]


def strict(content: bytes, method: str) -> icalendar.Event:
    """The one event; an AssertionError for what a strict reader refuses."""
    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(0 < len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    unfolded = content.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")
    assert all(re.match(r"[A-Z-]+(;[A-Z-]+=(\"[^\"]*\"|[^\";:,]*))*:", line) for line in unfolded)
    book = icalendar.Calendar.from_ical(content)
    assert (str(book["VERSION"]), str(book["METHOD"])) == ("2.0", method)
    assert [c.name for c in book.subcomponents] == ["VTIMEZONE", "VEVENT"]
    zone, event = book.subcomponents
    assert (book.errors, zone.errors, event.errors) == ([], [], [])
    assert str(zone["TZID"]) == "Asia/Jakarta"
    assert [part["TZOFFSETTO"].to_ical() for part in zone.subcomponents][-1] == "+0700"
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "ORGANIZER", "ATTENDEE"):
        assert not isinstance(event[name], list), f"{name} twice"
    assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"
    assert event["DTSTAMP"].to_ical().endswith(b"Z")
    assert str(event["ORGANIZER"]) == f"mailto:{SENDER}"
    assert "X-EVIL" not in event
    return event


def test_a_seat_is_a_request_a_new_time_an_update_and_the_end_a_cancel(app: Flask, seated: tuple[int, int]) -> None:
    course, person = seated
    [(method, content)] = calendars("enrolment.confirmed")
    first = strict(content, "REQUEST")
    assert (method, str(first["STATUS"])) == ("REQUEST", "CONFIRMED")
    session = queries.sessions_of(course)[0]
    plan = sessions.SessionPlan(
        title=session.title,
        starts_at=session.starts_at + timedelta(days=1),
        ends_at=session.ends_at + timedelta(days=1),
    )
    with db.transaction():
        sessions.change(session.id, plan, actor=factories.SYSTEM, now=clock.now())
    [(_, content)] = calendars("enrolment.session_moved")
    moved = strict(content, "REQUEST")
    assert moved["UID"] == first["UID"]
    assert moved["SEQUENCE"] > first["SEQUENCE"]
    with db.transaction():
        enrolment.leave(course, person, actor=factories.SYSTEM, now=clock.now())
    [(method, content)] = calendars("enrolment.cancelled")
    gone = strict(content, "CANCEL")
    assert (method, str(gone["STATUS"]), gone["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
    assert gone["SEQUENCE"] >= moved["SEQUENCE"]


def test_a_cancelled_diklat_takes_its_sessions_away(app: Flask, seated: tuple[int, int]) -> None:
    with db.transaction():
        states.cancel(seated[0], reason="Bencana", actor=factories.SYSTEM, now=clock.now())
    [(method, content)] = calendars("enrolment.diklat_cancelled")
    assert (method, str(strict(content, "CANCEL")["STATUS"])) == ("CANCEL", "CANCELLED")
