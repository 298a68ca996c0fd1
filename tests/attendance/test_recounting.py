"""Another rule for many people is applied by the workers, session by session, and before any paper rests on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from flask.testing import FlaskClient

from calakan.attendance import recounting, tasks
from calakan.attendance.models import Recount, State
from calakan.certificates import services as certificates
from calakan.diklat.models import Diklat, LiveSession, PresenceRule
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import listed, rule, stands

Opener = Callable[[int | None], FlaskClient]
SHORT, ENOUGH = (State.ABSENT, "short", None), (State.PRESENT, "minutes", True)


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A list gave Sri 100.4 of 180 minutes; one decision is already too many for a request."""
    monkeypatch.setattr(recounting, "MANY", 0)
    found = World()
    rule(found, PresenceRule.MINUTES)
    with at(found.begins + timedelta(hours=4)):
        listed(found, 100.4)
        assert stands(found) == SHORT
        yield found


def waiting() -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(Recount)) or 0


def work() -> int:
    return tasks.recount(current_app.extensions["calakan.settings"])


def test_the_workers_decide_anew(world: World) -> None:
    rule(world, PresenceRule.MINUTES, 50)
    assert (waiting(), stands(world), recounting.is_waiting(world.diklat)) == (1, SHORT, True)
    rule(world, PresenceRule.MINUTES, 55)
    assert waiting() == 1
    assert (work(), waiting(), stands(world)) == (1, 0, ENOUGH)
    assert work() == 0
    rule(world, PresenceRule.MINUTES, 90)
    assert (work(), stands(world)) == (1, SHORT)


def test_few_are_decided_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "MANY", 1)
    rule(world, PresenceRule.MINUTES, 50)
    assert (waiting(), stands(world)) == (0, ENOUGH)


def test_two_workers_at_once_do_it_once(world: World, app: Flask) -> None:
    rule(world, PresenceRule.MINUTES, 50)
    db.session().rollback()

    def shift(_: int) -> int:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(shift, range(2))) == 1
    assert (waiting(), stands(world)) == (0, ENOUGH)


def test_no_paper_rests_on_what_was_not_decided_anew(world: World) -> None:
    with at(world.begins + timedelta(days=9)):
        with db.transaction():
            rows = sa.update(LiveSession).where(LiveSession.diklat_id == world.diklat, LiveSession.id != world.session)
            db.session().execute(rows.values(state="cancelled"))
        rule(world, PresenceRule.MINUTES, 50)
        with db.transaction() as session:
            session.get_one(Diklat, world.diklat).issue_at_once = True
        assert stands(world) == SHORT
        with db.transaction():
            certificates.request_early(world.diklat, actor=factories.SYSTEM, now=clock.now())
        assert (waiting(), stands(world)) == (0, ENOUGH)
        rule(world, PresenceRule.MINUTES, 90)
        with db.transaction():
            states.close(world.diklat, actor=factories.SYSTEM, now=clock.now())
        assert (waiting(), stands(world)) == (0, SHORT)


def test_the_pages_say_so(world: World, client_of: Opener) -> None:
    panitia, teacher = client_of(factories.person("Rina", Role.PANITIA).id), client_of(world.sri)
    number = db.session().get_one(LiveSession, world.session).number
    pages = (
        (panitia, f"/kelola/diklat/{world.slug}/kehadiran"),
        (teacher, f"/belajar/{world.slug}/sesi/{number}"),
    )
    for expected in (False, True, False):
        if expected:
            rule(world, PresenceRule.MINUTES, 50)
        for browser, address in pages:
            assert ("sedang dihitung ulang" in browser.get(address).get_data(as_text=True)) is expected
        work()
