"""From the link in the settings to the phone and back, over real adapters and stand-ins of the providers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, queries, services, tasks, ways
from calakan.notifications.channels import opening
from calakan.notifications.letters import Letter
from calakan.notifications.models import AddressState, ChannelAddress, Message
from calakan.notifications.ways import Way
from calakan.notifications.webhooks import keys
from config import Settings
from tests import factories
from tests.kinds import composed_by
from tests.servers import gateways
from tests.servers.gateways import TOKEN, Provider

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
KIND = "certificates.issued"


@pytest.fixture
def bot() -> Iterator[Provider]:
    with gateways.provider(gateways.telegram) as service:
        yield service


@pytest.fixture
def settings(app: Flask, bot: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    before = app.extensions["calakan.settings"]
    made = replace(before, telegram_token=TOKEN, telegram_bot="calakanbot", telegram_url=bot.url)
    app.extensions["calakan.settings"] = made
    ways.connect(opening.configured(made))
    composed_by(monkeypatch, KIND, lambda message, now: Letter(message.key, "Isi.\n"))
    yield made
    app.extensions["calakan.settings"] = before


def write(person_id: int, email: str, *keys: str) -> None:
    with db.transaction():
        services.queue_rows(
            services.message_row(KIND, key=key, person_id=person_id, address=email, now=clock.now()) for key in keys
        )


def chats() -> dict[str, WorkState]:
    db.session().rollback()
    rows = db.session().execute(sa.select(Message.key, Message.state).where(Message.channel == Way.TELEGRAM))
    return dict(rows.all())


def test_opened_written_to_and_blocked(app: Flask, settings: Settings, bot: Provider, client: FlaskClient) -> None:
    person = factories.person("Sri")
    id, email = person.id, person.email
    with time_machine.travel(NOON, tick=False) as traveller:
        with db.transaction():
            addresses.ask_link(id, consent="Ya.", actor=factories.SYSTEM, now=clock.now())
        waits = queries.address_of(id, Way.TELEGRAM)
        assert waits is not None
        update = {"message": {"chat": {"id": 4711, "type": "private"}, "text": f"/start {addresses.link_token(waits)}"}}
        heads = {"X-Telegram-Bot-Api-Secret-Token": keys.shared_secret(settings, "telegram")}
        assert client.post("/kait/telegram", json=update, headers=heads).json["chat_id"] == "4711"
        write(id, email, "a", "b")
        bot.mode = "busy"
        tasks.deliver_due(settings)
        assert (len(bot.paths), set(chats().values())) == (1, {WorkState.PENDING})
        bot.mode = "ok"
        traveller.shift(timedelta(seconds=36))
        tasks.deliver_due(settings)
        assert len(bot.paths) == 1
        traveller.shift(timedelta(seconds=1))
        tasks.deliver_due(settings)
        assert sorted(body["text"] for body in bot.taken) == ["a#telegram\n\nIsi.", "b#telegram\n\nIsi."]
        bot.mode = "drop"
        write(id, email, "c")
        tasks.deliver_due(settings)
        assert chats()["c#telegram"] is WorkState.UNCERTAIN
        bot.mode = "gone"
        write(id, email, "d")
        tasks.deliver_due(settings)
        assert chats()["d#telegram"] is WorkState.PENDING  # whoever does not answer is left alone for a moment
        traveller.shift(timedelta(minutes=1))
        tasks.deliver_due(settings)
        write(id, email, "e")
        assert chats() == {
            "a#telegram": WorkState.DONE, "b#telegram": WorkState.DONE, "c#telegram": WorkState.UNCERTAIN,
            "d#telegram": WorkState.FAILED,
        }  # fmt: skip
    stored = db.session().scalars(sa.select(Message.last_error)).all()
    assert TOKEN not in "".join(filter(None, stored))


def test_the_gap_between_two_messages_holds_over_all_workers(app: Flask, settings: Settings, bot: Provider) -> None:
    with time_machine.travel(NOON):  # at night a chat is quiet
        _three_workers(app, settings)
    went = sorted(db.session().scalars(sa.select(Message.sent_at).where(Message.channel == Way.TELEGRAM)))
    assert len(went) == 3
    assert all(later - first >= timedelta(seconds=0.9) for first, later in pairwise(went))


def _three_workers(app: Flask, settings: Settings) -> None:
    person = factories.person("Sri")
    id, email = person.id, person.email
    with db.transaction() as session:
        state, now = AddressState.CONFIRMED, clock.now()
        session.add(ChannelAddress(person_id=id, channel=Way.TELEGRAM, address="1", state=state, asked_at=now))
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {timedelta(seconds=1): 1}})
    write(id, email, "a", "b", "c")

    def run() -> None:
        with app.app_context():
            tasks.deliver_due(settings)
            db.db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
