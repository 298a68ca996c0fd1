"""However many signs there are, and of however many people: what one person sees of one session costs the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import evidence, sheets
from calakan.attendance.models import Evidence, Kind
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from tests import factories
from tests.attendance.test_codes import World
from tests.completion.courses import Course, nine
from tests.web.test_statements import statements

Opener = Callable[[int | None], FlaskClient]


def sign(course: Course, people: list[int], times: int) -> None:
    """So many clicks and lines of each of these people."""
    for place in range(times):
        with db.transaction():
            session = db.lock(LiveSession, course.sessions[0])
            rows = [
                Evidence(live_session_id=session.id, person_id=id, kind=Kind.JOIN, at=clock.now(), source="ruang")
                for id in people
            ]
            evidence.keep(session, rows, now=clock.now())
        with db.transaction():
            factories.listed(
                course.sessions[0], dict.fromkeys(people, 60.0 + place), source=f"Zoom {place}",
                actor=factories.SYSTEM, now=clock.now(),
            )  # fmt: skip


def test_the_page_of_a_session_asks_as_often_for_thirty_signs_as_for_one(app: Flask, client_of: Opener) -> None:
    course = Course("Ani", "Budi", "Cici", "Dewi")
    ani, *others = course.people
    with time_machine.travel(nine(1) + timedelta(hours=2), tick=False):
        sign(course, [ani], 1)
        browser, number = client_of(ani), diklat_queries.sessions_of(course.id)[0].number
        path = f"/belajar/{course.slug}/sesi/{number}"
        browser.get(path)
        few = statements(browser, path)
        sign(course, [ani, *others], 15)
        assert len(evidence.of_people(course.sessions[0], [ani])[ani]) > 16
        assert statements(browser, path) == few


def test_the_cells_of_a_sheet_take_five_statements(app: Flask) -> None:
    course = Course("Ani", "Budi", "Cici")
    with time_machine.travel(nine(1) + timedelta(hours=2), tick=False):
        sign(course, course.people, 2)
        sessions = diklat_queries.sessions_of(course.id)
        asked: list[object] = []

        def note(*args: object) -> None:
            asked.append(args)

        sa.event.listen(db.engine(), "before_cursor_execute", note)
        try:
            found = sheets.cells(sessions, course.people, now=clock.now())
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
        assert (len(asked), len(found)) == (5, 6)


def test_a_code_is_taken_in_few_statements(app: Flask, client_of: Opener) -> None:
    """A whole hall types at once, and each statement is a way to the database and back."""
    world = World()
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    with time_machine.travel(world.begins + timedelta(minutes=1), tick=False):
        code, browser = world.open(), client_of(world.sri)
        sa.event.listen(db.engine(), "before_cursor_execute", note)
        try:
            answer = browser.post("/hadir", data={"kode": code})
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
    assert answer.status_code == 302
    assert len([text for text in asked if not text.startswith("BEGIN")]) <= 17
