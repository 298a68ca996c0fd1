"""Wrong and hostile input in the panitia's forms and addresses of diklat: a sentence, what was typed, and nothing changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from calakan.diklat.models import Diklat, DiklatState, LiveSession, ProgrammeRow
from calakan.kernel import db
from calakan.kernel.actor import Role
from tests import factories

Opener = Callable[[int | None], FlaskClient]
DETAILS = {
    "title": "Numerasi",
    "summary": "Ringkas.",
    "kind": "diklat",
    "mode": "daring",
    "min_attendance_percent": "80",
    "place": "Aula Satria",
}
SESSION = {"title": "Sesi 2", "starts_at": "2099-01-05T13:00", "ends_at": "2099-01-05T15:00", "place": "Aula Satria"}
UNREADABLE = ["a\x07b", "\u202egnalak", "\ufffd", "a\u2066b"]
NO_DATE = [
    "31/02/2026",
    "2026-02-31T10:00",
    "2026-01-01T25:00",
    "kapan-kapan",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
]
NO_NUMBER = ["-1", "0", "1.5", "1e3", "٣", "9" * 40, "=1+1", "x"]
HARMLESS = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE diklat; --",
    "{{ 7*7 }}",
    "Ñandú 日本",
    "%s%n",
]


@pytest.fixture
def staff(client_of: Opener) -> FlaskClient:
    return client_of(factories.person("Panitia", Role.PANITIA).id)


def counted() -> tuple[int, ...]:
    db.session().rollback()
    models = (Diklat, LiveSession, ProgrammeRow)
    return tuple(db.session().scalar(sa.select(sa.func.count()).select_from(m)) or 0 for m in models)


def wrong_details() -> list[tuple[str, str]]:
    texts = [(name, value) for name in ("title", "summary", "description", "outcomes") for value in UNREADABLE]
    long = [("title", "x" * 121), ("summary", "x" * 241), ("description", "x" * 10_001), ("outcomes", "x" * 2001)]
    empty = [(name, value) for name in ("title", "summary", "min_attendance_percent") for value in ("", "   ")]
    dates = [(name, value) for name in ("enrol_opens_at", "enrol_closes_at") for value in NO_DATE]
    numbers = [(name, value) for name in ("quota", "min_attendance_percent") for value in NO_NUMBER]
    lists = [(name, "tidak-ada") for name in ("kind", "mode", "topics", "levels", "posts", "lead_id")]
    return [*texts, *long, *empty, *dates, *numbers, *lists, ("min_attendance_percent", "101")]


@pytest.mark.any_database
def test_a_wrong_diklat_is_not_made(app: Flask, staff: FlaskClient) -> None:
    for name, value in wrong_details():
        answer = staff.post("/kelola/diklat/baru", data={**DETAILS, name: value})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, (name, value)
        assert "Ada isian yang perlu dibetulkan" in page
        assert 'value="Aula Satria"' in page
        assert re.search(rf'id="{name}-e"|class="field[^"]*is-err" id="{name}"', page), (name, value)
        assert "<title>Galat: " in page
    assert counted() == (0, 0, 0)


@pytest.mark.any_database
def test_a_window_that_closes_before_it_opens_is_refused(app: Flask, staff: FlaskClient) -> None:
    times = {"enrol_opens_at": "2099-01-05T13:00", "enrol_closes_at": "2099-01-05T13:00"}
    answer = staff.post("/kelola/diklat/baru", data={**DETAILS, **times})
    assert answer.status_code == 422
    assert 'id="enrol_closes_at-e"' in answer.get_data(as_text=True)
    assert counted() == (0, 0, 0)


@pytest.mark.any_database
def test_a_wrong_change_leaves_the_diklat_as_it_was(app: Flask, staff: FlaskClient) -> None:
    slug = factories.diklat("Asli", quota=7).slug
    for name, value in wrong_details():
        if name == "lead_id":
            continue
        answer = staff.post(f"/kelola/diklat/{slug}/ubah", data={**DETAILS, name: value})
        assert answer.status_code == 422, (name, value)
    db.session().rollback()
    kept = db.session().scalars(sa.select(Diklat)).one()
    assert (kept.title, kept.quota, kept.place) == ("Asli", 7, "")


def test_odd_but_readable_words_are_shown_as_words(app: Flask, staff: FlaskClient) -> None:
    for value in HARMLESS:
        typed = {**DETAILS, "title": value, "description": value, "outcomes": value}
        answer = staff.post("/kelola/diklat/baru", data=typed)
        assert answer.status_code == 303, value
        page = staff.get(answer.headers["Location"]).get_data(as_text=True)
        assert f"<h1>{escape(value)}</h1>" in page
        assert "<script>alert" not in page
        slug = answer.headers["Location"].split("/")[3]
        assert "<script>alert" not in staff.get(f"/diklat/{slug}").get_data(as_text=True)
    assert counted()[0] == len(HARMLESS)


def wrong_sessions() -> list[tuple[str, str]]:
    texts = [(name, value) for name in ("title", "room_note", "place") for value in UNREADABLE]
    long = [("title", "x" * 161), ("room_url", "https://" + "x" * 500), ("room_note", "x" * 201)]
    dates = [(name, value) for name in ("starts_at", "ends_at") for value in [*NO_DATE, ""]]
    order = [("ends_at", "2099-01-05T13:00"), ("ends_at", "2099-01-05T12:00"), ("ends_at", "2099-01-06T13:00")]
    past = [("starts_at", "2020-01-05T13:00")]
    links = [
        ("room_url", value)
        for value in (
            "http://zoom.example",
            "javascript:alert(1)",
            "https://",
            "https://a@b.example",
            "zoom",
            "https://[",
        )
    ]
    numbers = [("jp", value) for value in [*NO_NUMBER, "51"]]
    lists = [("speakers", "x"), ("moderators", "999999"), ("row", "999999"), ("row", "x")]
    return [*texts, *long, *dates, *order, *past, *links, *numbers, *lists, ("title", "")]


@pytest.mark.any_database
def test_a_wrong_session_is_not_made_or_changed(app: Flask, staff: FlaskClient) -> None:
    slug = factories.diklat().slug
    before = counted()
    for name, value in wrong_sessions():
        answer = staff.post(f"/kelola/diklat/{slug}/sesi/baru", data={**SESSION, name: value})
        assert answer.status_code == 422, (name, value)
        assert "Ada isian yang perlu dibetulkan" in answer.get_data(as_text=True)
        if name != "row":
            answer = staff.post(f"/kelola/diklat/{slug}/sesi/1/ubah", data={**SESSION, name: value})
            assert answer.status_code == 422, (name, value)
    assert counted() == before
    assert db.session().scalars(sa.select(LiveSession)).one().title == "Sesi 1"


def test_a_row_of_another_diklat_is_not_taken(app: Flask, staff: FlaskClient) -> None:
    slug, other = factories.diklat("Satu").slug, factories.diklat("Dua").id
    row = db.session().scalars(sa.select(ProgrammeRow).where(ProgrammeRow.diklat_id == other)).one().id
    assert staff.post(f"/kelola/diklat/{slug}/sesi/baru", data={**SESSION, "row": row}).status_code == 422
    typed = {"row": row, "title": "Milik lain", "group": "pokok", "jp": "2"}
    staff.post(f"/kelola/diklat/{slug}/program/1/ubah", data=typed)
    db.session().rollback()
    assert {r.title for r in db.session().scalars(sa.select(ProgrammeRow))} == {"Sesi 1"}


@pytest.mark.any_database
@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "a\x07b", "\u202e"])
@pytest.mark.parametrize("path", ["batal", "sesi/1/batal"])
def test_a_cancellation_wants_a_readable_reason(app: Flask, staff: FlaskClient, path: str, reason: str) -> None:
    slug = factories.diklat().slug
    assert staff.post(f"/kelola/diklat/{slug}/{path}", data={"reason": reason}).status_code == 422
    db.session().rollback()
    assert db.session().scalars(sa.select(Diklat)).one().state is DiklatState.PUBLISHED


@pytest.mark.parametrize("slug", ["tiada", "a" * 500, "%00", "..%2f..", "%ff%fe", "'", "<script>"])
@pytest.mark.parametrize(
    "path", ["/diklat/{}", "/diklat/{}.ics", "/kelola/diklat/{}/sesi", "/kelola/diklat/{}/program/1/ubah"]
)
def test_addresses_that_lead_nowhere(app: Flask, staff: FlaskClient, path: str, slug: str) -> None:
    assert staff.get(path.format(slug)).status_code in (400, 404)


@pytest.mark.parametrize("position", ["0", "-1", "9999", "10000", "9" * 40, "x", "1.0"])
def test_positions_that_are_none(app: Flask, staff: FlaskClient, position: str) -> None:
    slug = factories.diklat().slug
    for act in ("geser", "hapus"):
        answer = staff.post(f"/kelola/diklat/{slug}/program/{position}/{act}", data={"row": "1", "ke": "1"})
        assert answer.status_code == 404
    assert staff.get(f"/kelola/diklat/{slug}/program/{position}/ubah").status_code == 404
