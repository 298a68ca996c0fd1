"""Who was sent to the stream because the room was full: the same way to the certificate, and told so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.checking_in import Answer
from calakan.attendance.models import State
from calakan.attendance.words import STREAM_SEAT
from calakan.diklat.models import PresenceRule
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import enter, room, rule, stands

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.mark.parametrize(
    ("kind", "without", "counts"),
    [
        (PresenceRule.CODE, "only_stream", "code"),
        (PresenceRule.CODE_AND_ROOM, "only_stream", "code_and_room"),
        (PresenceRule.MINUTES, "only_stream", "stream"),
        (PresenceRule.CODE_OR_MINUTES, "only_stream", "code"),
    ],
)
def test_the_stream_is_the_same_way_to_the_certificate_and_says_so(
    world: World, client_of: Opener, kind: PresenceRule, without: str, counts: str
) -> None:
    """A list of the room has no minutes of whoever was sent to the stream: the click and the code stand for them."""
    rule(world, kind)
    room(world, room_url="", stream_url="https://youtube.example/2")
    path = f"/belajar/{world.slug}/sesi/2"
    with at(world.begins + timedelta(minutes=1)):
        enter(world, world.sri)
        assert stands(world) == (State.ABSENT, without, None)
        page = client_of(world.sri).get(path).get_data(as_text=True)
        assert STREAM_SEAT[kind] in page
        assert "Baru masuk siaran" in page
        code = world.open()
        assert world.type(world.sri, code) is Answer.PRESENT
        assert stands(world) == (State.PRESENT, counts, True)


def test_a_place_in_the_room_is_decided_by_its_minutes(world: World) -> None:
    rule(world, PresenceRule.MINUTES)
    room(world, stream_url="https://youtube.example/2", room_capacity=1)
    with at(world.begins + timedelta(minutes=1)):
        enter(world, world.sri)
        assert world.type(world.sri, world.open()) is Answer.NOTED
        assert stands(world) == (State.REVIEW, "no_list", None)
