"""Small rules of the room, each asked by itself: workers of their own come by them, or nobody looks at the edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.notifications import services, tasks
from calakan.notifications.channels import fonnte, opening, whatsapp
from calakan.notifications.channels.interface import Channel, Device, Outcome, Parcel
from calakan.notifications.channels.vapid import Sender
from calakan.notifications.channels.webpush import WebPushChannel
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from tests.notifications.acting import KIND, SECOND, SILENT, message
from tests.servers.push import Browser, PushService, packed


@pytest.mark.parametrize(
    ("provider", "given", "class_name", "url"),
    [
        ("fonnte", "", "FonnteChannel", fonnte.URL), ("fonnte", "http://x.test", "FonnteChannel", "http://x.test"),
        ("cloud", "", "CloudChannel", whatsapp.URL), ("cloud", "http://x.test", "CloudChannel", "http://x.test"),
        ("wablas", "http://x.test", "WablasChannel", "http://x.test"),
    ],
)  # fmt: skip
def test_the_provider_that_is_named_is_asked_at_the_address_that_is_given(
    app: Flask, provider: str, given: str, class_name: str, url: str
) -> None:
    settings = replace(app.extensions["calakan.settings"], whatsapp=provider, whatsapp_token="t", whatsapp_url=given)
    channel: Channel = opening.open_channel(Way.WHATSAPP, settings)
    assert (type(channel).__name__, channel._gateway.url) == (class_name, url)  # type: ignore[attr-defined]  # of each adapter


def test_letters_are_counted_by_address_kind_and_time(two: tuple[int, int]) -> None:
    now = clock.now()
    for values in ({}, {}, {"address": "b@b.id"}, {"kind": SILENT}):
        message(two[0], **{"kind": KIND, **values})
    with db.transaction() as session:
        first = session.scalars(sa.select(Message).order_by(Message.id)).first()
        assert first is not None
        first.created_at = now - timedelta(hours=1)
    counted = [
        services.sent_to("a@b.id", [KIND], since=now - ago) for ago in (timedelta(hours=1), timedelta(hours=1) + SECOND)
    ]
    assert counted == [1, 2]
    assert services.sent_to("a@b.id", [KIND, SILENT], since=now - SECOND) == 2


def test_what_came_since_the_last_look_is_seen(app: Flask, two: tuple[int, int]) -> None:
    """A rarer channel is looked for without a turn; what the session read before is not what it sees."""

    def write() -> None:
        with app.app_context():
            message(two[0], channel=Way.TELEGRAM)
            db.db.session.remove()

    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 0
    other = Thread(target=write)
    other.start()
    other.join()
    assert tasks._waits(Way.TELEGRAM)


def test_a_push_service_that_drops_a_kept_connection_and_the_next_is_tried_later(tmp_path: Path) -> None:
    browser = Browser("/a")
    channel = WebPushChannel(Sender(tmp_path, "a@example.org"))
    with PushService() as service:
        device = Device(service.url + browser.path, packed(browser.point), packed(browser.auth))
        parcel = Parcel(Letter("Judul", "Isi\n"), "k", KIND, address="a", name="Ani", at=clock.now(), device=device)
        assert channel.send(parcel).outcome is Outcome.SENT
        service.answers[browser.path] = "drop"
        assert channel.send(parcel).outcome is Outcome.LATER
        assert (len(service.came), service.connections) == (3, 2)
        channel.close()
