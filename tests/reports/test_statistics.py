"""Public statistics: right, and nobody can be worked out of them."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Jenjang, School
from calakan.reports import statistics
from calakan.reports.statistics import FEWEST, Hidden, suppressed
from calakan.reports.terms import Dimension
from tests import factories


def test_small_cells_and_the_next_one_are_hidden() -> None:
    assert suppressed([100, 3, 40, 12]) == {1: Hidden.SMALL, 3: Hidden.COMPLEMENTARY}
    assert suppressed([100, 40]) == {}
    assert suppressed([0, 100]) == {}
    assert suppressed([3, 2, 50]) == {1: Hidden.SMALL, 0: Hidden.SMALL}
    # Two ones make two: their sum tells both, so a third goes with them.
    assert suppressed([1, 1, 50]) == {0: Hidden.SMALL, 1: Hidden.SMALL, 2: Hidden.COMPLEMENTARY}
    # Beside a shown five the hidden one could only be five: two must go.
    assert suppressed([3, 5, 5, 100]) == {
        0: Hidden.SMALL,
        1: Hidden.COMPLEMENTARY,
        2: Hidden.COMPLEMENTARY,
    }
    assert suppressed([3]) == {0: Hidden.SMALL}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=7))
def test_no_hidden_value_follows_from_the_rest(values: list[int]) -> None:
    hidden = suppressed(values)
    assert {p for p, v in enumerate(values) if v < FEWEST} == {p for p, w in hidden.items() if w is Hidden.SMALL}
    if not hidden or len(hidden) == len(values):
        return  # nothing to find, or no total to find it with
    total = sum(values[p] for p in hidden)
    bounds = [range(1, FEWEST) if why is Hidden.SMALL else range(FEWEST, 40) for why in hidden.values()]
    small = [n for n, why in enumerate(hidden.values()) if why is Hidden.SMALL]
    worlds = [w for w in itertools.product(*bounds) if sum(w) == total] if len(hidden) <= 4 else []
    for n in small if worlds else []:
        assert len({world[n] for world in worlds}) > 1


def enrol(level: Jenjang, people: int, days: int = 3) -> None:
    course = factories.diklat(days=days).id
    for _ in range(people):
        person = factories.person(jenjang=level).id
        with db.transaction():
            enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now())


def test_the_page_and_the_numbers_for_programs_agree(app: Flask, client: FlaskClient) -> None:
    enrol(Jenjang.SD, 9)
    enrol(Jenjang.SMP, 6)
    enrol(Jenjang.PAUD, 2)
    later = clock.today() + timedelta(days=5)
    table = statistics.table(Dimension.JENJANG, today=later)
    assert [(c.key.code, c.people, c.participations, c.hidden) for c in table.cells] == [
        ("paud", None, None, Hidden.SMALL),
        ("sd", 9, 9, None),
        ("smp", None, None, Hidden.COMPLEMENTARY),
    ]
    assert (table.people, table.participations) == (17, 17)
    # A diklat that has not begun counts for nothing yet.
    assert statistics.table(Dimension.JENJANG, today=clock.today()).cells == []
    answer = client.get("/api/v1/statistics/participation?by=jenjang")
    assert (answer.get_json()["rows"], answer.headers["Cache-Control"]) == ([], "public, max-age=3600")


def test_one_small_place_alone_hides_even_the_total(app: Flask) -> None:
    enrol(Jenjang.SD, 2)
    table = statistics.table(Dimension.KECAMATAN, today=clock.today() + timedelta(days=9))
    assert [(c.people, c.hidden) for c in table.cells] == [(None, Hidden.SMALL)]
    assert (table.people, table.participations) == (None, None)


def test_those_who_are_too_few_are_named_in_a_sentence_without_a_line_of_their_own(
    app: Flask, client: FlaskClient
) -> None:
    enrol(Jenjang.SD, 7)
    enrol(Jenjang.SMP, 2)
    enrol(Jenjang.PAUD, 2)
    with time_machine.travel(clock.now() + timedelta(days=9)):
        page = client.get("/statistik").get_data(as_text=True)
    assert "Kurang dari 5 peserta: PAUD dan SMP." in page
    assert re.findall(r'<th scope="row">(PAUD|SD|SMP)</th>', page) == ["SD"]


def test_the_page_is_public_cached_and_linked(app: Flask, client: FlaskClient) -> None:
    assert db.session().scalar(sa.select(sa.func.count()).select_from(School))
    page = client.get("/statistik")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "public, max-age=3600")
    assert 'href="/statistik"' in client.get("/diklat").get_data(as_text=True)
    assert client.get("/api/v1/docs").status_code == 200


def test_the_widget_may_be_framed_by_anybody_and_nothing_else_may(client: FlaskClient) -> None:
    answer = client.get("/statistik/bingkai")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in answer.headers
    assert not [name for name, _ in answer.headers if name.startswith("X-Calakan")]
    assert answer.headers["Cache-Control"] == statistics.CACHE
    again = client.get("/statistik/bingkai", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    page = client.get("/statistik")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]


def test_a_portal_reads_what_this_application_is(client: FlaskClient) -> None:
    answer = client.get("/aplikasi.json")
    facts = answer.get_json()
    assert (facts["schema"], facts["name"], facts["url"]) == (1, "Banyumas Calakan", "http://calakan.test")
    for address in facts["links"].values():
        assert client.get(address.removeprefix("http://calakan.test")).status_code == 200
    assert client.get("/aplikasi.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
