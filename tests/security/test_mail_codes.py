"""Logging in by a mail: once, for ten minutes, by whoever reads it; and nobody learns who has an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import letters, tasks
from calakan.notifications.models import Message
from calakan.people.errors import CodeOver, LinkInvalid, OnlyByLink
from calakan.people.models import Login, MailCode, Person, Wanted
from calakan.people.services import entry, mail_codes, second_factor
from tests import factories

NOBODY = "tiada@example.org"


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    with time_machine.travel(clock.now(), tick=False):
        yield clock.now()


def ask(browser: FlaskClient, email: str) -> None:
    answer = browser.post("/masuk/kode-surat", data={"email": email})
    assert answer.headers["Location"] == "/masuk/kode-surat/kode"


def mailed(email: str) -> tuple[str, str]:
    """Code and path of the link, as they are handed over."""
    text = factories.mailed(email, entry.CODE).text
    code, link = re.search(r"^\d{6}$", text, re.M), re.search(r"/masuk/tautan/\S+", text)
    assert code is not None
    assert link is not None
    return code[0], link[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def type_code(browser: FlaskClient, code: str) -> str:
    """Where the browser is sent; empty when the page asks again."""
    return browser.post("/masuk/kode-surat/kode", data={"code": code}).headers.get("Location", "")


def inside(browser: FlaskClient) -> bool:
    return browser.get("/saya/profil").status_code == 200


def test_six_digits_let_in_once(app: Flask, client: FlaskClient) -> None:
    email = factories.person().email
    ask(client, email.upper())
    code, _ = mailed(email)
    assert type_code(client, f"{code[:3]} {code[3:]}") == "/hari-ini"
    assert inside(client)
    other = app.test_client()
    ask(other, email)
    assert type_code(other, code) == ""  # the code of another request
    assert not inside(other)


def test_a_code_counts_in_the_browser_that_asked_alone(app: Flask, client: FlaskClient) -> None:
    email = factories.person().email
    ask(client, email)
    code, _ = mailed(email)
    stranger = app.test_client()
    assert type_code(stranger, code) == "/masuk/kode-surat"
    ask(stranger, factories.person("Lain").email)
    assert type_code(stranger, code) == ""
    assert not inside(stranger)
    assert type_code(client, code) == "/hari-ini"


@pytest.mark.parametrize("here", [True, False])
def test_a_link_asks_before_it_lets_in_and_works_once(app: Flask, client: FlaskClient, here: bool) -> None:
    email = factories.person().email
    ask(client, email)
    _, link = mailed(email)
    browser = client if here else app.test_client()
    for _ in range(2):  # a scanner looks as often as it likes
        page = browser.get(link).get_data(as_text=True)
        assert "Masuk di sini?" in page
        assert ("di browser lain" in page) is not here
    assert not inside(browser)
    assert browser.post(link).headers["Location"] == "/hari-ini"
    assert inside(browser)
    again = app.test_client()
    assert again.post(link).status_code == 409
    assert "sudah tidak berlaku" in again.get(link).get_data(as_text=True)
    assert not inside(again)


def test_ten_minutes_from_the_hand_over(app: Flask, client: FlaskClient, now: datetime) -> None:
    email = factories.person().email
    ask(client, email)
    with time_machine.travel(now + timedelta(minutes=8), tick=False):
        code, link = mailed(email)
    with time_machine.travel(now + timedelta(minutes=18), tick=False):
        page = client.post("/masuk/kode-surat/kode", data={"code": code})
        assert (page.status_code, "Minta kode baru" in page.get_data(as_text=True)) == (422, True)
        assert not inside(client)
        assert client.post(link).status_code == 409
    with time_machine.travel(now + timedelta(minutes=17), tick=False):
        ask(client, email)
        code, _ = mailed(email)
        assert type_code(client, code) == "/hari-ini"


def test_asking_again_gives_five_more_tries_and_the_code_before_lives_until_the_mail_leaves(
    app: Flask, client: FlaskClient
) -> None:
    email = factories.person().email
    ask(client, email)
    code, _ = mailed(email)
    for _ in range(mail_codes.MOST_TRIES + 1):
        assert type_code(client, wrong(code)) == ""
    client.post("/masuk/kode-surat/ulang")
    assert type_code(client, code) == "/hari-ini"


def test_a_new_mail_ends_the_code_before(app: Flask, client: FlaskClient) -> None:
    email = factories.person().email
    ask(client, email)
    first, link = mailed(email)
    assert client.post("/masuk/kode-surat/ulang").headers["Location"] == "/masuk/kode-surat/kode"
    second, _ = mailed(email)
    assert client.post(link).status_code == 409
    if first != second:
        assert type_code(client, first) == ""
    assert type_code(client, second) == "/hari-ini"
    assert client.post("/masuk/kode-surat/ulang").headers["Location"] == "/masuk/kode-surat"  # it was used


def test_five_wrong_codes_end_the_code_and_not_the_link(app: Flask, client: FlaskClient) -> None:
    email = factories.person().email
    ask(client, email)
    code, link = mailed(email)
    for _ in range(mail_codes.MOST_TRIES):
        assert type_code(client, wrong(code)) == ""
    assert type_code(client, code) == ""
    assert not inside(client)
    assert client.post(link).headers["Location"] == "/hari-ini"


def test_many_wrong_codes_for_an_address_leave_its_links(app: Flask, now: datetime) -> None:
    """However many browsers guess: a week later, or once its owner is in, codes count again."""
    email = factories.person().email
    for _ in range(mail_codes.MOST_WRONG // mail_codes.MOST_TRIES):
        guesser = app.test_client()
        ask(guesser, email)
        code, _ = mailed(email)
        for _ in range(mail_codes.MOST_TRIES):
            assert type_code(guesser, wrong(code)) == ""
    owner = app.test_client()
    ask(owner, email)
    code, link = mailed(email)
    assert "tautannya" not in owner.get("/masuk/kode-surat/kode").get_data(as_text=True)
    told = owner.post("/masuk/kode-surat/kode", data={"code": code}).get_data(as_text=True)
    assert "tekan tautannya" in told
    assert owner.post(link).headers["Location"] == "/hari-ini"
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        ask(owner, email)
        assert type_code(owner, mailed(email)[0]) == "/hari-ini"


def test_the_refusals_of_the_service(app: Flask, now: datetime) -> None:
    email = factories.person().email
    with db.transaction():
        browser = mail_codes.ask(email, Wanted.LOG_IN, now=now)
    with db.transaction():
        assert mail_codes.by_code(browser, "", now=now) is None  # nothing was mailed yet
    for act in (
        lambda: mail_codes.by_code("another", "123456", now=now),
        lambda: mail_codes.ask_again("another", now=now),
    ):
        with pytest.raises(CodeOver), db.transaction():
            act()
    with pytest.raises(LinkInvalid), db.transaction():
        mail_codes.by_link("another", now=now)
    code, _ = mailed(email)
    with db.transaction():
        for _ in range(mail_codes.MOST_WRONG):
            mail_codes.guessing.note(f"code {email}", now=now)
    with pytest.raises(OnlyByLink), db.transaction():
        mail_codes.by_code(browser, code, now=now)


def test_known_and_unknown_addresses_are_told_and_written_alike(app: Flask) -> None:
    """The same rows; only the worker finds that a letter has no reader."""
    closed = factories.person("Tutup")
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == closed.id).values(active=False))
    pages = []
    for email in (factories.person().email, NOBODY, closed.email):
        browser = app.test_client()
        ask(browser, email)
        pages.append(browser.get("/masuk/kode-surat/kode").get_data(as_text=True).replace(email, ""))
    assert len({re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages}) == 1
    rows = db.session().scalars(sa.select(Message).order_by(Message.id)).all()
    assert [(row.kind, row.person_id, row.state) for row in rows] == [(entry.CODE, None, WorkState.PENDING)] * 3
    tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()
    states = db.session().scalars(sa.select(Message.state).order_by(Message.id)).all()
    assert states == [WorkState.DONE, WorkState.DROPPED, WorkState.DROPPED]


def test_a_wrong_code_is_as_wrong_for_whom_nothing_was_mailed(app: Flask, now: datetime) -> None:
    told: list[list[object]] = []
    for email in (factories.person().email, NOBODY):
        with db.transaction():
            browser = mail_codes.ask(email, Wanted.LOG_IN, now=now)
        tasks.deliver_due(app.extensions["calakan.settings"])
        db.session().rollback()
        told.append([])
        for _ in range(mail_codes.MOST_TRIES + 1):
            try:
                with db.transaction():
                    told[-1].append(mail_codes.by_code(browser, "x", now=now))
            except CodeOver:
                told[-1].append("over")
    assert told == [[None] * mail_codes.MOST_TRIES + ["over"]] * 2


def test_a_mailbox_gets_five_in_an_hour(app: Flask, client: FlaskClient, now: datetime) -> None:
    count = sa.select(sa.func.count()).select_from(Message)
    for email in (factories.person().email, NOBODY):
        mine = count.where(Message.address == email)
        for _ in range(7):
            ask(client, email)
        client.post("/masuk/kode-surat/ulang")
        assert db.session().scalar(mine) == entry.MOST_MAILS
        with time_machine.travel(now + timedelta(minutes=61), tick=False):
            ask(client, email)
        db.session().rollback()
        assert db.session().scalar(mine) == entry.MOST_MAILS + 1


def test_code_and_link_lie_readable_nowhere(app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    email = factories.person().email
    ask(client, email)
    code, link = mailed(email)
    tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()
    for table in db.Base.metadata.sorted_tables:
        for row in db.session().execute(sa.select(table)):
            said = " ".join(map(str, row))
            assert link.rpartition("/")[2] not in said
            assert not re.search(rf"(?<!\d){code}(?!\d)", said)
    sent = db.session().scalars(sa.select(Message)).one()
    assert letters.HIDDEN in sent.body
    assert letters.HIDDEN_CODE in sent.body
    assert letters.HIDDEN_CODE in sent.subject


def test_a_mail_is_no_second_step(app: Flask, client: FlaskClient) -> None:
    person = factories.person("Sri", Role.PANITIA)
    id, email = person.id, person.email
    with db.transaction():
        second_factor.prepare(id, now=clock.now())
        factor = second_factor.queries.prepared_factor(id)
        assert factor is not None
        factor.confirmed_at, secret = clock.now(), factor.secret
    ask(client, email)
    assert type_code(client, mailed(email)[0]).startswith("/masuk/kode?")
    assert not inside(client)
    assert client.post("/masuk/kode", data={"code": pyotp.TOTP(secret).now()}).status_code == 302
    assert inside(client)


def test_whoever_proves_an_address_drops_what_others_typed_for_it(app: Flask, client: FlaskClient) -> None:
    with db.transaction():
        entry.sign_up("ani@example.org", "Menang", password_hash="x", now=clock.now())
    ask(client, "ani@example.org")
    assert type_code(client, mailed("ani@example.org")[0]) == "/akun/persetujuan?next=/hari-ini"
    ani = db.session().scalars(sa.select(Person)).one()
    assert (ani.password_hash, ani.email_confirmed_at) == (None, clock.now())
    assert len(db.session().scalars(sa.select(Login)).all()) == 1


def test_the_visitor_goes_on_where_he_wanted(app: Flask, client: FlaskClient) -> None:
    email = factories.person().email
    client.get("/masuk?next=/saya/riwayat")
    client.post("/masuk/kode-surat", data={"email": email, "next": "/saya/riwayat"})
    assert type_code(client, mailed(email)[0]) == "/saya/riwayat"


def test_what_was_asked_for_is_forgotten(app: Flask, now: datetime) -> None:
    with db.transaction():
        mail_codes.ask(NOBODY, Wanted.LOG_IN, typed={"name": "Sri"}, now=now)
    with db.transaction():
        assert mail_codes.sweep(now=now + timedelta(hours=24)) == 0
        assert mail_codes.sweep(now=now + timedelta(hours=25)) == 1
    assert db.session().scalars(sa.select(MailCode)).all() == []
