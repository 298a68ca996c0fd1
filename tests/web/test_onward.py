"""No answer to a form leads out of the site, because browsers would not follow: a page stands between, and it alone."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from calakan.diklat.models import LiveSession
from calakan.kernel import db
from tests import factories
from tests.completion.courses import Course, nine
from tests.security.test_log_ins import PASSWORD, with_password

ROOM = "https://rapat.example.org/j/1"


def with_a_room(course: Course) -> str:
    with db.transaction() as session:
        session.get_one(LiveSession, course.sessions[0]).room_url = ROOM
    return f"/belajar/{course.slug}/sesi/1/ruang"


def test_whoever_logs_in_on_the_way_to_a_room_gets_there_by_a_page_between(app: Flask) -> None:
    """As from the mail of a reminder, by whoever is not logged in."""
    person, course = with_password(), Course()
    id, email = person.id, person.email
    factories.enrol(course.id, [id])
    room, browser = with_a_room(course), app.test_client()
    with time_machine.travel(nine(1) + timedelta(minutes=1), tick=False):
        assert browser.get(room).headers["Location"] == f"/masuk?next={room}"
        browser.get(f"/masuk?next={room}")
        answer = browser.post("/masuk", data={"email": email, "password": PASSWORD, "next": room})
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "Location" in answer.headers) == (200, False)
        assert f'http-equiv="refresh" content="0; url={room}"' in page
        assert f'href="{room}"' in page
        assert browser.get(room).headers["Location"] == ROOM
    other = app.test_client()
    assert other.post("/masuk", data={"email": email, "password": PASSWORD}).headers["Location"] == "/hari-ini"


def test_a_form_that_stays_here_answers_as_ever(app: Flask) -> None:
    email = with_password().email
    for target in ("/diklat", "/diklat/tidak/ada/ini"):
        answer = app.test_client().post("/masuk", data={"email": email, "password": PASSWORD, "next": target})
        assert (answer.status_code, answer.headers["Location"]) == (302, target)
