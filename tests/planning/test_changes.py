"""Moving and cancelling: the radius first, then one transaction stops, tells once and frees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions, states
from calakan.diklat.services.sessions import SessionPlan
from calakan.enrolment import reminders
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Duty
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.planning import radius, words
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def course(days: int = 3) -> tuple[int, int, int, int]:
    """diklat, its session, a confirmed speaker, an enrolled teacher; what was queued so far has left."""
    diklat_id = factories.diklat("Numerasi", days=days).id
    session_id = first_session(diklat_id)
    speaker, teacher = factories.person("Tri", Role.NARASUMBER).id, factories.person("Ani").id
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        enrolment.join(diklat_id, teacher, actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        session.execute(sa.update(Enrolment).values(decided_at=clock.now() - timedelta(days=30)))
        session.execute(sa.update(Message).values(state=WorkState.DONE))
    return diklat_id, session_id, speaker, teacher


def first_session(diklat_id: int) -> int:
    id = db.session().scalar(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id))
    assert id is not None
    return id


def move(session_id: int, by: timedelta) -> None:
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        plan = SessionPlan(title=live.title, starts_at=live.starts_at + by, ends_at=live.ends_at + by)
        sessions.change(session_id, plan, actor=factories.SYSTEM, now=clock.now())


def waiting() -> list[Message]:
    return list(
        db.session().scalars(sa.select(Message).where(Message.state == WorkState.PENDING).order_by(Message.kind))
    )


def composed(at: datetime) -> list[tuple[str, int, letters.Letter]]:
    found = [(m.kind, m.person_id, letters.compose(m, at)) for m in waiting()]
    return [(kind, person, letter) for kind, person, letter in found if letter is not None]


def event(letter: letters.Letter) -> tuple[icalendar.Calendar, icalendar.Event]:
    book = icalendar.Calendar.from_ical(letter.attachments[0].content)
    return book, book.walk("VEVENT")[0]


def test_the_radius_counts_people_and_reminders(app: Flask) -> None:
    diklat_id, session_id, _, _ = course()
    second = factories.person("Budi").id
    with db.transaction():
        enrolment.join(diklat_id, second, actor=factories.SYSTEM, now=clock.now())
    diklat = db.session().get_one(Diklat, diklat_id)
    touched = radius.of_sessions(diklat, diklat_queries.sessions_of(diklat_id), now=clock.now())
    assert touched == radius.Radius(participants=2, waiting=0, speakers=1, reminders=2)
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(remind=False))
    diklat = db.session().get_one(Diklat, diklat_id)
    touched = radius.of_sessions(diklat, diklat_queries.sessions_of(diklat_id), now=clock.now())
    assert words.touched(touched) == "2 peserta, 1 narasumber, 0 pengingat menunggu"
    assert session_id in [s.id for s in diklat_queries.sessions_of(diklat_id)]


def test_moved_twice_within_minutes_is_told_once_with_the_last(app: Flask) -> None:
    _, session_id, speaker, teacher = course()
    move(session_id, timedelta(days=1))
    move(session_id, timedelta(days=1))
    assert composed(clock.now()) == composed(clock.now())
    told = composed(clock.now() + timedelta(minutes=10))
    assert [(kind, person) for kind, person, _ in told] == [
        ("enrolment.session_moved", teacher),
        ("narasumber.session_moved", speaker),
    ]
    live = db.session().get_one(LiveSession, session_id)
    for kind, _, letter in told:
        book, entry = event(letter)
        method = "REQUEST" if kind.startswith("enrolment.") else "PUBLISH"
        assert (book["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == (method, "CONFIRMED", 2)
        assert (entry["UID"], entry["DTSTART"].dt) == (
            f"sesi-{session_id}@calakan.test",
            clock.local(live.starts_at).replace(microsecond=0),
        )
        assert {e["TZID"] for e in book.walk("VTIMEZONE")} == {"Asia/Jakarta"}
    assert {m.due_at > clock.now() + timedelta(minutes=4) for m in waiting()} == {True}


def test_a_near_session_is_told_of_at_once(app: Flask) -> None:
    _, session_id, _, _ = course(days=1)
    with db.transaction() as session:
        soon = clock.now() + timedelta(minutes=50)
        session.execute(sa.update(LiveSession).values(starts_at=soon, ends_at=soon + timedelta(hours=2)))
    with db.transaction():
        sessions.cancel(session_id, reason="Listrik padam", actor=factories.SYSTEM, now=clock.now())
    assert {m.due_at <= clock.now() for m in waiting()} == {True}


def test_moved_then_cancelled_tells_only_the_cancellation(app: Flask) -> None:
    _, session_id, speaker, teacher = course()
    move(session_id, timedelta(days=1))
    with db.transaction():
        sessions.cancel(session_id, reason="Narasumber sakit", actor=factories.SYSTEM, now=clock.now())
    told = composed(clock.now())
    assert [(kind, person) for kind, person, _ in told] == [
        ("enrolment.session_cancelled", teacher),
        ("narasumber.session_cancelled", speaker),
    ]
    for _, _, letter in told:
        book, entry = event(letter)
        assert (book["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
        assert "ORGANIZER" in entry


def test_a_queued_reminder_of_the_hour_stops_and_comes_anew(app: Flask) -> None:
    """Moved within its day the reminder's key is the same, and must not be taken for sent."""
    _, session_id, _, _ = course(days=1)
    with db.transaction() as session:
        start = clock.instant(clock.today() + timedelta(days=1), time(8))
        session.execute(
            sa.update(LiveSession).values(
                starts_at=start, ends_at=start + timedelta(hours=2), local_date=clock.local(start).date()
            )
        )
    due_at = start - timedelta(minutes=50)
    with db.transaction():
        assert reminders.queue_due(now=due_at) == 1
    move(session_id, timedelta(hours=3))
    assert [m.kind for m in waiting()] == ["enrolment.session_moved", "narasumber.session_moved"]
    with db.transaction():
        assert reminders.queue_due(now=due_at) == 0
        assert reminders.queue_due(now=due_at + timedelta(hours=3)) == 1
        assert reminders.queue_due(now=due_at + timedelta(hours=3)) == 0


def test_a_cancelled_diklat_tells_everyone_once_and_frees_the_narasumber(app: Flask) -> None:
    diklat_id, session_id, speaker, teacher = course()
    starts_at = db.session().get_one(LiveSession, session_id).starts_at
    factories.live_session(diklat_id, starts_at + timedelta(days=7))
    move(session_id, timedelta(hours=1))
    with db.transaction():
        states.cancel(diklat_id, reason="Anggaran", actor=factories.SYSTEM, now=clock.now())
    told = composed(clock.now())
    assert [(kind, person) for kind, person, _ in told] == [
        ("enrolment.diklat_cancelled", teacher),
        ("narasumber.diklat_cancelled", speaker),
    ]
    # An iTIP message is about one event, so whoever was invited gets one for each.
    assert [len(letter.attachments) for _, _, letter in told] == [2, 1]
    books = [icalendar.Calendar.from_ical(item.content) for _, _, letter in told for item in letter.attachments]
    assert [len(book.walk("VEVENT")) for book in books] == [1, 1, 1]
    assert {str(e["STATUS"]) for book in books for e in book.walk("VEVENT")} == {"CANCELLED"}
    other = factories.live_session(factories.diklat("Lain").id, starts_at).id
    with db.transaction():
        live = db.session().get_one(LiveSession, other)
        narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())


def test_feeds_keep_what_was_cancelled(app: Flask, client: FlaskClient) -> None:
    diklat_id, session_id, _, _ = course()
    draft = factories.diklat("Draf", publish=False).id
    with db.transaction():
        states.cancel(diklat_id, reason="Anggaran", actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        states.cancel(draft, reason="Anggaran", actor=factories.SYSTEM, now=clock.now())
    book = icalendar.Calendar.from_ical(client.get("/kalender.ics").data)
    assert [(str(e["UID"]), str(e["STATUS"]), e["SEQUENCE"]) for e in book.walk("VEVENT")] == [
        (f"sesi-{session_id}@calakan.test", "CANCELLED", 1)
    ]


@pytest.mark.parametrize("path", ["batal", "sesi/1/batal"])
def test_the_radius_stands_on_the_page_before(app: Flask, client_of: Opener, path: str) -> None:
    diklat_id, _, _, _ = course()
    slug, staff = db.session().get_one(Diklat, diklat_id).slug, factories.person("Panitia", Role.PANITIA).id
    page = client_of(staff).get(f"/kelola/diklat/{slug}/{path}").get_data(as_text=True)
    assert "1 peserta, 1 narasumber, 2 pengingat menunggu" in page


def test_the_price_of_calling_a_session_off_is_named_before_and_after(app: Flask, client_of: Opener) -> None:
    diklat_id, session_id, speaker, teacher = course()
    starts_at = db.session().get_one(LiveSession, session_id).starts_at
    factories.live_session(diklat_id, starts_at + timedelta(days=7))
    slug, staff = db.session().get_one(Diklat, diklat_id).slug, factories.person("Panitia", Role.PANITIA).id
    browser, address = client_of(staff), f"/kelola/diklat/{slug}/sesi/1"
    page = browser.get(f"{address}/batal").get_data(as_text=True)
    assert "JP diklat dari 8 menjadi 4" in page
    assert f'href="{address}/ubah">Pilih tanggal pengganti</a>' in page
    assert browser.post(f"{address}/batal", data={"reason": "Narasumber sakit"}).status_code == 303
    db.session().rollback()
    assert db.session().get_one(Diklat, diklat_id).jp == 4
    told = composed(clock.now())
    assert [person for _, person, _ in told] == [teacher, speaker]
    assert ["Diklat ini sekarang 4 JP" in letter.text for _, _, letter in told] == [True, True]


def test_a_move_asks_once_more_and_only_then_moves(app: Flask, client_of: Opener) -> None:
    diklat_id, session_id, speaker, _ = course()
    slug, staff = db.session().get_one(Diklat, diklat_id).slug, factories.person("Panitia", Role.PANITIA).id
    was = clock.local(db.session().get_one(LiveSession, session_id).starts_at)
    there = was + timedelta(days=1)
    typed = {
        "title": "Sesi 1",
        "starts_at": f"{there:%Y-%m-%dT%H:%M}",
        "ends_at": f"{there + timedelta(hours=3):%Y-%m-%dT%H:%M}",
        "speakers": [str(speaker)],
    }
    browser, address = client_of(staff), f"/kelola/diklat/{slug}/sesi/1/ubah"
    asked = browser.post(address, data=typed)
    assert asked.status_code == 200
    assert "1 peserta, 1 narasumber, 2 pengingat menunggu" in asked.get_data(as_text=True)
    db.session().rollback()
    assert db.session().get_one(LiveSession, session_id).sequence == 0
    assert browser.post(address, data={**typed, "ends_at": typed["starts_at"]}).status_code == 422
    assert browser.post(address, data={**typed, "yakin": "1"}).status_code == 303
    db.session().rollback()
    live = db.session().get_one(LiveSession, session_id)
    assert (f"{clock.local(live.starts_at):%Y-%m-%dT%H:%M}", live.sequence) == (typed["starts_at"], 1)
    assert browser.post(address, data={**typed, "title": "Judul lain"}).status_code == 303
