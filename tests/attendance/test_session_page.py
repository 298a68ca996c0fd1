"""What stands on the page of one session beside its room and code: materials, the recording, and the stream once the room is full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.materials.models import MaterialKind
from tests import factories
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import enter, room
from tests.materials.test_services import hand_out

Opener = Callable[[int | None], FlaskClient]


def test_materials_recording_and_stream_stand_on_the_page_of_the_session(app: Flask, client_of: Opener) -> None:
    world = World()
    room(world, stream_url="https://youtube.example/2", room_capacity=1)
    other = factories.live_session(world.diklat, world.begins + timedelta(days=1), title="Siang").id
    path = f"/belajar/{world.slug}/sesi/{db.session().get_one(LiveSession, world.session).number}"
    hand_out(world.diklat, title="Salindia umum")
    hand_out(world.diklat, title="Salindia pagi", session_id=world.session)
    hand_out(world.diklat, title="Salindia siang", session_id=other)
    with db.transaction() as session:
        session.get_one(Diklat, world.diklat).quota = 2
        session.execute(sa.text("UPDATE enrolment SET state = 'confirmed'"))
    with at(world.begins + timedelta(minutes=5)):
        page = client_of(world.sri).get(path).get_data(as_text=True)
        assert [title in page for title in ("Salindia umum", "Salindia pagi", "Salindia siang")] == [True, True, False]
        assert "Tempat Bapak/Ibu di siaran" not in page
        enter(world, world.sri)
        way = client_of(world.budi).get(f"{path}/ruang")
        assert way.headers["Location"] == "https://youtube.example/2"
        assert "Tempat Bapak/Ibu di siaran" in client_of(world.budi).get(path).get_data(as_text=True)
        assert "Tempat Bapak/Ibu di siaran" not in client_of(world.sri).get(path).get_data(as_text=True)
    with at(world.begins + timedelta(days=2)):
        hand_out(world.diklat, title="Rekaman pagi", kind=MaterialKind.RECORDING, session_id=world.session)
        hand_out(world.diklat, title="Rekaman siang", kind=MaterialKind.RECORDING, session_id=other)
        page = client_of(world.sri).get(path).get_data(as_text=True)
        assert ("Rekaman pagi" in page, "Rekaman siang" in page) == (True, False)
        assert "Sesi ini sudah selesai." in page
