"""Whoever teaches or moderates is reminded, with a link that opens room, code and materials without a log-in."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import queries as attendance
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions, states
from calakan.kernel import clock, db
from calakan.materials import services as materials
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.narasumber import letters, reminders, services, tokens
from calakan.narasumber.models import Assignment, Duty
from calakan.notifications.models import Message
from tests import factories


class World:
    """A session of three hours at nine in three days: Tri speaks, Mod moderates, Usul has only offered."""

    def __init__(self) -> None:
        self.begins = clock.instant(clock.local(clock.now()).date() + timedelta(days=3), time(9))
        self.diklat = factories.diklat(days=9).id
        self.session = factories.live_session(self.diklat, self.begins, title="Pagi").id
        self.speaker, self.moderator = (factories.volunteer(name).id for name in ("Tri", "Mod"))
        for person_id, duty in ((self.speaker, Duty.SPEAKER), (self.moderator, Duty.MODERATOR)):
            with db.transaction():
                live = db.session().get_one(LiveSession, self.session)
                services.confirm(live, person_id, duty, actor=factories.SYSTEM, now=clock.now())

    def due(self) -> list[int]:
        with db.transaction():
            reminders.queue_due(now=clock.now())
        wanted = sa.select(Message).where(Message.kind == reminders.KIND).order_by(Message.id)
        return [row.person_id or 0 for row in db.session().scalars(wanted)]

    def message(self) -> Message:
        return db.session().scalars(sa.select(Message).where(Message.kind == reminders.KIND)).first()

    def link(self) -> str:
        row = db.session().scalars(sa.select(Assignment).where(Assignment.person_id == self.speaker)).one()
        return f"/relawan/tawaran/{tokens.token(row.id, row.round)}"


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_the_day_before_and_the_hour_before_once_each(world: World) -> None:
    both = [world.speaker, world.moderator]
    eve = clock.instant(clock.local(world.begins).date() - timedelta(days=1), time(7))
    for moment, told in (
        (eve - timedelta(minutes=1), []),
        (eve, both),
        (eve + timedelta(hours=3), both),
        (world.begins - timedelta(minutes=61), both),
        (world.begins - timedelta(minutes=60), both * 2),
        (world.begins - timedelta(minutes=5), both * 2),
        (world.begins, both * 2),
    ):
        with at(moment):
            assert world.due() == told


def test_nobody_is_woken(world: World) -> None:
    with at(clock.instant(clock.local(world.begins).date() - timedelta(days=1), time(22))):
        assert world.due() == []


@pytest.mark.parametrize("why", ["called off", "released", "draft"])
def test_what_is_no_longer_true_is_told_to_nobody(world: World, why: str) -> None:
    with at(world.begins - timedelta(hours=20)):
        assert world.due() == [world.speaker, world.moderator]
        assert letters.reminder(world.message(), clock.now()) is not None
        with db.transaction() as session:
            if why == "called off":
                sessions.cancel(world.session, reason="sakit", actor=factories.SYSTEM, now=clock.now())
            elif why == "released":
                session.execute(sa.update(Assignment).values(state="released"))
            else:
                session.execute(sa.update(Diklat).values(state="draft"))
        db.session().expire_all()
        assert letters.reminder(world.message(), clock.now()) is None
    with at(world.begins - timedelta(minutes=50)):
        assert world.due() == [world.speaker, world.moderator]
        assert letters.reminder(world.message(), world.begins) is None


def test_the_link_opens_room_code_and_materials_without_a_log_in(world: World, client: FlaskClient) -> None:
    other = factories.diklat("Lain").id
    with db.transaction():
        for diklat_id, title in ((world.diklat, "Salindia"), (other, "Asing")):
            made = materials.hand_out(
                diklat_id,
                materials.Content(url=f"https://drive.example.org/{title}"),
                title=title,
                kind=MaterialKind.MATERIAL,
                audience=Audience.ENROLLED,
                session_id=None,
                actor=factories.SYSTEM,
                now=clock.now(),
            )
    foreign, link = made.code, world.link()
    with at(world.begins - timedelta(minutes=20)):
        assert "Buka kode hadir" not in client.get(link).get_data(as_text=True)
        assert client.post(f"{link}/kode").status_code == 409
        assert attendance.check_in(world.session) is None
    with at(world.begins + timedelta(minutes=5)):
        page = client.get(link).get_data(as_text=True)
        assert "Buka kode hadir" in page
        (material,) = re.findall(rf'href="({link}/materi/[^"]+)"', page)
        assert client.get(material).headers["Location"] == "https://drive.example.org/Salindia"
        assert client.get(f"{link}/materi/{foreign}").headers.get("Location") is None
        with db.transaction() as session:
            session.execute(sa.update(Material).values(withdrawn_at=clock.now()))
        assert client.get(material).headers.get("Location") is None
        assert client.post(f"{link}/kode").status_code == 303
        window = attendance.check_in(world.session)
        assert window is not None
        assert f"{window.code[:3]} {window.code[3:]}" in client.get(link).get_data(as_text=True)
    with at(world.begins + timedelta(hours=3, minutes=10)):
        assert client.get(link).status_code == 200
    with at(world.begins + timedelta(hours=3, minutes=31)):
        assert client.get(link).status_code == 410
        assert client.post(f"{link}/kode").status_code == 410


def test_nothing_opens_with_a_link_of_somebody_released(world: World, client: FlaskClient) -> None:
    link = world.link()
    with db.transaction() as session:
        session.execute(sa.update(Assignment).values(state="released"))
    with at(world.begins + timedelta(minutes=5)):
        client.post(f"{link}/kode")
        assert attendance.check_in(world.session) is None


def test_a_cancelled_diklat_reminds_nobody(world: World) -> None:
    with at(world.begins - timedelta(hours=20)):
        with db.transaction():
            states.cancel(world.diklat, reason="banjir", actor=factories.SYSTEM, now=clock.now())
        assert world.due() == []
