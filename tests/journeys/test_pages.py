"""Pages over HTTP: accounts, forms that refuse, who may open what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people import queries
from calakan.people.models import Login, Person
from calakan.people.services import roles
from tests import factories

Opener = Callable[[int | None], FlaskClient]
NASTY = [
    "",
    "x" * 5000,
    "a\x07b",
    "\u202egnalak",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE person; --",
    "{{ 7*7 }}",
    "\ufffd",
    "%00",
    "../../etc/passwd",
    "9" * 40,
    "-1",
    "31/02/2026",
]


def test_register_confirm_log_in_and_out(app: Flask, client: FlaskClient) -> None:
    typed = {"name": "Ani Rahmawati", "email": "Ani@Example.org", "password": "jambu kuning di kebun", "notice": "y"}
    assert client.post("/akun/daftar", data=typed).status_code == 302
    secret = factories.mailed_secret("people.confirm_email", "ani@example.org")
    answer = client.post("/masuk", data={"email": "ani@example.org", "password": typed["password"]})
    assert answer.status_code == 422
    assert client.get(f"/akun/konfirmasi/{secret}").status_code == 200
    assert client.post(f"/akun/konfirmasi/{secret}").status_code == 302
    assert client.post(f"/akun/konfirmasi/{secret}").status_code == 409
    answer = client.post("/masuk?next=//evil.example", data={"email": "ani@example.org", "password": typed["password"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/hari-ini")
    assert client.get("/saya/profil").status_code == 200
    assert client.post("/keluar").status_code == 302
    assert client.get("/saya/profil").status_code == 302
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Login)) == 0


def test_an_address_that_has_an_account_looks_the_same(app: Flask, client: FlaskClient) -> None:
    known = factories.person().email
    typed = {"name": "Siapa", "password": "jambu kuning di kebun", "notice": "y"}
    answers = [client.post("/akun/daftar", data={**typed, "email": e}) for e in (known, "baru@example.org")]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize("value", NASTY)
def test_nasty_values_in_the_profile_change_nothing_and_are_kept(app: Flask, client_of: Opener, value: str) -> None:
    teacher = factories.person("Budi Santoso")
    before = queries.person(teacher.id)
    assert before is not None
    nip, phone = before.nip, before.phone
    typed = {"name": "Budi Santoso", "nip": value, "phone": value, "jabatan": value, "kecamatan_code": value}
    answer = client_of(teacher.id).post("/saya/profil", data=typed)
    assert answer.status_code in (302, 422)
    if value:
        assert answer.status_code == 422
        assert "<script>alert" not in answer.get_data(as_text=True)
        db.session().rollback()
        after = db.session().get_one(Person, teacher.id)
        assert (after.nip, after.phone, after.jabatan) == (nip, phone, "guru_kelas")


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("path", ["/diklat?q={}", "/periksa?no={}", "/diklat?hal={}", "/s/{}", "/diklat/{}"])
def test_nasty_addresses_are_answered_plainly(app: Flask, client: FlaskClient, path: str, value: str) -> None:
    from urllib.parse import quote

    answer = client.get(path.format(quote(value, errors="replace")))
    assert answer.status_code < 500


@pytest.mark.parametrize("number", [99, 10**9, 10**30])
def test_a_session_that_cannot_be_is_not_found(app: Flask, client_of: Opener, number: int) -> None:
    course, staff = factories.diklat(), factories.person("Panitia", Role.PANITIA)
    assert client_of(staff.id).get(f"/kelola/diklat/{course.slug}/sesi/{number}/kode").status_code == 404


def test_schools_are_found_as_typed(app: Flask) -> None:
    names = [school.name for school in queries.search_schools("sdn 1 kedungwuluh")]
    assert names[0] == "SD NEGERI 1 KEDUNGWULUH"


@pytest.mark.parametrize("path", ["/kelola", "/kelola/orang", "/kelola/pesan", "/kelola/pengaturan", "/kelola/laporan"])
def test_the_panitias_pages_are_closed_to_teachers(app: Flask, client_of: Opener, path: str) -> None:
    teacher, admin = factories.person("Guru"), factories.person("Admin", Role.ADMIN, Role.PANITIA)
    assert client_of(None).get(path).status_code == 302
    assert client_of(teacher.id).get(path).status_code in (403, 404)
    assert client_of(admin.id).get(path).status_code == 200


def test_a_changed_role_ends_the_log_in_at_once(app: Flask, client_of: Opener) -> None:
    person = factories.person("Panitia", Role.PANITIA)
    browser = client_of(person.id)
    assert browser.get("/kelola").status_code == 200
    with db.transaction():
        roles.set_roles(person.id, [], actor=factories.SYSTEM, now=clock.now())
    assert browser.get("/kelola").status_code == 302


def test_a_reset_asks_staff_for_a_longer_password(app: Flask, client: FlaskClient) -> None:
    for roles_held, status in (((Role.PANITIA,), 422), ((), 302)):
        email = factories.person("Siapa", *roles_held).email
        client.post("/akun/lupa-sandi", data={"email": email})
        secret = factories.mailed_secret("people.reset_password", email)
        answer = client.post(f"/akun/sandi-baru/{secret}", data={"password": "jambu biru 7x"})
        assert answer.status_code == status


def test_no_form_without_its_token(app: Flask, client_of: Opener) -> None:
    teacher = factories.person()
    app.config["WTF_CSRF_ENABLED"] = True
    assert client_of(teacher.id).post("/saya/profil", data={"name": "Lain"}).status_code == 400


def test_headers_of_every_page(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/diklat", "/masuk", "/tidak-ada", "/periksa"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=", answer.get_data(as_text=True))


def test_the_catalogue_asks_the_same_number_of_questions_for_one_and_for_many(app: Flask, client: FlaskClient) -> None:
    def questions() -> int:
        count = 0

        def note(*args: object) -> None:
            nonlocal count
            count += 1

        sa.event.listen(db.engine(), "before_cursor_execute", note)
        # As in a request of its own: nothing is known yet.
        db.db.session.remove()
        g.pop("lists", None)
        try:
            assert client.get("/diklat").status_code == 200
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
        return count

    factories.diklat("Satu")
    few = questions()
    for n in range(8):
        factories.diklat(f"Diklat {n}")
    assert questions() == few


def test_joining_over_http(app: Flask, client_of: Opener) -> None:
    course, teacher = factories.diklat("Numerasi"), factories.person()
    browser = client_of(teacher.id)
    slug = course.slug
    page = browser.get(f"/diklat/{slug}").get_data(as_text=True)
    assert f'action="/diklat/{slug}/daftar"' in page
    assert browser.post(f"/diklat/{slug}/daftar").status_code in (302, 303)
    assert "Numerasi" in browser.get("/saya").get_data(as_text=True)
    assert browser.get("/saya/riwayat").status_code == 200
    assert browser.get(f"/belajar/{slug}").status_code == 200
    assert browser.get("/hadir").status_code == 200
