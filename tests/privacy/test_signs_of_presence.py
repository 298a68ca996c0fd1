"""Clicks, decisions and appeals of a person: all in the own copy; erased as words and times, kept as decisions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals, evidence, joining, queries
from calakan.attendance.models import Appeal, AppealState, Evidence, Kind, State
from calakan.audit.models import AuditEntry
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications.models import Message
from calakan.privacy import erasure, personal
from tests import factories
from tests.attendance.decisions import decision_of
from tests.attendance.test_codes import World, at

Opener = Callable[[int | None], FlaskClient]
TEXT = "Ponsel saya mati di tengah sesi."


@pytest.fixture
def world(app: Flask) -> World:
    """Sri went into the room a minute after nine, typed no code, and appeals."""
    factories.person("Rina", Role.PANITIA)
    made = World()
    with db.transaction() as session:
        session.get_one(LiveSession, made.session).room_url = "https://zoom.example/1"
    with at(made.begins + timedelta(minutes=1)), db.transaction():
        joining.enter(made.session, made.sri, actor=factories.SYSTEM, now=clock.now())
    with at(made.begins + timedelta(hours=1)), db.transaction():
        appeals.ask(made.session, made.sri, TEXT, actor=factories.SYSTEM, now=clock.now())
    return made


def answer(world: World, *, grant: bool) -> None:
    with at(world.begins + timedelta(hours=2)), db.transaction():
        appeals.answer(
            world.session, world.sri, grant=grant, text="Sri terlihat", actor=factories.SYSTEM, now=clock.now()
        )


def erase(world: World) -> None:
    with at(world.begins + timedelta(hours=3)), db.transaction():
        erasure.erase(world.sri, reason="diminta", actor=factories.SYSTEM, now=clock.now())


def test_the_copy_shows_clicks_decision_and_appeal_to_their_person_alone(world: World, client_of: Opener) -> None:
    answer(world, grant=True)
    found = json.loads(client_of(world.sri).get("/saya/data.json").data)
    assert [(row["sesi"], row["kind"], row["present"]) for row in found["bukti_hadir"]] == [
        ("Pagi", "join", True),
        ("Pagi", "hand", True),
    ]
    assert datetime.fromisoformat(found["bukti_hadir"][0]["at"]) == world.begins + timedelta(minutes=1)
    assert [(row["state"], row["why"]) for row in found["putusan_hadir"]] == [("present", "marked_present")]
    [appeal] = found["ajuan_hadir"]
    assert (appeal["text"], appeal["state"], appeal["answer"]) == (TEXT, "granted", "Sri terlihat")
    other = client_of(world.budi).get("/saya/data.json").get_data(as_text=True)
    assert TEXT not in other
    assert json.loads(other)["bukti_hadir"] == json.loads(other)["putusan_hadir"] == []


def test_erasing_takes_words_and_click_times_and_leaves_what_was_decided(world: World) -> None:
    answer(world, grant=True)
    with db.transaction() as session:
        for mail in session.scalars(sa.select(Message).where(Message.kind == appeals.ASKED)):
            mail.body = f"Sri menulis: {TEXT}"
    erase(world)
    db.session().rollback()
    [row] = db.session().scalars(sa.select(Appeal))
    assert (row.text, row.answer, row.state) == ("", "", AppealState.GRANTED)
    signs = {sign.kind: sign for sign in db.session().scalars(sa.select(Evidence))}
    assert signs[Kind.JOIN].at == world.begins
    assert signs[Kind.HAND].reason == "–"
    decision = decision_of(world.session, world.sri)
    mark = queries.presence_of(world.session, world.sri)
    assert decision is not None
    assert mark is not None
    assert (decision.state, mark.present, mark.reason) == (State.PRESENT, True, "–")
    # Deriving anew comes to the same.
    with db.transaction() as session:
        evidence.derive(session.get_one(LiveSession, world.session), [world.sri], now=clock.now())
    assert queries.presence_of(world.session, world.sri) is not None
    mails = db.session().scalars(sa.select(Message.body).where(Message.kind == appeals.ASKED)).all()
    assert mails == [""]
    trail = str(db.session().scalars(sa.select(AuditEntry.facts)).all())
    everything = str(personal.everything(world.sri))
    assert TEXT not in trail + everything
    assert "Sri terlihat" not in trail + everything


def test_an_appeal_that_nobody_answered_goes_whole_and_waits_for_nobody(world: World) -> None:
    erase(world)
    assert db.session().scalars(sa.select(Appeal)).all() == []
    assert appeals.waiting(world.diklat) == []


def test_what_others_wrote_and_clicked_stays(world: World) -> None:
    with at(world.begins + timedelta(hours=3)), db.transaction():
        erasure.erase(world.cici, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    [row] = db.session().scalars(sa.select(Appeal))
    assert (row.text, row.state) == (TEXT, AppealState.ASKED)
    [sign] = db.session().scalars(sa.select(Evidence))
    assert sign.at == world.begins + timedelta(minutes=1)
