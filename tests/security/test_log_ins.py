"""When a log-in ends, and what an outsider can learn about who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as speaking
from calakan.notifications.models import Message
from calakan.people import passwords
from calakan.people.models import Login, Person
from calakan.people.services import accounts, roles, telling
from tests import factories

Opener = Callable[[int | None], FlaskClient]
PASSWORD = "jambu kuning di kebun belakang"
NEW = "belimbing wuluh tiga keranjang"


def with_password(name: str = "Sri", *held: Role) -> Person:
    person = factories.person(name, *held)
    with db.transaction():
        db.session().get_one(Person, person.id).password_hash = passwords.hashed(PASSWORD)
    return db.session().get_one(Person, person.id)


def inside(browser: FlaskClient) -> bool:
    return browser.get("/saya/profil").status_code == 200


def as_admin(act: Callable[[], object]) -> None:
    with db.transaction():
        act()


@pytest.mark.parametrize("how", ["password", "reset", "roles", "scope", "closed", "declined"])
def test_a_change_ends_every_log_in_at_once(app: Flask, client_of: Opener, client: FlaskClient, how: str) -> None:
    person = with_password("Sri", Role.NARASUMBER)
    id, email, now = person.id, person.email, clock.now()
    with db.transaction():
        speaking.offer_to_speak(id, speaking.Offer(headline="Guru"), actor=factories.SYSTEM, now=now)
    with db.transaction():
        speaking.decide(id, approve=True, actor=factories.SYSTEM, now=now)
    phone, desktop, stranger = client_of(id), client_of(id), client_of(factories.person("Lain").id)
    assert (inside(phone), inside(desktop), inside(stranger)) == (True, True, True)
    if how == "password":
        typed = {"current": PASSWORD, "password": NEW}
        assert phone.post("/saya/sandi", data=typed).status_code == 302
    elif how == "reset":
        client.post("/akun/lupa-sandi", data={"email": email})
        secret = factories.mailed_secret("people.reset_password", email)
        assert client.post(f"/akun/sandi-baru/{secret}", data={"password": NEW}).status_code == 302
    elif how == "roles":
        as_admin(lambda: roles.set_roles(id, [Role.PANITIA], actor=factories.SYSTEM, now=now))
    elif how == "scope":
        as_admin(lambda: roles.set_scope(id, school_ids=[1], kecamatan_codes=[], actor=factories.SYSTEM, now=now))
    elif how == "closed":
        as_admin(lambda: roles.switch_account(id, active=False, actor=factories.SYSTEM, now=now))
    else:
        as_admin(lambda: speaking.decide(id, approve=False, actor=factories.SYSTEM, now=now))
    assert (inside(phone), inside(desktop), inside(stranger)) == (False, False, True)


@pytest.mark.parametrize("how", ["change", "reset"])
def test_the_owner_is_told_of_a_new_password(app: Flask, client_of: Opener, client: FlaskClient, how: str) -> None:
    """Also whoever left his browser open, or whose mailbox somebody else reads."""
    person = with_password("Sri")
    id, email = person.id, person.email
    if how == "change":
        wrong = client_of(id).post("/saya/sandi", data={"current": "keliru", "password": NEW})
        assert (wrong.status_code, told_of_passwords(id)) == (422, [])
        client_of(id).post("/saya/sandi", data={"current": PASSWORD, "password": NEW})
    else:
        client.post("/akun/lupa-sandi", data={"email": email})
        client.post(
            f"/akun/sandi-baru/{factories.mailed_secret('people.reset_password', email)}", data={"password": NEW}
        )
    [letter] = told_of_passwords(id)
    assert letter.address == email
    text = factories.mailed(email).text
    assert "Kata sandi akun Bapak/Ibu diganti" in text
    assert NEW not in text


def told_of_passwords(person_id: int) -> list[Message]:
    db.session().rollback()
    mine = sa.and_(Message.kind == telling.WAY_IN, Message.person_id == person_id)
    rows = db.session().scalars(sa.select(Message).where(mine)).all()
    return [row for row in rows if row.facts["what"] == "password"]


def test_a_log_out_ends_this_log_in_and_the_cookie_is_worth_nothing(app: Flask, client_of: Opener) -> None:
    person = factories.person()
    phone, desktop = client_of(person.id), client_of(person.id)
    with phone.session_transaction() as session:
        stolen = dict(session)
    assert phone.post("/keluar").status_code == 302
    assert (inside(phone), inside(desktop)) == (False, True)
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(stolen)
    assert not inside(thief)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Login)) == 1


def test_a_log_in_starts_a_session_of_its_own(app: Flask, client: FlaskClient) -> None:
    """What an attacker planted before the log-in is gone after it."""
    person = with_password()
    with client.session_transaction() as session:
        session["planted"], session["csrf_token"] = "x", "known"
    client.post("/masuk", data={"email": person.email, "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known"
        assert session["_user_id"]


@pytest.mark.parametrize(
    ("role", "unused", "stays"),
    [(None, timedelta(days=29), True), (None, timedelta(days=31), False),
     (Role.PANITIA, timedelta(minutes=20), True), (Role.PANITIA, timedelta(minutes=31), False)],
)  # fmt: skip
def test_an_unused_log_in_ends(
    app: Flask, client_of: Opener, role: Role | None, unused: timedelta, stays: bool
) -> None:
    browser = client_of(factories.person("Sri", *([role] if role else [])).id)
    with time_machine.travel(clock.now() + unused):
        assert inside(browser) is stays


def test_a_staff_log_in_ends_after_half_a_day_though_it_is_used(app: Flask, client_of: Opener) -> None:
    browser, start = client_of(factories.person("Panitia", Role.PANITIA).id), clock.now()
    for minutes in range(0, 12 * 60 + 20, 20):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            stays = inside(browser)
            assert stays is (minutes < 12 * 60), minutes


def same(one: TestResponse, other: TestResponse) -> None:
    """Nothing in the answers tells them apart."""

    def told(answer: TestResponse) -> tuple[int, str, list[str]]:
        body = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True))
        body = re.sub(r"[\w.+-]+@example\.org", "", body)
        names = sorted(name for name, _ in answer.headers if name != "Date")
        return answer.status_code, body, [*names, answer.headers.get("Location", "")]

    assert told(one) == told(other)


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed", "closed"])
def test_the_answers_do_not_tell_who_has_an_account(app: Flask, state: str) -> None:
    person = with_password()
    known, unknown = person.email, "tidak.ada@example.org"
    with db.transaction() as session:
        row = session.get_one(Person, person.id)
        if state == "unconfirmed":
            row.email_confirmed_at = None
        row.active = state != "closed"
    for path, typed in (
        ("/masuk", {"password": "kata sandi yang keliru"}),
        ("/akun/lupa-sandi", {}),
        ("/akun/daftar", {"name": "Siapa", "password": NEW, "notice": "y"}),
    ):
        answers = []
        for email in (known, unknown):
            # The test's application context outlives its requests.
            g.pop("csrf_token", None)
            browser = app.test_client()
            answer = browser.post(path, data={**typed, "email": email})
            answers.append(answer)
            if answer.status_code == 302:
                answers.append(browser.get(answer.headers["Location"]))
        half = len(answers) // 2
        for one, other in zip(answers[:half], answers[half:], strict=True):
            same(one, other)


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time of an answer does not tell, either; counted, because time on a busy machine is no measure."""
    person, counted = with_password(), []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda held, typed: counted.append(1) or matches(held, typed))
    for email in (person.email, "tidak.ada@example.org"):
        with pytest.raises(accounts.WrongPassword):
            accounts.verify(email, "kata sandi yang keliru")
    assert len(counted) == 2


def test_a_new_password_ends_the_links_that_were_mailed_before(
    app: Flask, client_of: Opener, client: FlaskClient
) -> None:
    """Whoever read the mailbox once does not undo what its owner did about it."""
    person = with_password()
    id, email = person.id, person.email
    client.post("/akun/lupa-sandi", data={"email": email})
    secret = factories.mailed_secret("people.reset_password", email)
    assert client_of(id).post("/saya/sandi", data={"current": PASSWORD, "password": NEW}).status_code == 302
    client.post(f"/akun/sandi-baru/{secret}", data={"password": "nangka muda empat karung"})
    accounts.verify(email, NEW)


def test_a_new_password_ends_the_address_of_the_calendar_too(
    app: Flask, client_of: Opener, client: FlaskClient
) -> None:
    """It opens without a log-in, so whoever took it would keep it."""
    person = with_password()
    id, email, now = person.id, person.email, clock.now()

    def calendar() -> str:
        db.session().rollback()
        return f"/saya/kalender/{db.session().get_one(Person, id).calendar_token}.ics"

    first = calendar()
    assert client.get(first).status_code == 200
    assert client_of(id).post("/saya/sandi", data={"current": PASSWORD, "password": NEW}).status_code == 302
    second = calendar()
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    client.post("/akun/lupa-sandi", data={"email": email})
    secret = factories.mailed_secret("people.reset_password", email)
    assert client.post(f"/akun/sandi-baru/{secret}", data={"password": PASSWORD}).status_code == 302
    third = calendar()
    assert [client.get(path).status_code for path in (second, third)] == [404, 200]
    assert client_of(id).post("/saya/kalender/alamat-baru").status_code == 302
    fourth = calendar()
    assert [client.get(path).status_code for path in (third, fourth)] == [404, 200]
    assert fourth in client_of(id).get("/saya").text
    as_admin(lambda: roles.switch_account(id, active=False, actor=factories.SYSTEM, now=now))
    assert client.get(fourth).status_code == 404
