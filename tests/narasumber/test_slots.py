"""Open slots, clashes by the hour with the office's gap, meeting accounts, and what the panitia may accept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.diklat.services.sessions import SessionPlan
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.narasumber import queries, services
from calakan.narasumber.errors import (
    AccountClash,
    AccountUnknown,
    NotAVolunteer,
    OverrideNotAllowed,
    SlotClosed,
    SlotTaken,
    SpeakerClash,
)
from calakan.narasumber.models import AssignmentState, Duty, MeetingAccount
from calakan.notifications.models import Message
from calakan.office.services import change_settings
from calakan.people.models import Jenjang
from tests import factories

Opener = Callable[[int | None], FlaskClient]
SYSTEM = factories.SYSTEM


def session_of(id: int) -> LiveSession:
    db.session().rollback()
    return db.session().get_one(LiveSession, id)


def appoint(session_id: int, person_id: int, *, override: str = "", actor: Actor = SYSTEM) -> None:
    with db.transaction():
        services.appoint(session_id, person_id, agreed=True, override=override, actor=actor, now=clock.now())


def state(session_id: int, person_id: int) -> AssignmentState | None:
    db.session().rollback()
    row = queries.assignment_of(session_id, person_id)
    return row.state if row is not None else None


def plan(starts_at: datetime, *, hours: float = 2, override: str = "") -> SessionPlan:
    return SessionPlan(
        title="Sesi lain", starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), override=override
    )


@pytest.mark.parametrize(
    ("gap", "minutes", "clashes"), [(15, 14, True), (15, 15, False), (0, 0, False), (60, 59, True)]
)
def test_two_duties_lie_the_offices_gap_apart(app: Flask, gap: int, minutes: int, clashes: bool) -> None:
    with db.transaction():
        change_settings(actor=SYSTEM, now=clock.now(), clash_buffer_minutes=gap)
    speaker, first = factories.volunteer().id, factories.slot("Satu")
    appoint(first, speaker)
    after = session_of(first).ends_at + timedelta(minutes=minutes)
    second = factories.live_session(factories.diklat("Dua").id, after).id
    if clashes:
        with pytest.raises(SpeakerClash) as refused:
            appoint(second, speaker)
        assert refused.value.facts["other_title"] == "Sesi Satu (Satu)"
    else:
        appoint(second, speaker)
    assert state(second, speaker) is (None if clashes else AssignmentState.CONFIRMED)


def test_a_moderator_is_as_busy_as_a_speaker(app: Flask) -> None:
    person, first = factories.volunteer().id, factories.slot("Satu")
    start, course = session_of(first).starts_at, factories.diklat("Dua").id
    with db.transaction():
        services.schedule(course, plan(start), [], moderator_ids=[person], actor=SYSTEM, now=clock.now())
    with pytest.raises(SpeakerClash):
        appoint(first, person)


def test_the_panitia_accept_a_clash_with_a_reason_that_is_kept(app: Flask) -> None:
    person, first, second = factories.volunteer().id, factories.slot("Satu"), factories.slot("Dua")
    appoint(first, person)
    lead = factories.actor(factories.volunteer("Pengampu"))
    with pytest.raises(OverrideNotAllowed):
        appoint(second, person, override="sebentar saja", actor=lead)
    staff = factories.actor(factories.person("Panitia", Role.PANITIA))
    appoint(second, person, override="hanya membuka acara", actor=staff)
    assert state(second, person) is AssignmentState.CONFIRMED
    entry = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "narasumber.accept_clash")).one()
    assert (entry.subject_id, entry.actor_id, entry.facts["reason"], entry.facts["person_id"]) == (
        second,
        staff.person_id,
        "hanya membuka acara",
        person,
    )


def test_a_moved_session_is_vetoed_by_whoever_would_be_elsewhere(app: Flask) -> None:
    person, first, second = factories.volunteer().id, factories.slot("Satu"), factories.slot("Dua", days=12)
    appoint(first, person)
    appoint(second, person)
    start, held = session_of(first).starts_at, session_of(second).starts_at
    with pytest.raises(SpeakerClash), db.transaction():
        services.reschedule(second, plan(start), [person], actor=SYSTEM, now=clock.now())
    assert session_of(second).starts_at == held
    with db.transaction():
        services.reschedule(second, plan(start, override="bergantian"), [person], actor=SYSTEM, now=clock.now())
    assert session_of(second).starts_at == start


def account(name: str = "Zoom Dinas 1") -> int:
    with db.transaction():
        return services.add_account(name, "https://zoom.example/j/1", actor=SYSTEM, now=clock.now()).id


def host(session_start: datetime, account_id: int, *, override: str = "") -> int:
    course = factories.diklat(f"Akun {session_start:%H%M}").id
    with db.transaction():
        needs = services.Needs(meeting_account_id=account_id)
        made = services.schedule(
            course, plan(session_start, override=override), [], needs=needs, actor=SYSTEM, now=clock.now()
        )
        return made.id


def test_one_licence_hosts_one_session_at_a_time(app: Flask) -> None:
    zoom, other = account(), account("Zoom Dinas 2")
    start = clock.now() + timedelta(days=9)
    first = host(start, zoom)
    assert session_of(first).room_url == "https://zoom.example/j/1"
    with pytest.raises(AccountClash) as refused:
        host(start + timedelta(hours=1), zoom)
    assert refused.value.facts["name"] == "Zoom Dinas 1"
    host(start + timedelta(hours=1), other)
    host(start + timedelta(hours=2, minutes=15), zoom)
    accepted = host(start + timedelta(hours=1), zoom, override="ruang kecil di dalam yang sama")
    with pytest.raises(AccountUnknown):
        host(start + timedelta(days=1), 999)
    assert queries.staffing(accepted).meeting_account_id == zoom


def test_a_moved_session_is_vetoed_by_its_account(app: Flask) -> None:
    zoom, other = account(), account("Zoom Dinas 2")
    start = clock.now() + timedelta(days=9)
    host(start, zoom)
    second = host(start + timedelta(days=1), zoom)
    needs = services.Needs(meeting_account_id=zoom)
    with pytest.raises(AccountClash), db.transaction():
        services.reschedule(second, plan(start), [], needs=needs, actor=SYSTEM, now=clock.now())
    with pytest.raises(AccountClash), db.transaction():
        services.reschedule(second, plan(start), [], actor=SYSTEM, now=clock.now())
    with db.transaction():
        needs = services.Needs(meeting_account_id=other)
        services.reschedule(second, plan(start), [], needs=needs, actor=SYSTEM, now=clock.now())
    assert (queries.staffing(second).meeting_account_id, session_of(second).starts_at) == (other, start)


def test_meeting_accounts_over_http(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    path, typed = "/kelola/narasumber/akun-rapat", {"name": "Zoom Dinas 1", "room_url": "https://zoom.example/j/9"}
    assert browser.post(path, data={**typed, "room_url": "http://zoom.example"}).status_code == 422
    assert browser.post(path, data=typed).status_code == 303
    assert browser.post(path, data=typed).status_code == 422
    made = db.session().scalars(sa.select(MeetingAccount)).one()
    assert browser.post(f"{path}/ubah", data={"id": made.id, "aktif": "0"}).status_code == 303
    assert browser.post(f"{path}/ubah", data={"id": "9" * 30, "aktif": "0"}).status_code == 303
    db.session().rollback()
    assert [(a.name, a.active) for a in queries.all_accounts()] == [("Zoom Dinas 1", False)]
    assert queries.meeting_accounts() == []


def test_the_board_ranks_by_topic_level_free_hours_and_rest(app: Flask) -> None:
    person = factories.volunteer(topics=("asesmen",), levels=[Jenjang.SD]).id
    now = clock.now()

    def course(title: str, days: float, topic: str, level: Jenjang) -> int:
        made = factories.diklat(title, days=1, topics=[topic], levels=[level])
        with db.transaction() as session:
            session.execute(sa.delete(LiveSession).where(LiveSession.diklat_id == made.id))
        return factories.live_session(made.id, now + timedelta(days=days), title=title).id

    busy = course("Sibuk", 5, "asesmen", Jenjang.SD)
    course("Lain", 4, "koding", Jenjang.SMP)
    course("Topik", 6, "asesmen", Jenjang.SMP)
    course("Keduanya", 20, "asesmen", Jenjang.SD)
    own = factories.live_session(factories.diklat("Sendiri").id, now + timedelta(days=5)).id
    appoint(own, person)
    ranked = [s.session.title for s in queries.open_slots(person, now=now) if s.session.title != "Sesi 1"]
    assert ranked == ["Keduanya", "Topik", "Lain", "Sibuk"]
    found = {s.session.id: s.in_the_way for s in queries.open_slots(person, now=now)}
    assert found[busy] is not None
    assert found[busy].live_session_id == own


def test_candidates_are_ranked_and_the_longest_silent_comes_first(app: Flask) -> None:
    wanted = factories.slot("Asesmen", topics=("asesmen",))
    recent, never = factories.volunteer("Baru Bicara").id, factories.volunteer("Belum Pernah").id
    busy, other = factories.volunteer("Amat Sibuk").id, factories.volunteer("Bidang Lain", topics=("koding",)).id
    away = factories.volunteer("Tatap Muka", modes=["luring"]).id
    now = clock.now()
    past = factories.live_session(factories.diklat("Lama").id, now - timedelta(days=2)).id
    with db.transaction():
        services.confirm(session_of_now(past), recent, Duty.SPEAKER, actor=SYSTEM, now=now)
    clash = factories.live_session(factories.diklat("Lain").id, session_of(wanted).starts_at).id
    appoint(clash, busy)
    ranked = list(queries.candidates(session_with_diklat(wanted), now=now))
    assert [c.person_id for c in ranked] == [never, recent, away, other, busy]
    by_id = {c.person_id: c for c in ranked}
    assert [by_id[id].fit.qualified for id in (never, recent, away, other)] == [True, True, False, False]
    assert (by_id[busy].free, by_id[recent].last_spoke_at is not None, by_id[never].last_spoke_at) == (
        False,
        True,
        None,
    )


def session_of_now(id: int) -> LiveSession:
    return db.session().get_one(LiveSession, id)


def session_with_diklat(id: int) -> LiveSession:
    found = diklat_queries.live_session_by_id(id)
    assert found is not None
    return found


def test_a_slot_for_two_stays_open_until_two_stand(app: Flask) -> None:
    first, second, third = (factories.volunteer(f"Relawan {n}").id for n in range(3))
    id = factories.slot()
    with db.transaction():
        services.set_needs(session_of_now(id), services.Needs(speakers=2), actor=SYSTEM, now=clock.now())
    appoint(id, first)
    assert [s.session.id for s in queries.open_slots(third, now=clock.now())] == [id]
    appoint(id, second)
    assert queries.open_slots(third, now=clock.now()) == []
    with pytest.raises(SlotTaken):
        appoint(id, third)


def hand(session_id: int, person_id: int) -> None:
    who = factories.queries.person(person_id)
    assert who is not None
    actor = factories.actor(who)
    with db.transaction():
        services.volunteer_for(session_id, actor=actor, now=clock.now())


def test_raising_a_hand_and_being_chosen(app: Flask, client_of: Opener) -> None:
    one, two, staff = factories.volunteer("Satu"), factories.volunteer("Dua"), factories.person("P", Role.PANITIA)
    id = factories.slot()
    session = session_with_diklat(id)
    path = f"/{session.diklat.slug}/{session.number}"
    manage = f"/kelola/diklat/{session.diklat.slug}/sesi/{session.number}/narasumber"
    for person in (one.id, two.id):
        assert client_of(person).post(f"/relawan{path}/ambil").status_code == 302
    assert client_of(two.id).post(f"/relawan{path}/ambil").status_code == 302
    db.session().rollback()
    rows = {r.person_id: r for r in queries.record(id)}
    assert {r.state for r in rows.values()} == {AssignmentState.OFFERED}
    page = client_of(staff.id).get(manage).get_data(as_text=True)
    assert page.count("Menawarkan diri") >= 2
    chosen = {"tugas": rows[one.id].id, "putusan": "terima"}
    assert client_of(staff.id).post(f"{manage}/jawab", data=chosen).status_code == 303
    assert (state(id, one.id), state(id, two.id)) == (AssignmentState.CONFIRMED, AssignmentState.RELEASED)
    kinds = db.session().scalars(sa.select(Message.kind).order_by(Message.id)).all()
    assert [k for k in kinds if k in ("narasumber.confirmed", "narasumber.released")] == [
        "narasumber.confirmed",
        "narasumber.released",
    ]
    with pytest.raises(SlotTaken):
        hand(id, two.id)


def test_a_hand_taken_back_and_one_too_late(app: Flask, client_of: Opener) -> None:
    one = factories.volunteer("Satu").id
    id, past = (
        factories.slot(),
        factories.live_session(factories.diklat("Lama").id, clock.now() - timedelta(hours=1)).id,
    )
    hand(id, one)
    session = session_with_diklat(id)
    path = f"/relawan/{session.diklat.slug}/{session.number}/lepas"
    assert client_of(one).post(path).status_code == 302
    assert state(id, one) is AssignmentState.RELEASED
    assert "sudah tidak mencari" in client_of(one).post(path, follow_redirects=True).get_data(as_text=True)
    with pytest.raises(SlotClosed):
        hand(past, one)


def test_nobody_who_was_not_approved_is_appointed(app: Flask) -> None:
    id, teacher = factories.slot(), factories.person().id
    with pytest.raises(NotAVolunteer):
        appoint(id, teacher)
    assert state(id, teacher) is None


def test_the_pages_of_slots_are_the_panitias(app: Flask, client_of: Opener) -> None:
    speaker, staff = factories.volunteer().id, factories.person("Panitia", Role.PANITIA).id
    session = session_with_diklat(factories.slot())
    path = f"/kelola/diklat/{session.diklat.slug}/sesi/{session.number}/narasumber"
    assert client_of(staff).get(path).status_code == 200
    assert client_of(speaker).get(path).status_code == 403
    for part in ("undang", "tetapkan", "lepas", "jawab", "estafet"):
        assert client_of(speaker).post(f"{path}/{part}").status_code == 403
        assert client_of(staff).post(f"{path}/{part}", data={"orang": "siapa", "tugas": "x"}).status_code == 303
    db.session().rollback()
    assert queries.record(session.id) == []


@pytest.mark.parametrize(
    ("start", "hours", "sentence"),
    [
        (24, -1, "Waktu selesai harus sesudah waktu mulai."),
        (24, 25, "Satu sesi paling lama 12 jam. Periksa waktu selesainya."),
        (-24, 2, "Waktu mulai sudah lewat. Pilih waktu yang akan datang."),
    ],
)
def test_impossible_times_have_a_clear_answer(
    app: Flask, client_of: Opener, start: int, hours: int, sentence: str
) -> None:
    course, staff = factories.diklat("Waktu"), factories.person("Panitia", Role.PANITIA).id
    slug, id = course.slug, course.id
    begin = clock.local(clock.now() + timedelta(hours=start))
    end = begin + timedelta(hours=hours)
    typed = {"title": "Aneh", "starts_at": f"{begin:%Y-%m-%dT%H:%M}", "ends_at": f"{end:%Y-%m-%dT%H:%M}"}
    answer = client_of(staff).post(f"/kelola/diklat/{slug}/sesi/baru", data=typed)
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)
    db.session().rollback()
    assert db.session().scalar(sa.select(sa.func.count()).where(LiveSession.diklat_id == id)) == 1


def test_a_session_with_its_needs_over_http(app: Flask, client_of: Opener) -> None:
    zoom, course = account(), factories.diklat("Kebutuhan")
    speaker, staff = factories.volunteer().id, factories.person("Panitia", Role.PANITIA).id
    slug, id = course.slug, course.id
    begin = clock.local(clock.now() + timedelta(days=6))
    typed = {
        "title": "Dua narasumber",
        "starts_at": f"{begin:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "needed": "2",
        "account": str(zoom),
        "speakers": [str(speaker)],
    }
    browser = client_of(staff)
    path = f"/kelola/diklat/{slug}/sesi/baru"
    assert browser.post(path, data=typed).status_code == 303
    again = browser.post(path, data=typed)
    assert (again.status_code, "sudah bertugas di" in again.get_data(as_text=True)) == (422, False)
    assert "Zoom Dinas 1 sudah dipakai" in again.get_data(as_text=True)
    assert browser.post(path, data={**typed, "override": "sesi gabungan"}).status_code == 303
    assert browser.post(path, data={**typed, "needed": "12"}).status_code == 422
    db.session().rollback()
    made = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == id).order_by(LiveSession.id))
    needs = queries.staffings(list(made)[1:])
    assert [(s.speakers, s.meeting_account_id) for s in needs.values()] == [(2, zoom), (2, zoom)]
