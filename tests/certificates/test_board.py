"""The panitia's page of a batch: how far it is, who gets nothing and why, what failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.certificates import eligibility, queries, tasks
from calakan.certificates.models import Certificate
from calakan.certificates.words import why_failed
from calakan.completion import groups
from calakan.completion.standing import Lack
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from tests import factories

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def closed(app: Flask) -> Diklat:
    """Two sessions of 4 JP: Ani was at both, Budi at one, Citra and Dewi at none. Closed, papers asked for."""
    made = factories.diklat(days=1)
    start, id = clock.now(), made.id
    factories.live_session(id, factories.morning(2), title="Sesi 2")
    first, second = (session.id for session in diklat_queries.sessions_of(id))
    ani, budi, citra, dewi = (factories.person(name).id for name in ("Ani", "Budi", "Citra", "Dewi"))
    for person_id in (ani, budi, citra, dewi):
        with db.transaction():
            enrolment.join(id, person_id, actor=factories.SYSTEM, now=start)
    with time_machine.travel(start + timedelta(days=3)):
        for session_id, people in ((first, [ani, budi]), (second, [ani])):
            with db.transaction():
                attendance.mark_by_hand(
                    session_id, people, present=True, reason="hadir", actor=factories.SYSTEM, now=clock.now()
                )
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
    return db.session().get_one(Diklat, id)


def test_those_without_a_paper_are_grouped_by_what_they_lack(app: Flask, closed: Diklat) -> None:
    plan = eligibility.dry_run(closed, now=clock.now() + timedelta(days=3))
    found = [
        (row.lack, row.count, [person.name for person in row.people])
        for row in groups.by_lack(plan.lacking.values(), shown=1)
    ]
    assert found == [(Lack.PRESENCE, 3, ["Budi"])]


def test_progress_is_told_until_all_is_done_then_the_numbers(app: Flask, client_of: Opener, closed: Diklat) -> None:
    base = f"/kelola/diklat/{closed.slug}/sertifikat"
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    page = browser.get(base).get_data(as_text=True)
    assert f'data-segar="{base}/kemajuan"' in page
    part = browser.get(f"{base}/kemajuan")
    assert part.status_code == 200
    assert 'aria-valuemax="1" aria-valuenow="0"' in part.get_data(as_text=True)
    assert "<html" not in part.get_data(as_text=True)
    assert queries.number_range(closed.id) is None
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert tasks.issue_due(app.extensions["calakan.settings"]) == 1
    assert browser.get(f"{base}/kemajuan").status_code == 204
    number = db.session().scalars(sa.select(Certificate.number)).one()
    assert queries.number_range(closed.id) == (number, number)
    page = browser.get(base).get_data(as_text=True)
    assert f"Nomor {number}<" in page
    assert "data-segar" not in page
    assert 'Kehadiran belum cukup <b class="num">3 orang</b>' in page


def test_progress_is_the_panitias(app: Flask, client_of: Opener, closed: Diklat) -> None:
    path = f"/kelola/diklat/{closed.slug}/sertifikat/kemajuan"
    assert client_of(factories.person().id).get(path).status_code == 404


def test_a_failed_paper_says_why_and_is_tried_again(app: Flask, client_of: Opener, closed: Diklat) -> None:
    base, id = f"/kelola/diklat/{closed.slug}/sertifikat", closed.id
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(state=WorkState.FAILED, last_error="U+4E2D, U+6587"))
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    page = browser.get(base).get_data(as_text=True)
    assert "Huruf 中 dan 文 tidak dapat dicetak." in page
    assert browser.post(f"{base}/ulang").status_code == 302
    db.db.session.remove()
    assert queries.work(id)[WorkState.PENDING] == 1
    assert why_failed("a certificate needs a name") == ("Namanya kosong.", "person")
    assert why_failed("at most three people sign a certificate")[1] == "settings"
    assert "coba lagi" in why_failed("something new")[0]
