"""Before a diklat is closed, its page says who goes without and why, what is still open, and what becomes final."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals
from calakan.certificates import tasks
from calakan.completion import closing
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.assessment import courses as assessment
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def course(app: Flask) -> Course:
    return Course("Ani", "Budi", "Cici", task=True)


def test_names_and_reasons_are_crossed_and_the_button_closes(course: Course, client_of: Opener) -> None:
    ani, budi, _ = course.people
    path = f"/kelola/diklat/{course.slug}/tutup"
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani, budi)
        course.accept(ani)
        browser = client_of(factories.person("Panitia", Role.PANITIA).id)
        page = browser.get(path).get_data(as_text=True)
        assert "1 orang memegang sertifikat" in page
        assert "2 peserta tidak menerimanya" in page
        assert "Ini tidak dapat diurungkan." in page
        assert '<button class="btn btn-err">Tutup diklat</button>' in page
        row = page.partition('<th scope="row">Cici</th>')[2].partition("</tr>")[0]
        assert "Kehadiran 0 dari 8 JP" in row
        assert "Kumpulkan tugas" in row
        assert "Kehadiran 0 dari 8 JP" not in page.partition('<th scope="row">Budi</th>')[2].partition("</tr>")[0]
        only = browser.get(f"{path}?kurang=presence").get_data(as_text=True)
        assert ('<th scope="row">Cici</th>' in only, '<th scope="row">Budi</th>' in only) == (True, False)
        assert '<th scope="row">Budi</th>' in browser.get(f"{path}?kurang=xx").get_data(as_text=True)
        done = browser.post(path)
        assert (done.status_code, done.headers["Location"]) == (303, f"/kelola/diklat/{course.slug}/sertifikat")
        assert "tidak dapat diurungkan" not in browser.get(path).get_data(as_text=True)
    found = diklat_queries.by_slug(course.slug)
    assert found is not None
    assert found.state is DiklatState.CLOSED


def test_while_a_session_is_ahead_the_page_says_so_and_refuses(course: Course, client_of: Opener) -> None:
    path = f"/kelola/diklat/{course.slug}/tutup"
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert "Sesi “Sesi 1” belum selesai" in browser.get(path).get_data(as_text=True)
    assert browser.post(path).status_code == 422


def test_what_is_still_open(course: Course) -> None:
    assessment.hand_in(course.task, course.people[0])
    diklat = db.session().get_one(Diklat, course.id)
    with time_machine.travel(nine(2), tick=False):
        found = closing.still_open(diklat, now=clock.now())
    assert [session.id for session in found.ahead] == course.sessions[1:]
    assert [session.id for session in found.unstaffed] == course.sessions
    assert [(task.title, count) for task, count in found.unmarked] == [("Modul ajar", 1)]
    assert (found.doubtful, found.nothing) == (0, False)


def test_an_appeal_is_open_until_it_is_answered(course: Course, client_of: Opener) -> None:
    ani, session_id = course.people[0], course.sessions[0]

    def doubtful() -> int:
        db.session().rollback()
        return closing.still_open(db.session().get_one(Diklat, course.id), now=clock.now()).doubtful

    with time_machine.travel(nine(3), tick=False):
        with db.transaction():
            appeals.ask(session_id, ani, "HP saya mati.", actor=factories.SYSTEM, now=clock.now())
        assert doubtful() == 1
        browser = client_of(factories.person("Panitia", Role.PANITIA).id)
        page = browser.get(f"/kelola/diklat/{course.slug}/tutup").get_data(as_text=True)
        assert "Kehadiran 1 orang menunggu ditinjau." in page
        with db.transaction():
            appeals.answer(session_id, ani, grant=False, text="Tidak terlihat", actor=factories.SYSTEM, now=clock.now())
        assert doubtful() == 0


def test_a_questionnaire_that_is_answered_after_the_closing_earns_the_paper(app: Flask) -> None:
    made = Course("Ani", questionnaire=True)
    with time_machine.travel(nine(3), tick=False):
        made.mark(*made.people)
        with db.transaction():
            states.close(made.id, actor=factories.SYSTEM, now=clock.now())
        assert tasks.sweep(app.extensions["calakan.settings"]) == 0
        made.answer(made.people[0])
        assert tasks.sweep(app.extensions["calakan.settings"]) == 1
