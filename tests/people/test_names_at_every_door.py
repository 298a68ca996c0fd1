"""One rule of names: whichever door a name comes in by, what no paper can bear is refused there, in the same words."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people import names
from calakan.people.errors import NameIsAddress, NameTooLong, NameUndrawable
from calakan.people.issuers import Said
from calakan.people.models import Person, TokenScope
from calakan.people.services import entry, newcomers, tokens
from calakan.people.services.newcomers import Newcomer
from calakan.web.messages import sentence
from config import Issuer
from tests import factories
from tests.people.importing import import_people

EMAIL, PASSWORD = "baru@example.org", "belimbing wuluh tiga keranjang"
LONG, UNDRAWABLE, SITE = (
    "Nama terlalu panjang untuk dicetak pada sertifikat.",
    "Huruf 漢 tidak dapat dicetak pada sertifikat.",
    "Nama tidak memuat alamat situs.",
)
BAD = {
    "a letter too many": ("A" * 101, LONG),
    "240 characters": ("Sri " * 60, LONG),
    "200 bytes": ("é" * 100, LONG),
    "151 bytes": ("é" * 75 + "A", LONG),
    "no font has it": ("Ani 漢", UNDRAWABLE),
    "a site": ("Hadiah di situs.example/klaim", SITE),
}
GOOD = {"100 letters": "A" * 100, "150 bytes": "é" * 75, "an apostrophe, a dot": "Moch.Arif Ma’ruf Nu`man"}
CHOSEN = {"jabatan": "guru_kelas", "school_words": "kedungwuluh", "notice": "y"}
Opener = Callable[[int], FlaskClient]


class Doors:
    """Each sends a name as its page, program or file would; returns what it is told."""

    def __init__(self, app: Flask, client_of: Opener) -> None:
        self.app, self.client_of = app, client_of
        self.school = str(factories.person("Guru").school_id)

    def post(self, browser: FlaskClient, path: str, data: dict[str, str]) -> str:
        answer = browser.post(path, data=data)
        assert answer.status_code in (422, 302, 303), answer.status_code
        return html.unescape(answer.get_data(as_text=True)) if answer.status_code == 422 else ""

    def enrolment(self, name: str) -> str:
        typed = {**CHOSEN, "school_id": self.school, "email": EMAIL, "name": name}
        return self.post(self.app.test_client(), f"/diklat/{factories.diklat().slug}/ikut", typed)

    def sign_up(self, name: str) -> str:
        typed = {"name": name, "email": EMAIL, "password": PASSWORD, "notice": "y"}
        return self.post(self.app.test_client(), "/akun/daftar", typed)

    def confirmation(self, name: str) -> str:
        with db.transaction():
            entry.sign_up(EMAIL, "Siapa Saja", password_hash="x", now=clock.now())
        secret = factories.mailed_secret(entry.CONFIRM, EMAIL)
        typed = {"name": name, "password": PASSWORD}
        return self.post(self.app.test_client(), f"/akun/konfirmasi/{secret}", typed)

    def issuer(self, name: str) -> str:
        said = Said(issuer="https://issuer.example", subject="7", email=EMAIL, name="")
        browser, until = self.app.test_client(), clock.now() + timedelta(minutes=5)
        with browser.session_transaction() as session:
            kept = {"said": asdict(said), "person": None, "next": "", "until": until.isoformat()}
            session["issuer_said"] = kept
        return self.post(browser, "/akun/baru", {**CHOSEN, "school_id": self.school, "name": name})

    def admin(self, name: str) -> str:
        browser = self.client_of(factories.person("Admin", Role.ADMIN).id)
        return self.post(browser, "/kelola/orang/tambah", {"name": name, "email": EMAIL})

    def program(self, name: str) -> str:
        admin = factories.person("Admin", Role.ADMIN).email
        with db.transaction():
            token = tokens.make(admin, TokenScope.ROLES, actor=factories.SYSTEM, now=clock.now())
        answer = self.app.test_client().post(
            "/api/v1/people", json={"name": name, "email": EMAIL}, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code in (201, 422)
        return str(answer.json) if answer.status_code == 422 else ""

    def profile(self, name: str) -> str:
        typed = {
            "name": name, "sex": "P", "jabatan": "guru_kelas", "jenjang": "sd", "employment": "pns",
            "school_elsewhere": "SD di luar", "kecamatan_code": "", "accept_notice": "y",
        }  # fmt: skip
        return self.post(self.client_of(factories.person("Ani").id), "/saya/profil", typed)

    def file(self, name: str) -> str:
        content = f"email;nama\n{EMAIL};{name}\n".encode()
        done = import_people(content)
        assert done.added == (not done.problems)
        assert [(line, column) for line, column, _ in done.problems] in ([], [(2, "nama")])
        return LONG + UNDRAWABLE + SITE if done.problems else ""

    def proof(self, name: str) -> str:
        """What was typed before the rule was what it is."""
        said = Newcomer(name=name, jabatan="guru_kelas", workplace="SD")
        try:
            with db.transaction():
                newcomers.welcome(EMAIL, said, proven_at=clock.now(), here=True, now=clock.now())
        except (NameIsAddress, NameTooLong, NameUndrawable) as error:
            return sentence(error)
        return ""


DOORS = ["enrolment", "sign_up", "confirmation", "issuer", "admin", "program", "profile", "file", "proof"]


@pytest.fixture
def doors(app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch) -> Doors:
    offered = Issuer(name="contoh", label="Contoh", url="https://issuer.example", client_id="a", client_secret="b")
    monkeypatch.setattr("calakan.people.issuers._issuers", {"contoh": offered})
    return Doors(app, client_of)


def named(name: str) -> bool:
    db.session().rollback()
    return bool(db.session().scalar(sa.select(sa.exists().where(Person.name == names.clean_name(name)))))


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("door", DOORS)
def test_a_name_that_no_paper_bears_is_refused_at_each_door(doors: Doors, door: str, kind: str) -> None:
    name, told = BAD[kind]
    assert told in getattr(doors, door)(name)
    assert not named(name)


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("door", DOORS)
def test_the_longest_that_one_bears_is_taken_at_each_door(doors: Doors, door: str, kind: str) -> None:
    assert getattr(doors, door)(GOOD[kind]) == ""
    factories.answered()
    assert named(GOOD[kind]) or door == "enrolment"  # whose account comes with the proof


def test_titles_take_their_room_and_a_key_that_grows_its_own() -> None:
    names.checked("A" * 90, title_before="Dr.", title_after="S.Pd., M.Pd.")
    with pytest.raises(NameTooLong):
        names.checked("A" * 100, title_before="Dr.", title_after="S.Pd., " * 7)
    with pytest.raises(NameUndrawable):
        names.checked("Ani", title_after="漢")
    with pytest.raises(NameTooLong):
        names.checked("½" * 45)  # a half is three letters of a key


@pytest.mark.parametrize(
    "name",
    [
        "Buka www.x", "http://a", "t.co/a", "Menang di HADIAH.COM", "bit.ly", "ani@contoh.co.id", "s.id/menang", "klik.us/1",
        "Ani, menang.com", "situs.com'a", "muh.situs.com",
    ],
)  # fmt: skip
def test_no_name_is_the_address_of_a_site(name: str) -> None:
    with pytest.raises(NameIsAddress):
        names.checked(name)


@pytest.mark.parametrize(
    "name",
    [
        "Moch.Arif", "Abd.Idris", "Prof.Komarudin", "Ani, S.Pd.SD", "Nur'aini a/n Budi", "St.Aminah", "Moh.Id'ris", "Muh.Id",
        "Abd.Rahman/Rahman", "Ani, S.Pd/M.Pd.", "Ani, S.Ag/S.Pd.I.", "Ani, A.Ma.Pd/S.Pd.", "Ani, Amd.Pd/S.Pd.", "Ir.H.Bambang",
        "Ani, S.Kom/M.M.", "Ani, S.E.Sy/M.M.", "Siti.M.Pd.I", "I Gd.Suarjana", "K.H.Abd.Gani", "Muh.Iyus", "Rina,S.Tr.Keb",
    ],
)  # fmt: skip
def test_what_only_lacks_a_blank_is_a_name(name: str) -> None:
    assert names.checked(name) == name
