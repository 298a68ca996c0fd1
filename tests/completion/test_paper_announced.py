"""What a certificate asks for and what it will state, told before enrolling and while learning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import ExamKind
from calakan.assessment.services import exams
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, JpRule
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from calakan.web import cache
from calakan.web.cache import Pages
from tests import factories
from tests.assessment.test_programme import course, join, nine, publish, task

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def pages(app: Flask) -> Iterator[Pages]:
    kept: Pages = app.extensions["calakan.pages"]
    kept.seconds = cache.SECONDS
    yield kept
    kept.seconds = 0
    kept.clear()


def whole(rule: JpRule = JpRule.HELD) -> tuple[int, str]:
    """A published diklat of two sessions and a row at home that asks for presence, a task, a test and the questionnaire."""
    id = course(90, 135, home=2, rule=rule, least=75)
    task(id, title="Aksi nyata")
    test = exams.ExamPlan(
        title="Tes akhir", opens_at=nine(4), closes_at=nine(9), attempts_allowed=1, minutes=None, pass_score=70
    )
    with db.transaction() as session:
        exams.set_exam(id, ExamKind.POST, test, actor=factories.SYSTEM, now=clock.now())
        session.get_one(Diklat, id).questionnaire = True
    publish(id)
    return id, db.session().get_one(Diklat, id).slug


def panel(browser: FlaskClient, path: str) -> str:
    """The words of the panel of conditions."""
    page = browser.get(path)
    assert page.status_code == 200
    found = re.search(r'<section[^>]*aria-labelledby="h-syarat">.*?</section>', page.get_data(as_text=True), re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_every_condition_and_every_row_is_told_before_enrolling_and_while_learning(
    app: Flask, client_of: Opener
) -> None:
    id, slug = whole()
    me = join(id, "Ani")
    newcomer = factories.person("Budi").id
    told = panel(client_of(None), f"/diklat/{slug}")
    for text in (
        "Hadir paling sedikit 75% JP sesi.",
        "1 tugas diterima panitia (“Aksi nyata”).",
        "Nilai Tes akhir paling rendah 70.",
        "Angket tiap sesi yang diikuti terisi.",
        "7 JP : semua materi yang jadi diselenggarakan",
        "Sesi 1 2 JP Sesi 2 3 JP Di rumah Dibuktikan dengan Aksi nyata",
    ):
        assert text in told
    assert panel(client_of(newcomer), f"/diklat/{slug}") == told
    assert panel(client_of(me), f"/diklat/{slug}") == told
    assert panel(client_of(me), f"/belajar/{slug}") == told


def test_what_is_not_asked_for_is_not_told(app: Flask, client_of: Opener) -> None:
    id = course(90)
    publish(id)
    told = panel(client_of(None), f"/diklat/{db.session().get_one(Diklat, id).slug}")
    assert "Hadir paling sedikit 50% JP sesi." in told
    for word in ("tugas", "Nilai", "Angket"):
        assert word not in told


def test_where_only_the_own_part_counts_the_total_is_a_most(app: Flask, client_of: Opener) -> None:
    _, slug = whole(JpRule.OWN)
    told = panel(client_of(None), f"/diklat/{slug}")
    assert "Paling banyak 7 JP : yang dihitung hanya materi yang Bapak/Ibu ikuti." in told
    assert "semua materi" not in told


def test_a_session_that_was_called_off_leaves_what_is_announced(app: Flask, client_of: Opener) -> None:
    id, slug = whole()
    with db.transaction():
        second = diklat_queries.sessions_of(id)[1]
        sessions.cancel(second.id, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    told = panel(client_of(None), f"/diklat/{slug}")
    assert "4 JP : semua materi" in told
    assert "Sesi 2" not in told


def test_the_page_of_a_stranger_is_kept_with_its_conditions_and_nothing_of_a_person(
    app: Flask, client_of: Opener, pages: Pages
) -> None:
    id, slug = whole()
    me = join(id, "Ani Rahmawati")
    client_of(me).get(f"/diklat/{slug}")
    assert len(pages) == 0
    stranger = client_of(None)
    first = stranger.get(f"/diklat/{slug}").get_data(as_text=True)
    assert len(pages) == 1
    assert stranger.get(f"/diklat/{slug}").get_data(as_text=True) == first
    assert "Aksi nyata" in first
    for private in ("Ani Rahmawati", "csrf_token"):
        assert private not in first
