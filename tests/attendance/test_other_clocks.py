"""A phone whose clock is a day off: the server's own clock decides, whatever the browser says of its hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import evidence
from calakan.attendance.models import State
from calakan.kernel import clock, db
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import room, stands

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize(("minutes", "counts"), [(5, True), (-5, False), (61, False)])
def test_a_code_counts_by_the_hour_of_the_server(
    world: World, client_of: Opener, days: int, minutes: int, counts: bool
) -> None:
    with at(world.begins):
        code = world.open()
    moment = world.begins + timedelta(minutes=minutes)
    phone = moment + timedelta(days=days)
    told = {"kode": code, "kunci": f"{int(phone.timestamp() * 1000):x}", "waktu": phone.isoformat()}
    with at(moment):
        answer = client_of(world.sri).post("/hadir", data=told, headers={"Date": format_datetime(phone)})
        assert answer.status_code == (302 if counts else 422)
        assert stands(world)[0] is (State.PRESENT if counts else None)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_click_is_kept_with_the_hour_of_the_server(world: World, client_of: Opener, days: int) -> None:
    room(world)
    moment = world.begins + timedelta(minutes=1)
    with at(moment):
        phone = format_datetime(moment + timedelta(days=days))
        answer = client_of(world.sri).get(f"/belajar/{world.slug}/sesi/2/ruang", headers={"Date": phone})
        assert answer.location == "https://zoom.example/1"
        signs = hours_of(world)
        assert signs == [clock.now()]


def hours_of(world: World) -> list[object]:
    db.session().rollback()
    return [row.at for row in evidence.of_people(world.session, [world.sri])[world.sri]]
