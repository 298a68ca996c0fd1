"""Series by a pattern, proposals, reviews and clones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.services import exercises
from calakan.availability import services as availability
from calakan.diklat import queries as diklat_queries
from calakan.diklat.errors import DiklatFinal, SessionTimesInvalid
from calakan.diklat.models import Diklat, DiklatState, Group, LiveSession, ProgrammeRow
from calakan.diklat.services import details, programme, states
from calakan.enrolment import reminders
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.materials import queries as materials
from calakan.materials import services as material_services
from calakan.materials.models import Audience, MaterialKind
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Duty
from calakan.notifications.models import Message
from calakan.office import services as office
from calakan.office.models import Holiday
from calakan.planning import queries, series, services
from calakan.planning.errors import NoteEmpty, ScheduleChanged, SeriesInvalid
from tests import factories

Opener = Callable[[int | None], FlaskClient]
NOW = datetime(2027, 3, 1, 8, tzinfo=clock.WIB)  # a Monday


@pytest.fixture(autouse=True)
def _march() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def pattern(**values: Any) -> series.Pattern:
    given = {"weekday": 1, "at": time(13), "minutes": 90, "times": 4, "first": date(2027, 3, 1), **values}
    return series.Pattern(**given)


def days(found: series.Suggestion) -> list[str]:
    return [f"{clock.local(start):%d/%m %H.%M}" for start, _ in found.times]


def speaker(name: str = "Tri") -> int:
    return factories.person(name, Role.NARASUMBER).id


def test_every_tuesday_at_one_four_times_around_what_stands_against_it(app: Flask) -> None:
    tri = speaker()
    with db.transaction() as session:
        session.execute(sa.delete(Holiday))
        office.add_holiday(date(2027, 3, 9), "Nyepi", yearly=False, actor=factories.SYSTEM, now=clock.now())
        busy = datetime(2027, 3, 16, 14, tzinfo=clock.WIB)
        availability.add_dated(tri, busy, busy + timedelta(hours=1), actor=factories.SYSTEM, now=clock.now())
    other = factories.live_session(factories.diklat("Lain").id, datetime(2027, 3, 23, 12, tzinfo=clock.WIB), hours=1.5)
    touching = factories.live_session(factories.diklat("Dekat").id, datetime(2027, 3, 30, 14, 30, tzinfo=clock.WIB))
    for id in (other.id, touching.id):
        with db.transaction():
            live = db.session().get_one(LiveSession, id)
            speaking.confirm(live, tri, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    found = series.suggest(pattern(), tri, now=clock.now())
    assert days(found) == ["02/03 13.00", "06/04 13.00", "13/04 13.00", "20/04 13.00"]
    assert [(s.day.day, s.why) for s in found.skipped] == [
        (9, "Nyepi"),
        (16, "waktu sibuk"),
        (23, "sesi “Sesi (Lain)”"),
        (30, "sesi “Sesi (Dekat)”"),
    ]
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), clash_buffer_minutes=0)
    assert days(series.suggest(pattern(times=2), tri, now=clock.now())) == ["02/03 13.00", "30/03 13.00"]
    through = series.suggest(pattern(skip_holidays=False, times=2), tri, now=clock.now())
    assert days(through) == ["02/03 13.00", "09/03 13.00"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"first": date(2027, 2, 28)}, "past"),
        ({"first": date(2029, 1, 1)}, "far"),
        ({"times": 0}, "times"),
        ({"times": 21}, "times"),
        ({"weekday": 7}, "times"),
        ({"minutes": 10}, "minutes"),
        ({"minutes": 25 * 60}, "minutes"),
    ],
)
def test_patterns_that_cannot_be(app: Flask, values: dict[str, Any], why: str) -> None:
    with pytest.raises(SeriesInvalid) as refused:
        series.suggest(pattern(**values), speaker(), now=clock.now())
    assert refused.value.facts == {"why": why}


def test_nothing_free_within_a_year_is_said(app: Flask) -> None:
    tri = speaker()
    with db.transaction():
        availability.toggle_weekly(tri, 1, "siang", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(SeriesInvalid) as refused:
        series.suggest(pattern(), tri, now=clock.now())
    assert refused.value.facts == {"why": "none"}


def test_a_proposal_stands_with_its_sessions_or_not_at_all(app: Flask) -> None:
    person = factories.person("Tri", Role.NARASUMBER)
    actor, given = factories.actor(person), details.Details(title="Numerasi", summary="Ringkas.")
    found = series.suggest(pattern(), person.id, now=clock.now())
    shown = [begins for begins, _ in found.times]
    with pytest.raises(ScheduleChanged), db.transaction():
        services.propose_series(given, pattern(), shown[:3], actor=actor, now=clock.now())
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 0
    with db.transaction():
        id = services.propose_series(given, pattern(), shown, actor=actor, now=clock.now()).id
    made = db.session().get_one(Diklat, id)
    assert (made.state, made.lead_id, made.jp) == (DiklatState.PROPOSED, person.id, 8)
    held = diklat_queries.sessions_of(id)
    assert [s.starts_at for s in held] == shown
    assert {row.person_id for rows in narasumber.confirmed_of([s.id for s in held]).values() for row in rows} == {
        person.id
    }
    with pytest.raises(ScheduleChanged), db.transaction():
        services.propose_series(given, pattern(), shown, actor=actor, now=clock.now())


def test_a_word_about_a_proposal_reaches_the_one_in_charge(app: Flask) -> None:
    lead, staff = factories.person("Tri", Role.NARASUMBER), factories.person("Ratri", Role.PANITIA)
    panitia, tri = factories.actor(staff), factories.actor(lead)
    with db.transaction():
        given = details.Details(title="Numerasi", summary="Ringkas.")
        id = details.create(given, lead_id=lead.id, actor=tri, now=clock.now()).id
    for actor, text in ((panitia, "Tambah contoh"), (tri, "Baik")):
        with db.transaction():
            services.comment(id, text, actor=actor, now=clock.now())
    assert [note.text for note in queries.notes(id)] == ["Tambah contoh", "Baik"]
    kinds = db.session().execute(sa.select(Message.kind, Message.person_id)).all()
    assert [tuple(row) for row in kinds] == [("planning.comment", lead.id)]
    with pytest.raises(NoteEmpty), db.transaction():
        services.comment(id, "  ", actor=panitia, now=clock.now())
    with db.transaction():
        states.cancel(id, reason="Tidak jadi", actor=panitia, now=clock.now())
    with pytest.raises(DiklatFinal), db.transaction():
        services.comment(id, "Lagi", actor=panitia, now=clock.now())


def past_course() -> int:
    """Two weeks of a diklat in January at 13.00 and 19.30, with a task, a material and a recording."""
    course = factories.diklat("Literasi", publish=False, quota=40).id
    now = clock.now()
    with db.transaction() as session:
        session.execute(sa.delete(LiveSession))
        session.execute(sa.delete(ProgrammeRow))
    ids = [
        factories.live_session(course, datetime(2027, 1, day, hour, minute, tzinfo=clock.WIB), hours=2).id
        for day, hour, minute in ((5, 13, 0), (12, 19, 30))
    ]
    with db.transaction():
        programme.add_row(course, title="Tugas", group=Group.SUPPORT, jp=2, live=False, actor=factories.SYSTEM, now=now)
        brief = exercises.Brief(
            title="Tugas", instruction="Coba.", due_at=datetime(2027, 1, 20, tzinfo=clock.WIB), compulsory=True,
            late_allowed=True, takes_text=True, takes_link=False, takes_file=False,
        )  # fmt: skip
        exercises.set_task(course, brief, actor=factories.SYSTEM, now=datetime(2027, 1, 1, tzinfo=clock.WIB))
        for title, kind, session_id in (
            ("Salindia", MaterialKind.MATERIAL, None),
            ("R", MaterialKind.RECORDING, ids[0]),
        ):
            material_services.hand_out(
                course,
                material_services.Content(url="https://example.com/a"),
                title=title,
                kind=kind,
                audience=Audience.ENROLLED,
                session_id=session_id,
                actor=factories.SYSTEM,
                now=now,
            )
    return course


def test_a_clone_stands_shifted_and_silent(app: Flask) -> None:
    course = past_course()
    with db.transaction():
        made = services.clone(
            course, title="Literasi 2", first=date(2027, 4, 7), quota=50, actor=factories.SYSTEM, now=clock.now()
        )
        id = made.id
    made = db.session().get_one(Diklat, id)
    source = db.session().get_one(Diklat, course)
    assert (made.title, made.quota, made.state, made.jp) == ("Literasi 2", 50, DiklatState.DRAFT, source.jp)
    times = [f"{clock.local(s.starts_at):%d/%m %H.%M}" for s in diklat_queries.sessions_of(id)]
    assert times == ["07/04 13.00", "14/04 19.30"]
    assert [r.title for r in diklat_queries.programme(id)] == [r.title for r in diklat_queries.programme(course)]
    assert [m.title for m in materials.of_diklat(id)] == ["Salindia"]
    teacher = factories.person("Guru").id
    with db.transaction():
        states.publish(id, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        enrolment.join(id, teacher, actor=factories.SYSTEM, now=clock.now())
    eve = datetime(2027, 4, 6, 14, tzinfo=clock.WIB)
    assert [item.person_id for item in reminders.due(now=eve)] == [teacher]


def test_a_clone_into_the_past_changes_nothing(app: Flask) -> None:
    course = past_course()
    with pytest.raises(SessionTimesInvalid), db.transaction():
        services.clone(course, title="X", first=date(2027, 2, 1), quota=None, actor=factories.SYSTEM, now=clock.now())
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 1


def test_proposing_over_http(app: Flask, client_of: Opener) -> None:
    browser = client_of(speaker())
    typed = {
        "title": "Numerasi", "summary": "Ringkas.", "kind": "diklat", "weekday": "1", "at": "13:00", "minutes": "90",
        "times": "2", "first": "2027-03-01", "skip_holidays": "y",
    }  # fmt: skip
    assert browser.get("/relawan/usulan").status_code == 200
    for name, value in (("times", "0"), ("first", "2027-02-30"), ("at", "25:00"), ("title", ""), ("weekday", "9")):
        assert browser.post("/relawan/usulan", data={**typed, name: value}).status_code == 422
    found = browser.post("/relawan/usulan", data={**typed, "tahap": "cari"})
    assert found.status_code == 200
    page = found.get_data(as_text=True)
    assert "Selasa, 2 Maret 2027, 13.00–14.30 WIB" in page
    shown = ["2027-03-02T06:00:00+00:00", "2027-03-09T06:00:00+00:00"]
    assert all(text in page for text in shown)
    changed = browser.post("/relawan/usulan", data={**typed, "tahap": "ajukan", "waktu": ["x", shown[0]]})
    assert (changed.status_code, "baru saja berubah" in changed.get_data(as_text=True)) == (200, True)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 0
    sent = browser.post("/relawan/usulan", data={**typed, "tahap": "ajukan", "waktu": shown})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/kelola/diklat/numerasi/sesi")
    assert "Menunggu panitia" in browser.get("/relawan/usulan").get_data(as_text=True)
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert staff.post("/kelola/diklat/numerasi/ulasan", data={"text": ""}).status_code == 422
    assert staff.post("/kelola/diklat/numerasi/ulasan", data={"text": "Bagus"}).status_code == 303
    assert "Bagus" in browser.get("/kelola/diklat/numerasi/ulasan").get_data(as_text=True)
    assert client_of(speaker("Lain")).get("/kelola/diklat/numerasi/ulasan").status_code == 404
    assert client_of(factories.person("Guru").id).get("/relawan/usulan").status_code == 403


def test_cloning_over_http(app: Flask, client_of: Opener) -> None:
    past_course()
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    address = "/kelola/diklat/literasi/salin"
    assert "2 sesi" in staff.get(address).get_data(as_text=True)
    for typed in ({}, {"title": "L2", "first": "2027-01-01"}, {"title": "L2", "first": "2027-04-07", "quota": "0"}):
        assert staff.post(address, data=typed).status_code == 422
    done = staff.post(address, data={"title": "Literasi Angkatan 2", "first": "2027-04-07", "quota": "30"})
    assert (done.status_code, done.headers["Location"]) == (303, "/kelola/diklat/literasi-angkatan-2/sesi")
