"""The relay: not confirmed by H-3, declined, not in the room: the next qualified volunteer is asked by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.audit.models import AuditEntry
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import queries, services, tasks, tokens
from calakan.narasumber.errors import CheckInTooEarly, NotYourSession, SlotTaken
from calakan.narasumber.models import Assignment, AssignmentState, NoteKind, Origin
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories

Opener = Callable[[int | None], FlaskClient]
SYSTEM = factories.SYSTEM
A = AssignmentState


def run(app: Flask) -> int:
    return tasks.pass_on(app.extensions["calakan.settings"])


def states(session_id: int) -> dict[int, AssignmentState]:
    db.session().rollback()
    return {row.person_id: row.state for row in queries.record(session_id)}


def row_of(session_id: int, person_id: int) -> Assignment:
    db.session().rollback()
    row = queries.assignment_of(session_id, person_id)
    assert row is not None
    return row


def appoint(session_id: int, person_id: int, *, agreed: bool = True) -> None:
    with db.transaction():
        services.appoint(session_id, person_id, agreed=agreed, actor=SYSTEM, now=clock.now())


def answer(session_id: int, person_id: int, *, can: bool) -> None:
    row = row_of(session_id, person_id)
    asked = row.id, row.round
    with db.transaction():
        services.answer(*asked, can=can, now=clock.now())


def times(session_id: int) -> tuple[datetime, datetime]:
    db.session().rollback()
    found = db.session().get_one(LiveSession, session_id)
    return found.starts_at, found.ends_at


def acts(session_id: int) -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(
        AuditEntry.subject_kind == "live_session",
        AuditEntry.subject_id == session_id,
        AuditEntry.act.like("narasumber.%"),
    )
    return list(db.session().scalars(wanted.order_by(AuditEntry.id)))


def kinds(person_id: int) -> list[NoteKind]:
    db.session().rollback()
    return [note.kind for note in reversed(queries.notes_on(person_id))]


def test_before_h_minus_3_nobody_is_asked_by_itself(app: Flask) -> None:
    factories.volunteer()
    id = factories.slot(days=4)
    assert (run(app), states(id)) == (0, {})


def test_an_empty_slot_at_h_minus_3_goes_from_one_to_the_next(app: Flask) -> None:
    first, second = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    factories.volunteer("Cici", topics=("koding",))
    id = factories.slot(days=2)
    assert run(app) == 1
    assert states(id) == {first: A.INVITED}
    assert [run(app) for _ in range(3)] == [0, 0, 0]
    answer(id, first, can=False)
    assert run(app) == 1
    assert states(id) == {first: A.DECLINED, second: A.INVITED}
    assert row_of(id, second).origin is Origin.RELAY
    answer(id, second, can=True)
    assert run(app) == 0
    assert states(id) == {first: A.DECLINED, second: A.CONFIRMED}
    assert (kinds(first), kinds(second)) == ([], [NoteKind.SUBSTITUTED])
    assert acts(id) == ["narasumber.invite", "narasumber.decline", "narasumber.invite", "narasumber.agree"]


def test_no_answer_in_time_lapses_and_passes_on(app: Flask) -> None:
    first, second = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    id = factories.slot(days=2)
    run(app)
    due = row_of(id, first).reply_by
    assert due is not None
    with time_machine.travel(due - timedelta(minutes=1)):
        assert run(app) == 0
    with time_machine.travel(due):
        assert run(app) == 1
        assert states(id) == {first: A.LAPSED, second: A.INVITED}
    assert kinds(first) == [NoteKind.UNANSWERED]


def test_declined_long_before_passes_on_at_once(app: Flask) -> None:
    first, second = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    id = factories.slot(days=20)
    with db.transaction():
        services.invite(id, first, actor=SYSTEM, now=clock.now())
    assert run(app) == 0
    answer(id, first, can=False)
    assert run(app) == 1
    assert states(id) == {first: A.DECLINED, second: A.INVITED}


def test_an_appointment_nobody_confirmed_is_asked_again_and_the_next_one_too(app: Flask) -> None:
    appointed, next_one = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    id = factories.slot(days=10)
    appoint(id, appointed, agreed=False)
    assert run(app) == 0
    with time_machine.travel(times(id)[0] - timedelta(days=3), tick=False):
        assert run(app) == 1
        assert states(id) == {appointed: A.INVITED, next_one: A.INVITED}
        assert row_of(id, appointed).round == 2
        assert run(app) == 0
        answer(id, appointed, can=True)
        assert states(id) == {appointed: A.CONFIRMED, next_one: A.RELEASED}
        with pytest.raises(SlotTaken):
            answer(id, next_one, can=True)
    assert "narasumber.doubt" in acts(id)


def test_whoever_agreed_is_left_in_peace(app: Flask) -> None:
    person = factories.volunteer("Ani").id
    factories.volunteer("Budi")
    id = factories.slot(days=10)
    appoint(id, person)
    with time_machine.travel(times(id)[0] - timedelta(days=1)):
        assert (run(app), states(id)) == (0, {person: A.CONFIRMED})


def test_whoever_raised_a_hand_is_asked_first(app: Flask) -> None:
    factories.volunteer("Ani")
    hand = factories.volunteer("Zainal")
    id = factories.slot(days=10)
    with db.transaction():
        services.volunteer_for(id, actor=factories.actor(hand), now=clock.now())
    with time_machine.travel(times(id)[0] - timedelta(days=2)):
        run(app)
        assert states(id) == {hand.id: A.INVITED}


def test_busy_unfit_and_pestered_volunteers_are_not_asked(app: Flask) -> None:
    busy, away = factories.volunteer("Ani").id, factories.volunteer("Budi", modes=["luring"]).id
    tired, able = factories.volunteer("Cici").id, factories.volunteer("Dedi").id
    id = factories.slot(days=2)
    appoint(factories.live_session(factories.diklat("Lain").id, times(id)[0]).id, busy)
    for n in range(queries.MOST_INVITATIONS):
        other = factories.live_session(factories.diklat(f"D{n}").id, clock.now() + timedelta(days=20 + n)).id
        with db.transaction():
            services.invite(other, tired, actor=SYSTEM, now=clock.now())
    with db.transaction():
        assert services.pass_on(id, actor=SYSTEM, now=clock.now()) == 1
    assert states(id) == {able: A.INVITED}
    assert away not in states(id)


def test_two_seats_ask_two(app: Flask) -> None:
    people = {factories.volunteer(f"Relawan {n}").id for n in range(3)}
    id = factories.slot(days=2)
    with db.transaction():
        live = db.session().get_one(LiveSession, id)
        services.set_needs(live, services.Needs(speakers=2), actor=SYSTEM, now=clock.now())
    assert (run(app), run(app)) == (2, 0)
    asked = states(id)
    assert (set(asked.values()), set(asked) <= people, len(asked)) == ({A.INVITED}, True, 2)


def test_not_in_the_room_five_minutes_after_the_start(app: Flask, client: FlaskClient) -> None:
    speaker, substitute = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    id = factories.slot(days=10)
    appoint(id, speaker)
    start = times(id)[0]
    with time_machine.travel(start + timedelta(minutes=4, seconds=59), tick=False):
        assert run(app) == 0
    with time_machine.travel(start + timedelta(minutes=5), tick=False):
        assert (run(app), run(app)) == (1, 0)
        assert states(id) == {speaker: A.CONFIRMED, substitute: A.INVITED}
        row = row_of(id, substitute)
        address = f"/relawan/tawaran/{tokens.token(row.id, row.round)}"
        assert client.post(address, data={"jawab": "bisa"}).status_code == 303
        assert client.post(f"{address}/hadir").status_code == 303
        assert run(app) == 0
    assert states(id) == {speaker: A.MISSED, substitute: A.CONFIRMED}
    assert row_of(id, substitute).replaces_id == row_of(id, speaker).id
    assert row_of(id, substitute).checked_in_at == start + timedelta(minutes=5)
    assert (kinds(speaker), kinds(substitute)) == ([NoteKind.MISSED], [NoteKind.SUBSTITUTED])


def test_coming_late_keeps_the_place_and_ends_the_search(app: Flask) -> None:
    speaker, substitute = factories.volunteer("Ani"), factories.volunteer("Budi").id
    id = factories.slot(days=10)
    appoint(id, speaker.id)
    who = factories.actor(speaker)
    with time_machine.travel(times(id)[0] + timedelta(minutes=6)):
        assert run(app) == 1
        with db.transaction():
            services.check_in(id, who.person_id or 0, actor=who, now=clock.now())
        assert states(id) == {who.person_id: A.CONFIRMED, substitute: A.RELEASED}
        with pytest.raises(SlotTaken):
            answer(id, substitute, can=True)
        assert run(app) == 0


def test_only_the_nearest_day_of_a_schedule_is_ready_to_run(app: Flask, client_of: Opener) -> None:
    speaker = factories.volunteer("Ani").id
    ids = [factories.slot(days=days) for days in (3, *range(10, 16))]
    for id in ids:
        appoint(id, speaker)
    for before, title in ((timedelta(days=1), "Berikutnya"), (timedelta(minutes=20), "Hari ini")):
        with time_machine.travel(times(ids[0])[0] - before, tick=False):
            page = client_of(speaker).get("/relawan/jadwal").get_data(as_text=True)
        assert f'<h2 id="h-a">{title}</h2>' in page
        assert (page.count("Jalankan sesi"), page.count("Siapkan"), "Sesudah itu (6)" in page) == (1, 6, True)
        assert "2 sesi lagi" in page


def test_in_the_room_in_time_nobody_is_asked(app: Flask, client_of: Opener) -> None:
    speaker = factories.volunteer("Ani").id
    factories.volunteer("Budi")
    id = factories.slot(days=10)
    appoint(id, speaker)
    session = diklat_queries.live_session_by_id(id)
    assert session is not None
    path, start = f"/relawan/{session.diklat.slug}/{session.number}/hadir", session.starts_at
    with pytest.raises(CheckInTooEarly), db.transaction():
        services.check_in(id, speaker, actor=SYSTEM, now=clock.now())
    with time_machine.travel(start - timedelta(minutes=20), tick=False):
        browser = client_of(speaker)
        assert "Saya sudah di ruang" in browser.get("/relawan/jadwal").get_data(as_text=True)
        assert browser.post(path).status_code == 302
        assert browser.post(path).status_code == 302
    with time_machine.travel(start + timedelta(minutes=30)):
        assert run(app) == 0
    assert row_of(id, speaker).checked_in_at == start - timedelta(minutes=20)


def test_whoever_was_in_the_room_before_it_moved_is_asked_for_again(app: Flask) -> None:
    """Else the relay would wait for nobody at the new hour, and he could not say that he is there."""
    speaker = factories.volunteer("Ani").id
    id = factories.slot(days=10)
    appoint(id, speaker)
    session = diklat_queries.live_session_by_id(id)
    assert session is not None
    (start, end), title, jp = times(id), session.title, session.jp
    early = start - timedelta(minutes=20)
    with time_machine.travel(early, tick=False):
        with db.transaction():
            services.check_in(id, speaker, actor=SYSTEM, now=clock.now())
        for by, stays in ((timedelta(minutes=10), True), (timedelta(days=1), False)):
            plan = sessions.SessionPlan(title=title, starts_at=start + by, ends_at=end + by, jp=jp)
            with db.transaction():
                sessions.change(id, plan, actor=SYSTEM, now=clock.now())
            assert row_of(id, speaker).checked_in_at == (early if stays else None)
    with time_machine.travel(start + timedelta(days=1), tick=False):
        with db.transaction():
            services.check_in(id, speaker, actor=SYSTEM, now=clock.now())
        assert row_of(id, speaker).checked_in_at == start + timedelta(days=1)


def test_opening_the_attendance_code_is_being_in_the_room(app: Flask) -> None:
    speaker = factories.volunteer("Ani")
    id, who = factories.slot(days=10), factories.actor(speaker)
    appoint(id, who.person_id or 0)
    start = times(id)[0]
    with time_machine.travel(start - timedelta(minutes=10), tick=False):
        with db.transaction():
            attendance.open_check_in(id, minutes=30, actor=SYSTEM, now=clock.now())
        assert row_of(id, who.person_id or 0).checked_in_at is None
        with db.transaction():
            attendance.open_check_in(id, minutes=30, actor=who, now=clock.now())
    assert row_of(id, who.person_id or 0).checked_in_at == start - timedelta(minutes=10)


def test_whoever_was_appointed_unasked_may_simply_come(app: Flask, client: FlaskClient) -> None:
    speaker, id = factories.volunteer("Ani").id, factories.slot(days=10)
    appoint(id, speaker, agreed=False)
    row = row_of(id, speaker)
    address, start = f"/relawan/tawaran/{tokens.token(row.id, row.round)}", times(id)[0]
    with time_machine.travel(start, tick=False):
        assert "Saya sudah di ruang" in client.get(address).get_data(as_text=True)
        assert client.post(f"{address}/hadir").status_code == 303
    assert (row_of(id, speaker).checked_in_at, row_of(id, speaker).agreed_at) == (start, start)


def test_only_whoever_stands_confirmed_checks_in(app: Flask) -> None:
    stranger, id = factories.volunteer("Ani").id, factories.slot(days=2)
    with time_machine.travel(times(id)[0]), pytest.raises(NotYourSession), db.transaction():
        services.check_in(id, stranger, actor=SYSTEM, now=clock.now())


def test_past_the_middle_nobody_is_asked_any_more(app: Flask) -> None:
    factories.volunteer("Ani")
    id = factories.slot(days=2, hours=2)
    with time_machine.travel(times(id)[0] + timedelta(hours=1)):
        assert (run(app), states(id)) == (0, {})


def test_stepping_back_tells_the_panitia_and_starts_the_relay(app: Flask, client_of: Opener) -> None:
    speaker, next_one = factories.volunteer("Ani Rahma"), factories.volunteer("Budi").id
    staff, id = factories.person("Panitia", Role.PANITIA), factories.slot(days=10)
    speaker_id, staff_id = speaker.id, staff.id
    appoint(id, speaker_id)
    session = diklat_queries.live_session_by_id(id)
    assert session is not None
    path = f"/relawan/{session.diklat.slug}/{session.number}/berhalangan"
    browser = client_of(speaker_id)
    assert browser.get(path).status_code == 200
    assert browser.post(path, data={"alasan": ""}).status_code == 422
    assert browser.post(path, data={"alasan": "anak sakit"}).status_code == 302
    db.session().rollback()
    told = db.session().scalars(sa.select(Message).where(Message.kind == "narasumber.needs_panitia")).one()
    letter = letters.compose(told, clock.now())
    assert letter is not None
    assert (told.person_id, 'Ani Rahma berhalangan hadir ("anak sakit")' in letter.text) == (staff_id, True)
    assert run(app) == 1
    assert states(id) == {speaker_id: A.DECLINED, next_one: A.INVITED}
    answer(id, next_one, can=True)
    assert row_of(id, next_one).replaces_id == row_of(id, speaker_id).id
    assert (kinds(speaker_id), kinds(next_one)) == ([NoteKind.STEPPED_BACK], [NoteKind.SUBSTITUTED])


def test_the_panitia_see_it_happen_and_can_stop_it(app: Flask, client_of: Opener) -> None:
    first, staff = factories.volunteer("Ani Rahma").id, factories.person("Panitia", Role.PANITIA).id
    factories.volunteer("Budi")
    id = factories.slot(days=2)
    session = diklat_queries.live_session_by_id(id)
    assert session is not None
    base = f"/kelola/diklat/{session.diklat.slug}/sesi"
    path = f"{base}/{session.number}/narasumber"
    assert run(app) == 1
    browser = client_of(staff)
    assert "Ditawari otomatis: Ani Rahma" in browser.get(base).get_data(as_text=True)
    assert browser.post(f"{path}/estafet", data={"alasan": ""}).status_code == 303
    assert states(id) == {first: A.INVITED}
    assert browser.post(f"{path}/estafet", data={"alasan": "sudah ada lewat telepon"}).status_code == 303
    assert states(id) == {first: A.RELEASED}
    assert run(app) == 0
    page = browser.get(path).get_data(as_text=True)
    assert ("sudah ada lewat telepon" in page, "Jalankan lagi" in page) == (True, True)
    assert browser.post(f"{path}/estafet", data={"jalan": "1"}).status_code == 303
    assert run(app) == 1
    assert acts(id) == [
        "narasumber.invite",
        "narasumber.release",
        "narasumber.stop_relay",
        "narasumber.resume_relay",
        "narasumber.invite",
    ]


def test_when_nobody_is_left_the_panitia_are_told_once(app: Flask) -> None:
    only, staff = factories.volunteer("Ani").id, factories.person("Panitia", Role.PANITIA).id
    id = factories.slot(days=2)
    run(app)
    answer(id, only, can=False)
    assert [run(app) for _ in range(3)] == [0, 0, 0]
    db.session().rollback()
    told = db.session().scalars(sa.select(Message).where(Message.kind == "narasumber.needs_panitia")).all()
    assert [m.person_id for m in told] == [staff]
    letter = letters.compose(told[0], clock.now())
    assert letter is not None
    assert "Semua relawan yang cocok dan lowong sudah ditawari" in letter.text
    assert acts(id).count("narasumber.relay_dry") == 1


def test_a_substitute_asked_for_by_hand(app: Flask) -> None:
    speaker, next_one = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    id = factories.slot(days=10)
    appoint(id, speaker)
    with time_machine.travel(times(id)[0] + timedelta(minutes=2)):
        with db.transaction():
            assert services.ask_substitute(id, reason="tidak terhubung", actor=SYSTEM, now=clock.now()) == 1
        assert states(id) == {speaker: A.MISSED, next_one: A.INVITED}
    assert kinds(speaker) == [NoteKind.MISSED]


def test_a_session_that_is_off_is_left_alone(app: Flask) -> None:
    from calakan.diklat.services import sessions, states

    factories.volunteer("Ani")
    one, two = factories.slot("Satu", days=2), factories.slot("Dua", days=2)
    course = db.session().get_one(LiveSession, two).diklat_id
    with db.transaction():
        sessions.cancel(one, reason="batal", actor=SYSTEM, now=clock.now())
    with db.transaction():
        states.cancel(course, reason="batal", actor=SYSTEM, now=clock.now())
    assert run(app) == 0
    with db.transaction():
        assert services.pass_on(one, actor=SYSTEM, now=clock.now()) == 0
