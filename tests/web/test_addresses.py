"""Coming back after the log-in, and the switch of light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.people import passwords
from calakan.people.models import Person
from tests import factories

pytestmark = pytest.mark.any_database

Opener = Callable[[int | None], FlaskClient]
PASSWORD = "jambu kuning di kebun"


def account() -> str:
    """The address of somebody who can log in with PASSWORD."""
    person = factories.person("Ani Rahmawati")
    id, email = person.id, person.email
    with db.transaction() as session:
        session.get_one(Person, id).password_hash = passwords.hashed(PASSWORD)
    return email


def wanted(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("next", [""])[0]


def test_who_joins_without_a_log_in_comes_back_to_the_diklat(app: Flask, client: FlaskClient) -> None:
    slug, email = factories.diklat().slug, account()
    answer = client.post(f"/diklat/{slug}/daftar")
    assert answer.status_code == 302
    assert wanted(answer.headers["Location"]) == f"/diklat/{slug}"
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert f'name="next" value="/diklat/{slug}"' in page
    typed = {"email": email, "password": PASSWORD, "next": f"/diklat/{slug}"}
    assert client.post("/masuk", data=typed).headers["Location"] == f"/diklat/{slug}"
    assert f'action="/diklat/{slug}/daftar"' in client.get(f"/diklat/{slug}").get_data(as_text=True)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0


def test_a_new_teacher_comes_back_to_the_diklat_after_confirming(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    login = client.get(f"/masuk?next=/diklat/{slug}").get_data(as_text=True)
    link = re.search(r'href="(/akun/daftar[^"]*)"', login)
    assert link is not None
    assert wanted(link.group(1)) == f"/diklat/{slug}"
    assert f'name="next" value="/diklat/{slug}"' in client.get(link.group(1)).get_data(as_text=True)
    typed = {"name": "Ani Rahmawati", "email": "ani@example.org", "password": PASSWORD, "notice": "y"}
    client.post("/akun/daftar", data={**typed, "next": f"/diklat/{slug}"})
    secret = factories.mailed_secret("people.confirm_email", "ani@example.org")
    answer = client.post(f"/akun/konfirmasi/{secret}")
    assert wanted(answer.headers["Location"]) == f"/diklat/{slug}"


@pytest.mark.parametrize(
    ("posted", "page"),
    [
        ("/saya/profil", "/saya/profil"),
        ("/hadir", "/hadir"),
        ("/kelola/diklat/{slug}/program/1/geser", "/kelola/diklat/{slug}/program"),
        ("/kelola/diklat/{slug}/terbitkan", "/kelola/diklat/{slug}"),
        ("/diklat/{slug}/batal", "/diklat/{slug}/batal"),
        ("/keluar", "/"),
    ],
)
def test_each_form_leads_back_to_its_page(app: Flask, client: FlaskClient, posted: str, page: str) -> None:
    slug = factories.diklat().slug
    answer = client.post(posted.format(slug=slug))
    assert (answer.status_code, wanted(answer.headers["Location"])) == (302, page.format(slug=slug))


NOT_OURS = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a\nb",
    "/" + "x" * 600,
]


@pytest.mark.parametrize("target", NOT_OURS)
def test_no_other_site_is_gone_to(app: Flask, client: FlaskClient, target: str) -> None:
    typed = {"email": account(), "password": PASSWORD, "next": target}
    assert client.post("/masuk", data=typed).headers["Location"] == "/hari-ini"
    assert client.post("/tampilan", data={"tema": "dark", "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_chosen_and_given_back(app: Flask, client: FlaskClient, theme: str) -> None:
    slug = factories.diklat().slug
    page = client.get(f"/diklat/{slug}?hal=2").get_data(as_text=True)
    assert f'href="/tampilan?next=/diklat/{slug}%3Fhal%3D2"' in page
    answer = client.post("/tampilan", data={"tema": theme, "next": f"/diklat/{slug}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/diklat/{slug}")
    assert f'<html lang="id" data-theme="{theme}"' in client.get("/diklat").get_data(as_text=True)
    assert f'value="{theme}" checked' in client.get("/tampilan").get_data(as_text=True)
    client.post("/tampilan", data={"tema": ""})
    assert "data-theme" not in client.get("/diklat").get_data(as_text=True)


@pytest.mark.parametrize("value", ["merah", "<script>", "x" * 5000, "light dark"])
def test_no_other_theme_is_taken(app: Flask, client: FlaskClient, value: str) -> None:
    answer = client.post("/tampilan", data={"tema": value})
    assert answer.status_code == 422
    assert client.get_cookie("tema") is None
    assert "<script>" not in answer.get_data(as_text=True)


def test_the_switch_leaves_an_anonymous_visitor_without_a_session(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/tampilan").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert client.post("/tampilan", data={"tema": "dark"}).status_code == 400
    client.post("/tampilan", data={"tema": "dark", "csrf_token": token.group(1)})
    assert client.get_cookie("calakan") is None
    assert client.get_cookie("tema") is not None


def test_the_switch_keeps_a_log_in(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person().id)
    assert 'href="/tampilan?next=/saya"' in browser.get("/saya").get_data(as_text=True)
    assert browser.post("/tampilan", data={"tema": "dark", "next": "/saya"}).status_code == 303
    assert browser.get("/saya").status_code == 200
