"""A number where an e-mail is asked for: to enrol and to log in, over a gateway that answers as its provider documents."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment.entering.forms import CONSENT
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, queries, tasks
from calakan.notifications.models import AddressState, Message
from calakan.notifications.ways import Way
from calakan.people import queries as people
from calakan.people.services import entry, numbers, telling
from config import Settings
from tests import factories
from tests.enrolment.test_entering import enrolled, fill_in
from tests.numbers.acting import NUMBER, TYPED, ask, connected, owner, told, with_number
from tests.people.acting import row
from tests.security.test_mail_codes import inside, type_code, wrong
from tests.servers import gateways
from tests.servers.gateways import TOKEN, Provider

NOT_ONE = "atau nomor WhatsApp (nomor HP)"


def test_a_number_alone_enrols_and_lets_in_again(app: Flask, now: time_machine.Traveller) -> None:
    """The whole way over a phone of the office's own, with the letter that says so."""
    stranger, slug = app.test_client(), factories.diklat("Numerasi Asyik", days=30).slug
    with gateways.provider(gateways.fonnte) as phone:
        made = replace(
            app.extensions["calakan.settings"], whatsapp="fonnte", whatsapp_token=TOKEN, whatsapp_url=phone.url
        )
        for settings in connected(app, made):
            page = stranger.get(f"/diklat/{slug}/ikut").get_data(as_text=True)
            assert "Email atau nomor WhatsApp" in page
            assert CONSENT in page
            assert fill_in(stranger, slug, email=TYPED) == "/masuk/kode-surat/kode"
            assert "0812 3456 7890" in stranger.get("/masuk/kode-surat/kode").get_data(as_text=True)
            assert people.by_number(NUMBER) is None  # a number is nobody's before its proof
            tasks.deliver_due(settings)
            first = phone.taken[0]
            code = re.match(r"(\d{6}) adalah kode pendaftaran", first["message"])
            assert first["target"] == NUMBER
            assert code is not None
            assert type_code(stranger, code[1]) == f"/diklat/{slug}/terdaftar"
            joined = stranger.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)
            assert "Bukti daftar dikirim ke nomor WhatsApp" in joined
            made_of = owner()
            assert (made_of.email, made_of.number, made_of.phone, made_of.name) == (
                None, NUMBER, f"+{NUMBER}", "Ani Rahmawati",
            )  # fmt: skip
            assert made_of.email_confirmed_at == clock.now()
            assert enrolled(slug, made_of.id) is EnrolmentState.CONFIRMED
            agreed = queries.address_of(made_of.id, Way.WHATSAPP)
            assert agreed is not None
            assert (agreed.state, agreed.address, agreed.consent) == (AddressState.CONFIRMED, NUMBER, CONSENT)
            now.shift(timedelta(minutes=1))
            tasks.deliver_due(settings)
            assert "Numerasi Asyik" in phone.taken[1]["message"]
            assert "Numerasi Asyik" in stranger.get("/saya/pesan").get_data(as_text=True)
            kept = db.session().scalars(sa.select(Message).order_by(Message.id)).all()
            assert all(code[1] not in f"{row.subject}{row.body}{row.facts}" for row in kept)
            assert {row.state for row in kept} == {WorkState.DONE}

            now.shift(timedelta(minutes=1))
            again = app.test_client()
            assert ask(again, "+62 812 3456 7890") == "/masuk/kode-surat/kode"
            tasks.deliver_due(settings)
            link = re.search(r"/masuk/tautan/\S+", phone.taken[2]["message"])
            assert link is not None
            elsewhere = app.test_client()
            assert "0812 ••••890" in elsewhere.get(link[0]).get_data(as_text=True)
            assert elsewhere.post(link[0]).headers["Location"] == "/hari-ini"
            assert inside(elsewhere)


@pytest.mark.parametrize("typed", ["081234567890", "6281234567890", "+62 812-3456-7890", "(0812) 3456.7890"])
def test_one_number_however_it_is_written(app: Flask, client: FlaskClient, settings: Settings, typed: str) -> None:
    assert ask(client, typed) == "/masuk/kode-surat/kode"
    row = db.session().scalars(sa.select(Message)).one()
    assert (row.address, row.channel, row.person_id) == (NUMBER, Way.WHATSAPP, None)


@pytest.mark.parametrize(
    "typed",
    ["(0281) 123456", "021 5550123", "0812", "0812345678901234", "+1 202 555 0123", "0812 tiga", "ani", "٠٨١٢٣٤٥٦٧٨٩٠"],
)
def test_what_is_no_mobile_number_is_refused_and_stays_typed(
    app: Flask, client: FlaskClient, settings: Settings, typed: str
) -> None:
    page = fill_in(client, factories.diklat().slug, email=typed)
    assert NOT_ONE in page
    assert f'value="{typed}"' in page
    assert NOT_ONE in ask(client, typed)
    assert db.session().scalar(sa.select(sa.func.count(Message.id))) == 0


@pytest.mark.parametrize("set_up", [False, True])
def test_without_a_channel_or_a_limit_the_doors_ask_for_an_email(
    app: Flask, client: FlaskClient, set_up: bool, request: pytest.FixtureRequest
) -> None:
    slug = factories.diklat().slug
    doors = (f"/diklat/{slug}/ikut", "/masuk/kode-surat", "/masuk")
    before = [client.get(door).get_data(as_text=True) for door in doors]
    assert not any("WhatsApp" in re.sub(r"(?s)<footer.*", "", page) for page in before)
    if set_up:
        request.getfixturevalue("settings")
        assert "WhatsApp" in client.get(doors[1]).get_data(as_text=True)
        numbers.connect(0)
    token = re.compile(r'name="csrf_token" value="[^"]+"|nonce="[^"]+"')
    for door, page in zip(doors, before, strict=True):
        assert token.sub("", client.get(door).get_data(as_text=True)) == token.sub("", page)
    refused = fill_in(client, slug, email=TYPED)
    assert "Tulis alamat email lengkap" in refused
    assert NOT_ONE not in refused


def test_nobody_learns_who_has_an_account(app: Flask, gateway: Provider, settings: Settings) -> None:
    """The same page and the same rows; what nobody may have costs no message."""
    with_number("Sri")
    pages = []
    for typed in (TYPED, "0813 0000 0000"):
        browser = app.test_client()
        assert ask(browser, typed) == "/masuk/kode-surat/kode"
        page = browser.get("/masuk/kode-surat/kode").get_data(as_text=True)
        pages.append(re.sub(r'value="[^"]+"|nonce="[^"]+"|0813 0000 0000|0812 3456 7890', "", page))
    assert pages[0] == pages[1]
    tasks.deliver_due(settings)
    db.session().rollback()
    states = db.session().execute(sa.select(Message.address, Message.state).order_by(Message.id)).all()
    assert [tuple(row) for row in states] == [(NUMBER, WorkState.DONE), ("6281300000000", WorkState.DROPPED)]
    assert [taken["to"] for taken in gateway.taken] == [NUMBER]


def test_a_stranger_causes_five_messages_an_hour_at_most(app: Flask, gateway: Provider, settings: Settings) -> None:
    slug = factories.diklat().slug
    for _ in range(7):
        assert fill_in(app.test_client(), slug, email=TYPED) == "/masuk/kode-surat/kode"
    tasks.deliver_due(settings)
    assert len(gateway.taken) == entry.MOST_MAILS


def test_what_codes_cost_in_a_day_is_bounded(
    app: Flask, gateway: Provider, settings: Settings, now: time_machine.Traveller
) -> None:
    numbers.connect(2)
    slug = factories.diklat(days=30).slug
    with_number("Sri")
    for tail in (1, 2):
        assert fill_in(app.test_client(), slug, email=f"0813 0000 000{tail}") == "/masuk/kode-surat/kode"
    refused = fill_in(app.test_client(), slug, email="0813 0000 0003")
    assert "untuk hari ini sudah habis" in refused
    assert 'value="0813 0000 0003"' in refused
    for tail in (4, 5, 6):  # of nobody: they are dropped, and cost nothing
        ask(app.test_client(), f"0813 0000 000{tail}")
        tasks.deliver_due(settings)
    browser = app.test_client()
    for _ in range(numbers.FREE_LOG_INS + 2):  # log-ins are counted apart, and the first of each number not at all
        assert ask(browser, TYPED) == "/masuk/kode-surat/kode"
    assert "untuk hari ini sudah habis" in ask(app.test_client(), TYPED)
    budi = factories.person("Budi")
    actor, id = factories.actor(budi), budi.id
    with db.transaction():
        addresses.prove(id, Way.WHATSAPP, "6281311112222", consent="Ya.", actor=actor, now=clock.now())
    ask(app.test_client(), "0813 1111 2222")
    tasks.deliver_due(settings)
    assert gateway.taken[-1]["to"] == "6281311112222"
    assert fill_in(app.test_client(), slug, email="ani@example.org") == "/masuk/kode-surat/kode"
    assert "habis" in browser.post("/masuk/kode-surat/ulang", follow_redirects=True).get_data(as_text=True)
    now.shift(timedelta(days=1, seconds=1))
    assert fill_in(app.test_client(), slug, email="0813 0000 0003") == "/masuk/kode-surat/kode"


def test_one_number_has_ten_codes_a_day_whether_anybody_has_it_or_not(
    app: Flask, gateway: Provider, settings: Settings, now: time_machine.Traveller
) -> None:
    with_number("Sri")
    for _ in range(numbers.MOST_EACH // entry.MOST_MAILS):
        for typed in (TYPED, "0813 0000 0000"):
            for _ in range(entry.MOST_MAILS):
                assert ask(app.test_client(), typed) == "/masuk/kode-surat/kode"
        tasks.deliver_due(settings)
        now.shift(timedelta(hours=1, seconds=1))
    for typed in (TYPED, "0813 0000 0000"):
        assert "untuk hari ini sudah habis" in ask(app.test_client(), typed)
    assert len(gateway.taken) == numbers.MOST_EACH


@pytest.mark.parametrize("order", ["av", "va", "ava"])
def test_the_attacker_never_gets_in(app: Flask, gateway: Provider, settings: Settings, order: str) -> None:
    slug = factories.diklat().slug
    attacker, victim = app.test_client(), app.test_client()
    for who in order:
        browser, name = (attacker, "Menang Hadiah") if who == "a" else (victim, "Ani Rahmawati")
        fill_in(browser, slug, name=name, email=TYPED)
        tasks.deliver_due(settings)
    codes = [taken["template"]["components"][0]["parameters"][0]["text"] for taken in gateway.taken]
    assert type_code(victim, codes[order.index("v")]) == f"/diklat/{slug}/terdaftar"
    assert owner().name == "Ani Rahmawati"
    assert type_code(attacker, codes[order.index("v")]) == ""
    assert not inside(attacker)


def test_after_many_wrong_codes_the_message_is_a_link(app: Flask, gateway: Provider, settings: Settings) -> None:
    """A template of codes can show nothing else, and the owner must come in all the same."""
    with_number("Sri")
    for _ in range(4):
        stranger = app.test_client()
        ask(stranger)
        code = told(gateway, settings)
        for _ in range(5):
            type_code(stranger, wrong(code))
    browser = app.test_client()
    ask(browser)
    tasks.deliver_due(settings)
    last = gateway.taken[-1]["template"]
    text = last["components"][0]["parameters"][1]["text"]
    link = re.search(r"/masuk/tautan/\S+", text)
    assert last["name"] == "umum"
    assert link is not None
    assert browser.post(link[0]).headers["Location"] == "/hari-ini"


def test_whoever_proved_the_number_for_his_messages_comes_in_by_it(
    app: Flask, client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id, slug = with_number("Sri"), factories.diklat().slug
    fill_in(client, slug, name="SRI", email=TYPED)
    assert type_code(client, told(gateway, settings)) == f"/diklat/{slug}/terdaftar"
    assert (owner().id, owner().name) == (id, "Sri")
    with db.transaction():
        addresses.withdraw(id, Way.WHATSAPP, actor=factories.SYSTEM, now=clock.now())
    assert people.by_number(NUMBER) is None


def test_who_agreed_to_messages_is_told_once_that_their_number_lets_in(
    app: Flask, client: FlaskClient, gateway: Provider, settings: Settings, now: time_machine.Traveller
) -> None:
    id = with_number("Sri")
    for _ in range(2):
        ask(client)
        assert type_code(client, told(gateway, settings)) == "/hari-ini"
        now.shift(timedelta(minutes=1))
    letters = (
        db.session().execute(sa.select(Message.address, Message.facts).where(Message.kind == telling.WAY_IN)).all()
    )
    (address, facts) = letters[0]
    assert (len(letters), address, facts["what"]) == (1, row(id).email, "number_used")
    assert "0812 ••••890, yang terhubung" in factories.mailed(address, telling.WAY_IN).text


def test_nobody_is_enrolled_under_the_name_of_whom_he_shares_a_telephone_with(
    app: Flask, client: FlaskClient, gateway: Provider, settings: Settings
) -> None:
    id, diklat = with_number("Sri"), factories.diklat()
    fill_in(client, diklat.slug, name="Budi", email=TYPED)
    code = told(gateway, settings)
    refused = client.post("/masuk/kode-surat/kode", data={"code": code})
    assert "akun dengan nama lain" in refused.get_data(as_text=True)
    assert (inside(client), enrolled(diklat.slug, id)) == (False, None)
    fill_in(client, diklat.slug, name="Sri", email=TYPED)
    assert type_code(client, told(gateway, settings)) == f"/diklat/{diklat.slug}/terdaftar"


def test_a_number_of_staff_or_of_two_lets_nobody_in(app: Flask, gateway: Provider, settings: Settings) -> None:
    with_number("Sri", Role.PANITIA)
    ask(app.test_client())
    fill_in(app.test_client(), factories.diklat().slug, email=TYPED)
    tasks.deliver_due(settings)
    with_number("Budi")
    ask(app.test_client())
    tasks.deliver_due(settings)
    assert gateway.taken == []
    assert people.by_number(NUMBER) is None
