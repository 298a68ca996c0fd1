"""Opening a channel needs a proof that it is one's own, and closing it is one button."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, queries, tasks, ways
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Outcome, Parcel, Result
from calakan.notifications.consent.forms import telegram_consent, whatsapp_consent
from calakan.notifications.errors import ProofAskedTooOften, ProofOver
from calakan.notifications.models import AddressState, ChannelAddress, Message
from calakan.notifications.ways import Way
from tests import factories

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
NUMBER, TYPED = "6281200001111", "0812 0000 1111"
Opener = Callable[[int | None], FlaskClient]


class Phone:
    """Keeps what was sent to it."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def send(self, parcel: Parcel) -> Result:
        self.read.append((parcel.address, parcel.letter.code))
        return Result(Outcome.SENT, provider_id="wamid.1")

    def close(self) -> None:
        pass


@pytest.fixture
def phone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    ways.connect({Way.MAIL: {}, Way.WHATSAPP: {}, Way.TELEGRAM: {}})
    made = Phone()
    monkeypatch.setattr(opening, "open_channel", lambda way, settings: made)
    yield made
    ways.connect(opening.configured(app.extensions["calakan.settings"]))


@pytest.fixture
def sri(phone: Phone) -> int:
    return factories.person("Sri").id


def ask(person_id: int, number: str = NUMBER) -> None:
    with db.transaction():
        addresses.ask_code(person_id, "Sri", number, consent="Ya.", actor=factories.SYSTEM, now=clock.now())


def confirm(person_id: int, code: str) -> bool:
    with db.transaction():
        return addresses.confirm_code(person_id, code, actor=factories.SYSTEM, now=clock.now())


def deliver(app: Flask) -> None:
    tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()


def row(person_id: int, way: Way = Way.WHATSAPP) -> ChannelAddress:
    db.session().rollback()
    found = queries.address_of(person_id, way)
    assert found is not None
    return found


def test_a_number_is_confirmed_by_the_code_sent_to_it(app: Flask, phone: Phone, sri: int, client_of: Opener) -> None:
    browser = client_of(sri)
    assert browser.post("/saya/pesan/whatsapp", data={"phone": TYPED}).status_code == 422
    assert browser.post("/saya/pesan/whatsapp", data={"phone": "12", "agree": "y"}).status_code == 422
    assert browser.post("/saya/pesan/whatsapp", data={"phone": TYPED, "agree": "y"}).status_code == 303
    assert (row(sri).state, row(sri).address, row(sri).consent) == (AddressState.ASKED, NUMBER, whatsapp_consent())
    assert queries.addresses([sri], [Way.WHATSAPP]) == {}
    deliver(app)
    ((address, code),) = phone.read
    assert (address, len(code)) == (NUMBER, 6)
    assert "0812 0000 1111" in browser.get("/saya/pesan/whatsapp").text
    wrong = "000000" if code != "000000" else "111111"
    assert browser.post("/saya/pesan/whatsapp/kode", data={"code": wrong}).status_code == 422
    assert row(sri).tries == 1
    answer = browser.post("/saya/pesan/whatsapp/kode", data={"code": f" {code[:3]} {code[3:]} "})
    assert answer.status_code == 303
    assert (row(sri).state, row(sri).proof_hash) == (AddressState.CONFIRMED, "")
    assert queries.addresses([sri], [Way.WHATSAPP]) == {sri: {Way.WHATSAPP: NUMBER}}
    assert "Terhubung" in browser.get("/saya/pesan/atur").text
    assert "WhatsApp atau Telegram, pesan singkat" in browser.get("/privasi").text


def test_the_code_is_kept_nowhere_once_it_left(app: Flask, phone: Phone, sri: int) -> None:
    ask(sri)
    deliver(app)
    ((_, code),) = phone.read
    sent = db.session().scalars(sa.select(Message)).one()
    assert (sent.state, sent.facts) == (WorkState.DONE, {"name": "Sri"})
    assert code not in sent.body + row(sri).proof_hash


def test_a_code_runs_out_and_cannot_be_guessed(app: Flask, phone: Phone, sri: int) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        ask(sri)
        deliver(app)
        ((_, code),) = phone.read
        other = "000000" if code != "000000" else "111111"
        assert [confirm(sri, other) for _ in range(addresses.MOST_TRIES)] == [False] * addresses.MOST_TRIES
        with pytest.raises(ProofOver):
            confirm(sri, code)
        ask(sri)
        deliver(app)
        traveller.shift(addresses.CODE_LIFETIME)
        with pytest.raises(ProofOver):
            confirm(sri, phone.read[-1][1])


def test_an_older_code_and_somebody_elses_do_not_count(app: Flask, phone: Phone, sri: int) -> None:
    budi = factories.person("Budi").id
    ask(sri)
    ask(budi, "6281200002222")
    ask(sri, "6281200003333")
    deliver(app)
    codes_of = dict(phone.read)
    assert set(codes_of) == {"6281200002222", "6281200003333"}  # the first was not wanted any more
    if codes_of["6281200002222"] != codes_of["6281200003333"]:
        assert not confirm(sri, codes_of["6281200002222"])
    assert confirm(sri, codes_of["6281200003333"])
    with pytest.raises(ProofOver):
        confirm(sri, codes_of["6281200003333"])


def test_nobody_is_flooded_with_codes(app: Flask, phone: Phone, sri: int) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        for _ in range(addresses.MOST_CODES):
            traveller.shift(timedelta(minutes=1))
            ask(sri)
        for person_id, number in ((sri, "6281200009999"), (factories.person("Budi").id, NUMBER)):
            with pytest.raises(ProofAskedTooOften):
                ask(person_id, number)
        traveller.shift(addresses.OVER)
        ask(sri)


def test_a_chat_is_confirmed_by_opening_the_link(app: Flask, phone: Phone, sri: int, client_of: Opener) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        browser = client_of(sri)
        assert browser.post("/saya/pesan/telegram", data={}).status_code == 422
        assert browser.post("/saya/pesan/telegram", data={"agree": "y"}).status_code == 303
        assert row(sri, Way.TELEGRAM).consent == telegram_consent()
        found = re.search(
            r'href="https://t\.me/[a-z_]*\?start=([A-Za-z0-9_-]{1,64})"', browser.get("/saya/pesan/telegram").text
        )
        assert found is not None
        token = found[1]

        def start(token: str) -> bool:
            with db.transaction():
                return addresses.confirm_chat(token, "4711", now=clock.now())

        assert not start(token[:-1])
        traveller.shift(addresses.LINK_LIFETIME)
        assert not start(token)
        traveller.shift(-timedelta(seconds=1))
        assert start(token)
        assert not start(token)
        assert queries.addresses([sri], [Way.TELEGRAM]) == {sri: {Way.TELEGRAM: "4711"}}


def test_letting_go_is_one_button_and_at_once(app: Flask, phone: Phone, sri: int, client_of: Opener) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        ask(sri)
        deliver(app)
        confirm(sri, phone.read[0][1])
        traveller.shift(timedelta(minutes=1))
        browser = client_of(sri)
        assert browser.post("/saya/pesan/putuskan", data={"kanal": "mail"}).status_code == 303
        assert row(sri).state is AddressState.CONFIRMED
        assert browser.post("/saya/pesan/putuskan", data={"kanal": "whatsapp"}).status_code == 303
        assert (row(sri).state, row(sri).withdrawn_at) == (AddressState.WITHDRAWN, clock.now())
        assert queries.addresses([sri], [Way.WHATSAPP]) == {}


def test_old_words_do_not_end_a_newer_agreement(app: Flask, phone: Phone, sri: int) -> None:
    def stop(said_at: datetime) -> bool:
        with db.transaction():
            return addresses.stop(Way.WHATSAPP, NUMBER, said_at=said_at, now=clock.now())

    with time_machine.travel(NOON, tick=False):
        ask(sri)
        deliver(app)
        confirm(sri, phone.read[0][1])
        assert not stop(NOON - timedelta(seconds=1))
        assert row(sri).state is AddressState.CONFIRMED
        assert stop(NOON)
        assert not stop(NOON)
        assert (row(sri).state, row(sri).withdrawn_why) == (AddressState.WITHDRAWN, "stop")


def test_without_a_gateway_nothing_of_this_shows(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person().id)
    assert "Kanal lain" not in browser.get("/saya/pesan/atur").text
    assert "penyedia layanan" not in browser.get("/privasi").text
    for path in ("/saya/pesan/whatsapp", "/saya/pesan/telegram"):
        assert (browser.get(path).status_code, browser.post(path, data={"agree": "y"}).status_code) == (404, 404)
    assert browser.post("/saya/pesan/whatsapp/kode", data={"code": "1"}).status_code == 404
