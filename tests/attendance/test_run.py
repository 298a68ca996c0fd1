"""The screen from which a session is run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def running() -> tuple[str, int, int, int]:
    """The address of a session that began ten minutes ago, its id, a confirmed speaker, and somebody of the panitia."""
    course, now = factories.diklat(), clock.now()
    diklat_id = course.id
    session_id = factories.live_session(diklat_id, now - timedelta(minutes=10), title="Berjalan").id
    speaker, staff = factories.person("Tri", Role.NARASUMBER).id, factories.person("Ratri", Role.PANITIA).id
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=now)
    slug = db.session().get_one(Diklat, diklat_id).slug
    number = db.session().get_one(LiveSession, session_id).number
    return f"/kelola/diklat/{slug}/sesi/{number}", session_id, speaker, staff


def test_one_screen_from_the_room_to_the_end(app: Flask, client_of: Opener) -> None:
    address, session_id, speaker, _ = running()
    browser = client_of(speaker)
    page = browser.get(f"{address}/jalankan").get_data(as_text=True)
    assert ("Saya sudah di ruang" in page, "Buka kode hadir" in page, "Minta pengganti" in page) == (True, True, True)
    opened = browser.post(f"{address}/kode/buka", data={"menit": "15", "next": f"{address}/jalankan"})
    assert opened.headers["Location"] == f"{address}/jalankan"
    window = queries.check_in(session_id)
    assert window is not None
    page = browser.get(f"{address}/jalankan").get_data(as_text=True)
    assert f"{window.code[:3]} {window.code[3:]}" in page
    assert "dari 0 peserta sudah hadir" in browser.get(f"{address}/jalankan/keadaan").get_data(as_text=True)
    assert browser.post(f"{address}/jalankan/akhiri").status_code == 303
    db.session().rollback()
    closed = queries.check_in(session_id)
    assert closed is not None
    assert closed.closes_at <= clock.now()


def test_a_substitute_is_asked_and_the_absent_loses_the_seat(app: Flask, client_of: Opener) -> None:
    address, session_id, speaker, staff = running()
    browser = client_of(staff)
    assert browser.post(f"{address}/jalankan/pengganti", data={"reason": ""}).status_code == 422
    assert _state(session_id, speaker) is AssignmentState.CONFIRMED
    assert browser.post(f"{address}/jalankan/pengganti", data={"reason": "Belum masuk"}).status_code == 303
    assert _state(session_id, speaker) is AssignmentState.MISSED
    assert "Belum ada narasumber" in browser.get(f"{address}/jalankan").get_data(as_text=True)


def _state(session_id: int, person_id: int) -> AssignmentState:
    db.session().rollback()
    wanted = sa.select(Assignment.state).where(
        Assignment.live_session_id == session_id, Assignment.person_id == person_id
    )
    return db.session().scalars(wanted).one()


def test_only_who_runs_a_session_sees_its_screen(app: Flask, client_of: Opener) -> None:
    address, _, _, staff = running()
    stranger = factories.person("Lain", Role.NARASUMBER).id
    for path in ("jalankan", "jalankan/keadaan"):
        assert client_of(stranger).get(f"{address}/{path}").status_code == 404
        assert client_of(staff).get(f"{address}/{path}").status_code == 200
    for path in ("pengganti", "akhiri"):
        assert client_of(stranger).post(f"{address}/jalankan/{path}", data={"reason": "x"}).status_code == 404
