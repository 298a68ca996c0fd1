"""An address that nobody reads is the end of a sign-up: likely slips are asked about, and the letter can be sent again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.notifications.models import Message
from calakan.people import typos
from calakan.people.models import Person
from calakan.people.services import entry
from tests import factories
from tests.people.importing import import_people

PASSWORD = "jambu kuning di kebun belakang"
TYPED = {"name": "Ani Rahmawati", "password": PASSWORD, "notice": "y"}


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.co.id", "gmail.com"),
        ("yaho.co.id", "yahoo.co.id"),
        ("yahoo.con", "yahoo.com"),
        ("yahoo.com.id", "yahoo.co.id"),
        ("hotmial.com", "hotmail.com"),
        ("guru.sd.belajar.di", "guru.sd.belajar.id"),
        ("sekolahku.con", "sekolahku.com"),
    ],
)
def test_a_likely_slip(domain: str, meant: str) -> None:
    assert typos.meant(f"Ani@{domain}") == f"ani@{meant}"


@pytest.mark.parametrize("domain", [*typos.RIGHT, "example.org", "dinas.banyumaskab.go.id", "x.id", "gmal.org"])
def test_no_slip(domain: str) -> None:
    assert typos.meant(f"ani@{domain}") is None


def test_what_is_no_address_is_no_slip() -> None:
    assert typos.meant("gmial.com") is None


def hidden(body: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', body)
    assert found is not None
    return found[1]


def test_a_sign_up_is_asked_once_and_taken_when_sent_again(app: Flask) -> None:
    typed = {**TYPED, "email": "ani@gmial.com"}
    browser = app.test_client()
    asked = browser.post("/akun/daftar", data=typed)
    assert asked.status_code == 422
    assert "Maksudnya ani@gmail.com?" in asked.text
    assert db.session().scalars(sa.select(Person.email)).all() == []
    again = {**typed, "email_asked": hidden(asked.text, "email_asked")}
    other = browser.post("/akun/daftar", data={**again, "email": "ani@yaho.com"})
    assert (other.status_code, "Maksudnya ani@yahoo.com?" in other.text) == (422, True)
    assert browser.post("/akun/daftar", data=again).status_code == 302
    factories.answered()
    assert db.session().scalars(sa.select(Person.email)).all() == ["ani@gmial.com"]


def test_so_is_whoever_adds_a_person(app: Flask, client_of: Callable[[int | None], FlaskClient]) -> None:
    client = client_of(factories.person("Rina", Role.ADMIN).id)
    typed = {"name": "Ani", "email": "ani@yahoo.con"}
    asked = client.post("/kelola/orang/tambah", data=typed)
    assert (asked.status_code, "Maksudnya ani@yahoo.com?" in asked.text) == (422, True)
    again = {**typed, "email_asked": hidden(asked.text, "email_asked")}
    assert client.post("/kelola/orang/tambah", data=again).status_code == 302


def test_an_import_takes_the_row_and_says_so(app: Flask) -> None:
    content = b"surel,nama\nani@gmial.com,Ani\nbudi@gmail.com,Budi\n"
    done = import_people(content)
    assert (done.added, done.problems, done.doubtful) == (2, [], [(2, "ani@gmail.com")])


def kinds(email: str) -> list[str]:
    factories.answered()
    return list(db.session().scalars(sa.select(Message.kind).where(Message.address == email).order_by(Message.id)))


def test_the_waiting_page_sends_again_and_lets_the_address_be_changed(app: Flask) -> None:
    browser, email = app.test_client(), "ani@example.org"
    browser.post("/akun/daftar", data={**TYPED, "email": email})
    page = browser.get("/akun/daftar/terkirim").text
    assert email in page
    assert "Kirim ulang" in page
    answer = browser.post("/akun/kirim-ulang", data={"email": hidden(page, "email")}, follow_redirects=True)
    assert email in answer.text
    assert kinds(email) == [entry.CONFIRM] * 2
    form = browser.get("/akun/daftar").text
    assert 'value="Ani Rahmawati"' in form
    assert f'value="{email}"' in form
    for _ in range(entry.MOST_MAILS):
        browser.post("/akun/kirim-ulang", data={"email": email})
    assert kinds(email) == [entry.CONFIRM] * entry.MOST_MAILS
    secret = factories.mailed_secret(entry.CONFIRM, email)
    assert browser.post(f"/akun/konfirmasi/{secret}").status_code == 302
    assert email not in browser.get("/akun/daftar").text


def test_a_log_in_before_the_proof_offers_the_letter_to_the_owner_of_the_password_alone(app: Flask) -> None:
    browser, email = app.test_client(), "ani@example.org"
    browser.post("/akun/daftar", data={**TYPED, "email": email})
    factories.answered()
    other = app.test_client()
    assert "Kirim ulang" not in other.post("/masuk", data={"email": email, "password": "keliru"}).text
    page = other.post("/masuk", data={"email": email, "password": PASSWORD}).text
    assert "Kirim ulang" in page
    assert other.post("/akun/kirim-ulang", data={"email": email}).status_code == 302
    assert kinds(email) == [entry.CONFIRM] * 2


def test_sending_again_tells_a_proven_address_of_its_account_and_nobody_of_a_stranger(app: Flask) -> None:
    email, gone = factories.person("Ani").email, factories.person("Budi").email
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.email == gone).values(active=False))
    browser = app.test_client()
    for typed in (email, gone, "nobody@example.org"):
        assert browser.post("/akun/kirim-ulang", data={"email": typed}).headers["Location"] == "/akun/daftar/terkirim"
    assert (kinds(email), kinds(gone), kinds("nobody@example.org")) == ([entry.KNOWN], [], [])
    assert browser.post("/akun/kirim-ulang", data={"email": "x"}).headers["Location"] == "/akun/daftar"
