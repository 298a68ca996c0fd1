"""Logging in at another issuer, against one that runs in a process of its own: what it must prove, and what ties it to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import config
from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications.letters import compose
from calakan.notifications.models import Message
from calakan.people import issuers, passwords, queries
from calakan.people.models import Login, Person, School
from calakan.people.services import addresses, roles, telling
from calakan.people.ways_in import IssuerAccount
from calakan.privacy import erasure, personal
from tests import factories
from tests.security.test_second_factor import turned_on
from tests.servers.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running

ANI = {"sub": "ani-1", "email": "ani@guru.sd.belajar.id", "email_verified": True, "name": "Ani Rahmawati"}
DOMAINS = ("guru.sd.belajar.id", "admin.belajar.id")
PASSWORD = "jambu kuning di kebun belakang"
Opener = Callable[[int | None], FlaskClient]
pytestmark = pytest.mark.real_clock


@pytest.fixture(scope="module")
def process() -> Iterator[Issuer]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def second_process() -> Iterator[Issuer]:
    with running() as found:
        yield found


def set_up(name: str, process: Issuer, **given: Any) -> config.Issuer:
    return config.Issuer(
        name=name, label=name.capitalize(), url=process.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **given
    )


@pytest.fixture
def google(app: Flask, process: Issuer) -> Issuer:
    """Set up for all domains."""
    process.says(**ANI)
    issuers.connect([set_up("google", process)])
    return process


def count(model: type[object], **values: object) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(model).filter_by(**values)) or 0


def inside(browser: FlaskClient) -> bool:
    return browser.get("/saya/profil").status_code == 200


def there(browser: FlaskClient, issuer: Issuer, start: str = "/masuk/oidc/google") -> str:
    """The address by which the issuer sends this browser back."""
    gone = browser.get(start)
    assert gone.headers["Location"].startswith(f"{issuer.url}/authorize?"), gone.headers["Location"]
    return issuer.comes_back(gone.headers["Location"])


def comes(browser: FlaskClient, issuer: Issuer, start: str = "/masuk/oidc/google") -> TestResponse:
    return browser.get(there(browser, issuer, start))


def told(browser: FlaskClient) -> str:
    return browser.get("/masuk").get_data(as_text=True)


def newcomer(**changes: str) -> dict[str, str]:
    school = db.session().scalars(sa.select(School.name).order_by(School.id).limit(1)).one()
    id = db.session().scalars(sa.select(School.id).order_by(School.id).limit(1)).one()
    typed = {"name": "Ani Rahmawati", "school_words": school, "school_id": str(id), "jabatan": "guru_kelas"}
    return {**typed, "notice": "y", **changes}


def tied(person_id: int, issuer: Issuer, **values: str) -> None:
    given = {"subject": ANI["sub"], "email": ANI["email"], **values}
    with db.transaction() as session:
        session.add(IssuerAccount(person_id=person_id, issuer=issuer.url, created_at=clock.now(), **given))


def test_a_newcomer_fills_in_the_usual_form_and_comes_in_at_once_next_time(google: Issuer, client: FlaskClient) -> None:
    answer = comes(client, google, "/masuk/oidc/google?next=/diklat")
    assert answer.headers["Location"] == "/akun/baru"
    page = client.get("/akun/baru").get_data(as_text=True)
    assert ('value="Ani Rahmawati"' in page, "ani@guru.sd.belajar.id" in page) == (True, True)
    assert client.post("/akun/baru", data=newcomer(notice="")).status_code == 422
    assert count(Person) == 0
    made = client.post("/akun/baru", data=newcomer())
    assert (made.status_code, made.headers["Location"]) == (303, "/diklat")
    assert inside(client)
    person = db.session().scalars(sa.select(Person)).one()
    assert (person.email, person.password_hash, person.complete) == (ANI["email"], None, True)
    assert person.email_confirmed_at is not None
    again = google_client = client.application.test_client()
    assert comes(google_client, google).headers["Location"] == "/hari-ini"
    assert inside(again)
    assert count(IssuerAccount) == 1
    acts = list(db.session().scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))
    assert {"people.register", "people.confirm_email", "people.link_issuer", "people.log_in"} <= set(acts)
    assert client.post("/akun/baru", data=newcomer()).headers["Location"] == "/masuk"


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "somebody"},
    "two audiences without azp": {"aud": [CLIENT_ID, "somebody"]},
    "another azp": {"aud": [CLIENT_ID, "somebody"], "azp": "somebody"},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "issuer": {"iss": "https://accounts.example.org"},
    "alg none": {"_alg": "none"},
    "alg HS256": {"_alg": "HS256"},
    "another key": {"_key": "foreign"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a long subject": {"sub": "x" * 256},
    "a number": {"sub": 7},
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_proves_nothing_is_refused(google: Issuer, client: FlaskClient, fault: str) -> None:
    tied(factories.person("Ani").id, google)
    google.says(**{**ANI, **WRONG[fault]})
    assert comes(client, google).headers["Location"] == "/masuk"
    assert "tidak memberi bukti" in told(client)
    assert (inside(client), count(Login)) == (False, 0)


def test_a_state_is_of_one_browser_and_one_coming_back(google: Issuer, app: Flask, client: FlaskClient) -> None:
    tied(factories.person("Ani").id, google)
    other = app.test_client()
    address = there(client, google)
    for browser in (other, other):
        assert browser.get(address).headers["Location"] == "/masuk"
        assert not inside(browser)
        there(browser, google)  # now it has asked too, and has a state of its own
    with client.session_transaction() as session:
        kept = dict(session)
    assert client.get(address).headers["Location"] == "/hari-ini"
    assert "browser lain" in told(other)
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(kept)
    assert thief.get(address).headers["Location"] == "/masuk"  # the issuer takes its code once
    assert not inside(thief)


def test_it_must_come_back_soon_and_to_the_one_that_was_asked(
    google: Issuer, second_process: Issuer, client: FlaskClient
) -> None:
    tied(factories.person("Ani").id, google)
    issuers.connect([set_up("google", google), set_up("dinas", second_process)])
    address = there(client, google)
    assert client.get(address.replace("/google/", "/dinas/")).headers["Location"] == "/masuk"
    address = there(client, google)
    with time_machine.travel(clock.now() + timedelta(minutes=15)):
        assert client.get(address).headers["Location"] == "/masuk"
        assert not inside(client)
    assert client.get("/masuk/oidc/google/kembali").headers["Location"] == "/masuk"
    for path in ("/masuk/oidc/lain", "/masuk/oidc/lain/kembali?code=x&state=y"):
        assert client.get(path).status_code == 404
    google.says(**ANI, _error="access_denied")
    assert comes(client, google).headers["Location"] == "/masuk"
    assert "dibatalkan" in told(client)


def test_the_same_subject_at_another_issuer_is_somebody_else(
    google: Issuer, second_process: Issuer, client: FlaskClient
) -> None:
    tied(factories.person("Ani").id, google)
    issuers.connect([set_up("google", google), set_up("dinas", second_process)])
    second_process.says(**ANI)
    assert comes(client, second_process, "/masuk/oidc/dinas").headers["Location"] == "/akun/baru"
    assert not inside(client)


@pytest.mark.parametrize("claims", [
    {"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}, {"email": None}, {"email": "x"},
])  # fmt: skip
def test_an_unproven_address_ties_nothing(google: Issuer, client: FlaskClient, client_of: Opener, claims: Any) -> None:
    ani = factories.person("Ani").id
    google.says(**{**ANI, **claims})
    assert comes(client, google).headers["Location"] == "/masuk"
    assert "belum memastikan" in told(client)
    mine = client_of(ani)
    assert comes(mine, google, "/akun/oidc/google/hubungkan").headers["Location"] == "/akun/oidc/hubungkan"
    mine.post("/akun/oidc/hubungkan")
    assert count(IssuerAccount) == 0
    tied(ani, google)  # whom it is tied to by now comes in: the subject is the key
    assert comes(client, google).headers["Location"] == "/hari-ini"


@pytest.mark.parametrize(
    ("hosted", "claims", "let_in"),
    [
        (False, {}, True),
        (False, {"hd": "admin.belajar.id"}, True),
        (True, {"hd": "guru.sd.belajar.id"}, True),
        (True, {}, False),
        (False, {"hd": "example.org"}, False),
        (True, {"hd": "example.org"}, False),
        (True, {"hd": "guru.sd.belajar.id", "email": "ani@gmail.com"}, False),
        (False, {"email": "ani@gmail.com"}, False),
        (False, {"email": "ani@x.guru.sd.belajar.id"}, False),
        (False, {"email": "ani@belajar.id"}, False),
        (False, {"email_verified": False}, False),
    ],
)
def test_only_the_domains_that_are_set_come_in(
    google: Issuer, client: FlaskClient, hosted: bool, claims: dict[str, Any], let_in: bool
) -> None:
    """Also whoever is tied already: the account may have left the domain since."""
    tied(factories.person("Ani").id, google)
    issuers.connect([set_up("google", google, domains=DOMAINS, hosted=hosted)])
    google.says(**{**ANI, **claims})
    assert comes(client, google).headers["Location"] == ("/hari-ini" if let_in else "/masuk")
    assert inside(client) is let_in
    if not let_in:
        assert "@guru.sd.belajar.id atau @admin.belajar.id" in told(client)


def test_a_new_key_is_fetched_and_the_secret_goes_as_the_issuer_wants(google: Issuer, client: FlaskClient) -> None:
    tied(factories.person("Ani").id, google)
    assert comes(client, google).headers["Location"] == "/hari-ini"
    google.says(**ANI, _key="new")
    assert comes(client, google).headers["Location"] == "/hari-ini"
    google.says(**ANI, _method="client_secret_post")
    issuers.connect([set_up("google", google)])
    assert comes(client, google).headers["Location"] == "/hari-ini"


def test_an_issuer_that_is_away_or_lies_about_itself_lets_nobody_in(google: Issuer, client: FlaskClient) -> None:
    wrong = {"_described_as": "https://accounts.example.org"}, {"_token_endpoint": "http://example.org/token"}
    for fault in wrong:
        google.says(**ANI, **fault)
        issuers.connect([set_up("google", google)])
        assert client.get("/masuk/oidc/google").headers["Location"] == "/masuk"
        assert "tidak memberi bukti" in told(client)
    gone = Issuer("http://127.0.0.1:9")
    issuers.connect([set_up("google", gone)])
    assert client.get("/masuk/oidc/google").headers["Location"] == "/masuk"
    assert "tidak menjawab" in told(client)


# ---- who owns what ---------------------------------------------------------------------------------------------------


def account(email: str = str(ANI["email"]), name: str = "Ani", *held: Role) -> int:
    id = factories.person(name, *held).id
    with db.transaction() as session:
        person = session.get_one(Person, id)
        person.email, person.password_hash = email, passwords.hashed(PASSWORD)
    return id


def test_an_account_that_there_is_is_tied_by_its_owner_alone(
    google: Issuer, client: FlaskClient, client_of: Opener
) -> None:
    ani = account()
    answer = comes(client, google)
    assert answer.headers["Location"] == "/masuk/kode-surat?next=/akun/oidc/google/hubungkan"
    assert (inside(client), count(IssuerAccount)) == (False, 0)
    assert client.get("/akun/baru").headers["Location"] == "/masuk"
    mine = client_of(ani)
    assert comes(mine, google, "/akun/oidc/google/hubungkan").headers["Location"] == "/akun/oidc/hubungkan"
    assert count(IssuerAccount) == 0  # the browser may have come back as somebody else
    assert str(ANI["email"]) in mine.get("/akun/oidc/hubungkan").get_data(as_text=True)
    for _ in range(2):
        assert mine.post("/akun/oidc/hubungkan").headers["Location"] == "/akun/perangkat"
    assert count(IssuerAccount, person_id=ani) == 1
    assert "ani@guru.sd.belajar.id" in mine.get("/akun/perangkat").get_data(as_text=True)
    assert comes(client, google).headers["Location"] == "/hari-ini"
    letter = db.session().scalars(sa.select(Message).where(Message.kind == telling.WAY_IN)).one()
    composed = compose(letter, clock.now())
    assert composed is not None
    assert "Google (ani@guru.sd.belajar.id)" in composed.text
    id = db.session().scalars(sa.select(IssuerAccount.id)).one()
    stranger = client_of(factories.person("Lain").id)
    for browser, number in ((stranger, str(id)), (mine, "x")):
        browser.post("/akun/oidc/lepas", data={"id": number})
    assert count(IssuerAccount) == 1
    mine.post("/akun/oidc/lepas", data={"id": str(id)})
    assert count(IssuerAccount) == 0


def test_tying_asks_who_it_is_and_stays_with_who_began(google: Issuer, client_of: Opener) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    mine, his = client_of(ani), client_of(budi)
    address = there(mine, google, "/akun/oidc/google/hubungkan")
    with mine.session_transaction() as session:
        begun = session["issuer_asked"]
    with his.session_transaction() as session:
        session["issuer_asked"] = begun
    assert his.get(address).headers["Location"] == "/akun/perangkat"
    his.post("/akun/oidc/hubungkan")
    assert count(IssuerAccount) == 0
    tied(budi, google)
    comes(mine, google, "/akun/oidc/google/hubungkan")
    mine.post("/akun/oidc/hubungkan")
    assert count(IssuerAccount, person_id=ani) == 0  # it is Budi's already
    with db.transaction() as session:
        session.execute(sa.update(Login).values(proved_at=clock.now() - timedelta(minutes=16)))
    assert mine.get("/akun/oidc/google/hubungkan").headers["Location"].startswith("/saya/pastikan")
    for path in ("/akun/oidc/hubungkan", "/akun/oidc/lepas"):
        assert mine.post(path).headers["Location"].startswith("/saya/pastikan")


def test_whoever_proved_the_address_meanwhile_is_not_overtaken(google: Issuer, client: FlaskClient) -> None:
    assert comes(client, google).headers["Location"] == "/akun/baru"
    ani = account()
    assert client.post("/akun/baru", data=newcomer()).headers["Location"].startswith("/masuk/kode-surat")
    assert (inside(client), count(IssuerAccount), count(Person)) == (False, 0, 1)
    assert db.session().get_one(Person, ani).password_hash is not None


def test_a_closed_account_is_not_opened(google: Issuer, client: FlaskClient) -> None:
    ani = account()
    tied(ani, google)
    with db.transaction():
        roles.switch_account(ani, active=False, actor=factories.SYSTEM, now=clock.now())
    assert comes(client, google).headers["Location"] == "/masuk"
    assert not inside(client)
    google.says(**{**ANI, "sub": "another"})
    assert comes(client, google).headers["Location"].startswith("/masuk/kode-surat")


def test_an_issuer_is_never_the_second_step(google: Issuer, client: FlaskClient) -> None:
    sri = account(str(ANI["email"]), "Sri", Role.PANITIA)
    phone, _ = turned_on(sri)
    tied(sri, google)
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        assert comes(client, google).headers["Location"].startswith("/masuk/kode")
        assert not inside(client)
        client.post("/masuk/kode", data={"code": phone.at(clock.now())})
        assert inside(client)


def test_ties_end_with_the_account_and_with_a_rise_to_staff(google: Issuer, client: FlaskClient) -> None:
    ani, budi = account(), factories.person("Budi").id
    tied(ani, google)
    tied(budi, google, subject="budi", email="budi@example.org")
    assert personal.everything(ani)["akun_lain"][0]["email"] == ANI["email"]
    with db.transaction():
        roles.set_roles(budi, [Role.PANITIA], actor=factories.SYSTEM, now=clock.now())
    assert count(IssuerAccount) == 1
    with db.transaction():
        erasure.erase(ani, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    assert count(IssuerAccount) == 0


def test_whoever_takes_his_address_back_ends_all_ties(google: Issuer) -> None:
    ani = account()
    tied(ani, google)  # perhaps by whoever changed the address a moment later
    now = clock.now()
    with db.transaction():
        secret = addresses.objection(ani, str(ANI["email"]), now, now)
    with db.transaction():
        addresses.object_to(secret, now=clock.now())
    assert count(IssuerAccount) == 0


# ---- attacker first, victim first, interleaved ------------------------------------------------------------------------


def sign_up(browser: FlaskClient) -> None:
    typed = {"name": "Menang Hadiah", "email": str(ANI["email"]), "password": PASSWORD, "notice": "y"}
    browser.post("/akun/daftar", data=typed)
    factories.answered()


def by_password(browser: FlaskClient) -> bool:
    browser.post("/masuk", data={"email": str(ANI["email"]), "password": PASSWORD})
    return inside(browser)


def by_unproven(browser: FlaskClient, google: Issuer) -> bool:
    """The attacker has an account at the issuer and writes her address into it."""
    google.says(**{**ANI, "sub": "attacker", "email_verified": False})
    comes(browser, google)
    browser.post("/akun/baru", data=newcomer())
    google.says(**ANI)
    return inside(browser)


@pytest.mark.parametrize("order", ["av", "va", "ava", "vav"])
@pytest.mark.parametrize("how", ["password", "issuer"])
def test_the_attacker_never_gets_in(google: Issuer, app: Flask, order: str, how: str) -> None:
    attacker, victim = app.test_client(), app.test_client()
    for who in order:
        if who == "a":
            sign_up(attacker)
            assert not by_unproven(attacker, google)
            continue
        if comes(victim, google).headers["Location"] == "/akun/baru":
            victim.post("/akun/baru", data=newcomer())
        assert inside(victim)
        victim.post("/keluar")
    assert not (by_password(attacker) if how == "password" else by_unproven(attacker, google))
    assert comes(victim, google).headers["Location"] in ("/hari-ini", "/akun/persetujuan?next=/hari-ini")
    assert inside(victim)
    db.session().rollback()
    owner = queries.by_email(str(ANI["email"]))
    assert owner is not None
    assert (owner.name, owner.password_hash, count(Person)) == ("Ani Rahmawati", None, 1)


def test_buttons_stand_only_where_an_issuer_is_set(google: Issuer, client: FlaskClient, client_of: Opener) -> None:
    mine = client_of(factories.person("Ani").id)
    assert "Masuk dengan Google" in client.get("/masuk").get_data(as_text=True)
    assert "Hubungkan Google" in mine.get("/akun/perangkat").get_data(as_text=True)
    issuers.connect([])
    assert "oidc" not in client.get("/masuk").get_data(as_text=True)
    assert "oidc" not in mine.get("/akun/perangkat").get_data(as_text=True)
