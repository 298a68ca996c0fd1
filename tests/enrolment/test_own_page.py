"""The own page asks for a code on the day of a session alone, and no more once it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.diklat import queries
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories

Opener = Callable[[int | None], FlaskClient]


@pytest.mark.any_database
def test_the_code_is_asked_for_on_its_day_until_it_is_recorded(app: Flask, client_of: Opener) -> None:
    made, teacher = factories.diklat("Numerasi", days=3), factories.person("Ani")
    diklat_id, teacher_id = made.id, teacher.id
    factories.enrol(diklat_id, [teacher_id])
    session = queries.sessions_of(diklat_id)[0]
    session_id, start = session.id, session.starts_at

    def asks() -> bool:
        return 'id="kode"' in client_of(teacher_id).get("/saya").get_data(as_text=True)

    assert not asks()
    with time_machine.travel(start - timedelta(days=1), tick=False):
        assert not asks()
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        assert asks()
        with db.transaction():
            code = attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now()).code
        assert client_of(teacher_id).post("/hadir", data={"kode": code}).status_code == 302
        assert not asks()
    with time_machine.travel(start + timedelta(days=1), tick=False):
        assert not asks()


@pytest.mark.any_database
def test_a_published_diklat_has_its_link_at_once(app: Flask, client_of: Opener) -> None:
    slug = factories.diklat("Numerasi").slug
    page = client_of(factories.person("Panitia", Role.PANITIA).id).get(f"/kelola/diklat/{slug}/bagikan").text
    assert f'/diklat/{slug}" hidden>' in page
    assert "Salin tautan" in page
    assert f"%2Fdiklat%2F{slug}" in page or f"/diklat/{slug}" in page.split("wa.me", 1)[1].split('"')[0]
