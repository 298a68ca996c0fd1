"""Nobody decides about himself by hand, at whichever door; what a rule or a list decides is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals, batches
from calakan.attendance import services as attendance
from calakan.certificates import corrections
from calakan.certificates import services as certificates
from calakan.completion import services as completion
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import OwnCase
from calakan.people.models import Person, PersonRole
from tests import factories
from tests.attendance.test_batches import line, store
from tests.attendance.test_codes import World, at
from tests.attendance.test_lists import Meeting, sample
from tests.certificates.issuing import issued
from tests.certificates.test_corrections import ask, rename
from tests.completion.courses import Course

Opener = Callable[[int | None], FlaskClient]


def panitia(person_id: int) -> Actor:
    return Actor(person_id=person_id, name="Panitia", roles=frozenset({Role.PANITIA}))


def test_presence_by_hand_and_by_appeal(app: Flask) -> None:
    world = World()
    own, other = panitia(world.sri), panitia(factories.person("Rina", Role.PANITIA).id)
    with at(world.begins + timedelta(hours=1)):
        now = clock.now()
        with db.transaction():
            appeals.ask(world.session, world.sri, "HP mati", actor=own, now=now)
        for grant in (True, False):
            with pytest.raises(OwnCase), db.transaction():
                appeals.answer(world.session, world.sri, grant=grant, text="x", actor=own, now=now)
        for present in (True, False):
            with pytest.raises(OwnCase), db.transaction():
                attendance.mark_by_hand(world.session, [world.sri], present=present, reason="x", actor=own, now=now)
        with db.transaction():
            appeals.answer(world.session, world.sri, grant=True, text="", actor=other, now=now)
        assert attendance.marked(world.session) == {world.sri}


def test_a_line_that_may_mean_anybody(app: Flask) -> None:
    meeting = Meeting()
    id = store(meeting, sample("zoom_meeting_participants")).batch_id
    slamet, galaxy, sure = meeting.people["Slamet"], line(id, "Galaxy A12").id, batches.sure(batches.lines(id))
    with pytest.raises(OwnCase), db.transaction():
        batches.apply(id, {galaxy: slamet}, actor=panitia(slamet), now=clock.now())
    by_name = {row.id for row in batches.lines(id) if row.by == "name"}
    for row, person in sure.items():  # the control: what the list surely says of somebody is so for the panitia too
        if row in by_name:
            with pytest.raises(OwnCase), db.transaction():
                batches.apply(id, {row: person}, actor=panitia(person), now=clock.now())
        else:
            with db.transaction():
                assert batches.apply(id, {row: person}, actor=panitia(person), now=clock.now()) == 1
    assert by_name & sure.keys()
    assert sure.keys() - by_name


def test_passing_without_a_condition(app: Flask) -> None:
    made = Course("Ani", "Budi")
    ani, budi = made.people
    with pytest.raises(OwnCase), db.transaction():
        completion.give_exception(made.id, ani, reason="Sakit", actor=panitia(ani), now=clock.now())
    with db.transaction():
        completion.give_exception(made.id, budi, reason="Sakit", actor=panitia(ani), now=clock.now())


def test_another_name_on_a_paper(app: Flask) -> None:
    paper = issued(app)
    id, own, other = paper.id, panitia(paper.person_id), factories.person("Rina", Role.PANITIA).id
    rename(own.person_id or 0, name="Sri Mulyani")
    ask(id)
    with time_machine.travel(clock.now() + timedelta(days=4)):
        now = clock.now()
        for approve in (True, False):
            with pytest.raises(OwnCase), db.transaction():
                corrections.decide(id, approve=approve, answer="x", actor=own, now=now)
        with pytest.raises(OwnCase), db.transaction():
            certificates.reissue(id, reason="nama", actor=own, now=now)
        with db.transaction():
            corrections.decide(id, approve=True, answer="", actor=panitia(other), now=now)


def test_titles_alone_are_approved_by_the_rule_for_the_panitia_too(app: Flask) -> None:
    paper = issued(app)
    id, own = paper.id, panitia(paper.person_id)
    rename(own.person_id or 0, title_after="M.Pd.")
    with time_machine.travel(clock.now() + timedelta(days=3)), db.transaction():
        assert corrections.ask(id, reason="gelar", actor=own, now=clock.now()).by_rule


def test_the_page_says_who_decides(app: Flask, client_of: Opener) -> None:
    made = Course("Ani")
    [ani] = made.people
    with db.transaction() as session:
        session.add(PersonRole(person_id=ani, role=Role.PANITIA))
    code = db.session().get_one(Person, ani).code
    answer = client_of(ani).post(
        f"/kelola/diklat/{made.slug}/kelulusan", data={"orang": code, "reason": "Sakit"}, follow_redirects=True
    )
    assert "Untuk diri sendiri, minta panitia lain yang memutuskan." in answer.get_data(as_text=True)
