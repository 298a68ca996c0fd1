"""What providers tell: believed with their secret alone, counted once, in any order, and never a reason to fall over."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, queries, services, ways
from calakan.notifications.channels import opening
from calakan.notifications.models import AddressState, ChannelAddress, Message
from calakan.notifications.ways import Way
from calakan.notifications.webhooks import keys
from config import Settings
from tests import factories

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
NUMBER, CHAT, APP_SECRET = "6281200001111", "4711", "rahasia aplikasi"
Change = Callable[..., Settings]


@pytest.fixture
def settings(app: Flask) -> Iterator[Change]:
    """Changes settings for one test."""
    before = app.extensions["calakan.settings"]

    def change(**values: Any) -> Settings:
        changed = replace(
            before, telegram_token="t", telegram_bot="calakanbot", whatsapp_app_secret=APP_SECRET, **values
        )
        app.extensions["calakan.settings"] = changed
        ways.connect(opening.configured(changed))
        return changed

    yield change
    app.extensions["calakan.settings"] = before


@pytest.fixture
def sri(app: Flask) -> int:
    """Agreed to both channels, with a message sent by each."""
    person = factories.person("Sri")
    id = person.id
    with db.transaction() as session:
        for way, address in ((Way.WHATSAPP, NUMBER), (Way.TELEGRAM, CHAT)):
            session.add(
                ChannelAddress(
                    person_id=id, channel=way, address=address, state=AddressState.CONFIRMED, asked_at=NOON,
                    confirmed_at=NOON,
                )
            )  # fmt: skip
        row = services.message_row("enrolment.confirmed", key="m", person_id=id, address=NUMBER, now=NOON)
        services.queue_rows([{**row, "channel": Way.WHATSAPP}])
        sent = {"state": WorkState.DONE, "sent_at": NOON, "provider_id": "wamid.1"}
        session.execute(sa.update(Message).values(**sent))
    return id


def cloud(client: FlaskClient, body: object, *, secret: str = APP_SECRET, header: str | None = None) -> TestResponse:
    content = json.dumps(body).encode()
    made = "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    heads = {"X-Hub-Signature-256": made if header is None else header}
    return client.post("/kait/whatsapp", data=content, content_type="application/json", headers=heads)


def statuses(*words: str, id: str = "wamid.1", at: datetime = NOON, **more: object) -> dict[str, object]:
    told = [{"id": id, "status": word, "timestamp": str(int(at.timestamp())), **more} for word in words]
    return {"object": "x", "entry": [{"changes": [{"field": "messages", "value": {"statuses": told}}]}]}


def words(text: str, *, at: datetime = NOON, sender: str = NUMBER) -> dict[str, object]:
    said = [{"from": sender, "timestamp": str(int(at.timestamp())), "type": "text", "text": {"body": text}}]
    return {"entry": [{"changes": [{"value": {"messages": said}}]}]}


def message() -> Message:
    db.db.session.remove()
    return db.session().scalars(sa.select(Message)).one()


def agreed(person_id: int, way: Way) -> bool:
    db.db.session.remove()
    return way in queries.addresses([person_id], [way]).get(person_id, {})


@pytest.fixture
def at_noon() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.mark.usefixtures("at_noon", "sri")
@pytest.mark.parametrize("order", [("sent", "delivered", "read"), ("read", "delivered", "sent"), ("read", "failed")])
def test_a_message_is_followed_in_any_order_and_any_number_of_times(
    settings: Change, client: FlaskClient, order: tuple[str, ...]
) -> None:
    settings(whatsapp="cloud")
    for word in (*order, *order):
        assert cloud(client, statuses(word)).status_code == 200
    found = message()
    assert (found.state, found.delivered_at, found.read_at) == (WorkState.DONE, NOON, NOON)
    assert cloud(client, statuses("delivered", at=NOON + timedelta(minutes=5))).status_code == 200
    assert message().delivered_at == NOON


@pytest.mark.usefixtures("at_noon", "sri")
def test_what_failed_afterwards_is_told_and_may_still_arrive(settings: Change, client: FlaskClient) -> None:
    settings(whatsapp="cloud")
    cloud(client, statuses("failed", errors=[{"code": 131026, "title": "Message undeliverable"}]))
    assert (message().state, message().last_error) == (WorkState.FAILED, "131026 Message undeliverable")
    cloud(client, statuses("delivered"))
    assert (message().state, message().last_error, message().delivered_at) == (WorkState.DONE, None, NOON)


@pytest.mark.usefixtures("at_noon", "sri")
def test_forged_news_finds_nobody_home(app: Flask, settings: Change, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    made = settings(whatsapp="cloud")
    body = statuses("read")
    assert cloud(client, body, secret="another").status_code == 404
    for header in ("", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "sha256=\u00e9"):
        assert cloud(client, body, header=header).status_code == 404
    update = {"message": {"chat": {"id": 1, "type": "private"}, "text": "/stop"}}
    for token in ("", "x", keys.shared_secret(made, "cloud")):
        heads = {"X-Telegram-Bot-Api-Secret-Token": token}
        assert client.post("/kait/telegram", json=update, headers=heads).status_code == 404
    for provider in ("fonnte", "wablas"):
        path = f"/kait/{provider}/{keys.shared_secret(made, provider)}"
        assert client.post(path, json={"id": "wamid.1", "status": "read"}).status_code == 404  # not set up
        settings(whatsapp=provider)
        assert client.post(f"/kait/{provider}/x", json={"id": "wamid.1", "status": "read"}).status_code == 404
        assert cloud(client, body).status_code == 404
        settings(whatsapp="cloud")
    assert (message().delivered_at, message().read_at) == (None, None)
    assert cloud(client, body).status_code == 200
    assert message().read_at == NOON


def test_without_a_secret_nothing_is_signed(app: Flask) -> None:
    bare = replace(app.extensions["calakan.settings"], whatsapp_app_secret="")
    assert not keys.is_signed(bare, b"{}", "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest())


def test_meta_gets_its_challenge_back(settings: Change, client: FlaskClient) -> None:
    made = settings(whatsapp="cloud")
    good = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": keys.shared_secret(made, "cloud"),
    }
    answer = client.get("/kait/whatsapp", query_string=good)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "1158201444", "text/plain")
    for change in ({"hub.verify_token": "x"}, {"hub.mode": "x"}, {"hub.challenge": "<script>"}, {"hub.challenge": ""}):
        assert client.get("/kait/whatsapp", query_string={**good, **change}).status_code == 404


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("text", ["STOP", " berhenti "])
def test_stop_ends_it_and_an_old_one_told_again_does_not(
    settings: Change, client: FlaskClient, sri: int, text: str
) -> None:
    settings(whatsapp="cloud")
    assert cloud(client, words(text, at=NOON - timedelta(minutes=1))).status_code == 200
    assert cloud(client, words("berhenti dulu ya")).status_code == 200
    assert cloud(client, words(text, sender="6281299999999")).status_code == 200
    assert agreed(sri, Way.WHATSAPP)
    assert cloud(client, words(text)).status_code == 200
    assert (agreed(sri, Way.WHATSAPP), agreed(sri, Way.TELEGRAM)) == (False, True)


@pytest.mark.usefixtures("at_noon")
def test_fonnte_tells_first_one_id_then_another(settings: Change, client: FlaskClient, sri: int) -> None:
    made = settings(whatsapp="fonnte")
    path = f"/kait/fonnte/{keys.shared_secret(made, 'fonnte')}"
    with db.transaction() as session:
        session.execute(sa.update(Message).values(provider_id="80367170"))
    assert (
        client.post(path, json={"device": "62", "id": "80367170", "stateid": "3EB0", "status": "sent"}).status_code
        == 200
    )
    assert client.post(path, json={"device": "62", "stateid": "3EB0", "state": "delivered"}).status_code == 200
    assert (message().delivered_at, message().read_at) == (clock.now(), None)
    assert client.post(path, data={"stateid": "3EB0", "state": "read"}).status_code == 200
    assert message().read_at == clock.now()
    client.post(path, json={"sender": "081200001111", "message": "BERHENTI"})
    assert not agreed(sri, Way.WHATSAPP)


@pytest.mark.usefixtures("at_noon")
def test_wablas_tracks_and_hears(settings: Change, client: FlaskClient, sri: int) -> None:
    made = settings(whatsapp="wablas")
    path = f"/kait/wablas/{keys.shared_secret(made, 'wablas')}"
    assert client.post(path, json={"id": "wamid.1", "phone": NUMBER, "status": "received"}).status_code == 200
    assert message().delivered_at == clock.now()
    client.post(path, data={"id": "wamid.1", "status": "read"})
    assert message().read_at == clock.now()
    client.post(path, json={"id": "in1", "phone": NUMBER, "message": "Stop"})
    assert not agreed(sri, Way.WHATSAPP)


@pytest.mark.usefixtures("at_noon")
def test_a_telegram_chat_is_opened_stopped_and_blocked(settings: Change, client: FlaskClient, sri: int) -> None:
    made = settings()
    heads = {"X-Telegram-Bot-Api-Secret-Token": keys.shared_secret(made, "telegram")}

    def said(text: str, chat: int = 4712, kind: str = "private") -> TestResponse:
        body = {"update_id": 1, "message": {"chat": {"id": chat, "type": kind}, "date": int(clock.now().timestamp()),
                "text": text}}  # fmt: skip
        return client.post("/kait/telegram", json=body, headers=heads)

    with db.transaction():
        addresses.ask_link(sri, consent="Ya.", actor=factories.SYSTEM, now=clock.now())
    waits = queries.address_of(sri, Way.TELEGRAM)
    assert waits is not None
    token = addresses.link_token(waits)
    db.db.session.remove()
    assert said(f"/start {token}", kind="group").text == "OK"
    assert said("/start salah").json["text"].startswith("Tautan ini sudah tidak berlaku")
    assert not agreed(sri, Way.TELEGRAM)
    answer = said(f"/start {token}")
    assert answer.json["method"] == "sendMessage"
    assert (answer.json["chat_id"], answer.json["text"][:19]) == ("4712", "Telegram terhubung.")
    assert agreed(sri, Way.TELEGRAM)
    assert said("halo").text == "OK"
    assert said("/stop").json["text"].startswith("Baik, kami tidak lagi")
    assert not agreed(sri, Way.TELEGRAM)
    with db.transaction() as session:
        session.execute(sa.update(ChannelAddress).values(state=AddressState.CONFIRMED))
    block = {"my_chat_member": {"chat": {"id": 4712, "type": "private"}, "date": int(clock.now().timestamp()),
             "new_chat_member": {"status": "kicked"}}}  # fmt: skip
    assert client.post("/kait/telegram", json=block, headers=heads).text == "OK"
    assert not agreed(sri, Way.TELEGRAM)


NASTY: list[Any] = [
    None, 0, "x", [], {}, {"entry": None}, {"entry": "x"}, {"entry": [None, 1, {"changes": [7, {"value": []}]}]},
    statuses("read", id="x" * 9999), statuses("read", id="a\x00b"), statuses("read", id="\ud800"),
    statuses("failed", errors=[{"title": "\x00\ud800" * 50}], id="wamid.2"), statuses(*["read"] * 2000, id="lain"),
    {"entry": [{"changes": [{"value": {"statuses": [{"id": {"$ne": 1}, "status": ["read"], "timestamp": "1e99"}]}}]}]},
    {"entry": [{"changes": [{"value": {"statuses": [{"id": "q", "status": "read", "timestamp": 10**30}]}}]}]},
    {"message": {"chat": {"id": "'; DROP TABLE message;--", "type": "private"}, "text": "/start " + "A" * 5000}},
    {"message": {"chat": {"id": True, "type": "private"}, "text": "/stop", "date": -1e300}},
    {"sender": ["0812"], "message": {"a": 1}}, {"id": [1], "stateid": {}, "state": "read"},
]  # fmt: skip


@pytest.mark.usefixtures("sri")
@pytest.mark.parametrize("body", NASTY, ids=[str(n) for n in range(len(NASTY))])
def test_nothing_that_comes_in_breaks_anything(
    settings: Change, client: FlaskClient, body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    made = settings(whatsapp="cloud")
    heads = {"X-Telegram-Bot-Api-Secret-Token": keys.shared_secret(made, "telegram")}
    answers = [cloud(client, body), client.post("/kait/telegram", json=body, headers=heads)]
    for provider in ("fonnte", "wablas"):
        made = settings(whatsapp=provider)
        answers.append(client.post(f"/kait/{provider}/{keys.shared_secret(made, provider)}", json=body))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert (message().state, message().delivered_at) == (WorkState.DONE, None)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_too_much_is_not_even_read(settings: Change, client: FlaskClient) -> None:
    settings(whatsapp="cloud")
    assert cloud(client, "x" * 300_000).status_code == 413
    for content in (b"", b"not json", b"\xff" * 50):
        made = "sha256=" + hmac.new(APP_SECRET.encode(), content, hashlib.sha256).hexdigest()
        answer = client.post("/kait/whatsapp", data=content, headers={"X-Hub-Signature-256": made})
        assert answer.status_code == 200
