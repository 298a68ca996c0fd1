"""Before a diklat is closed, its page says how many papers will come and who goes without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import DiklatState
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories


def test_the_page_counts_before_the_button_closes(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    course = factories.diklat(days=1)
    id, slug = course.id, course.slug
    path = f"/kelola/diklat/{slug}/tutup"
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    for person_id in people:
        with db.transaction():
            enrolment.join(id, person_id, actor=factories.SYSTEM, now=clock.now())
    live = diklat_queries.sessions_of(id)[0].id
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        with db.transaction():
            attendance.mark_by_hand(
                live, people[:1], present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
            )
        browser = client_of(factories.person("Panitia", Role.PANITIA).id)
        page = browser.get(path).get_data(as_text=True)
        assert "Terbit 1 sertifikat; 2 peserta belum memenuhi syarat." in page
        assert browser.post(path).status_code == 303
    found = diklat_queries.by_slug(slug)
    assert found is not None
    assert found.state is DiklatState.CLOSED
