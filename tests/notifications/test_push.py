"""Notifications on devices: what a push service gets, what its browser reads, and what each answer leads to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from flask.testing import FlaskClient

from calakan.app import connect
from calakan.enrolment import broadcasts
from calakan.enrolment.broadcasts import Audience
from calakan.enrolment.models import Broadcast
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import devices, services, tasks, ways
from calakan.notifications.channels import encryption
from calakan.notifications.channels.interface import Device
from calakan.notifications.channels.vapid import Sender
from calakan.notifications.errors import DeviceInvalid
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message, MutedTopic, PushSubscription
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from tests import factories
from tests.kinds import composed_by
from tests.servers.push import Browser, PushService, packed, unpacked

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
REMINDER, SECRET = "enrolment.reminder", "people.reset_password"
KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
GOOD = Device("https://fcm.googleapis.com/fcm/send/abc:123", KEY, packed(b"sixteen bytes ok"))
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as running:
        yield running


@pytest.fixture(autouse=True)
def _words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.PUSH: {}})
    devices.connect("fcm.googleapis.com *.push.apple.com")
    text = "Yth. Bapak/Ibu Sri,\n\nSesi segera dimulai.\n\nRuang: https://zoom.example/j/1\nhttp://calakan.test/hadir\n"
    for kind in (REMINDER, SECRET):
        composed_by(monkeypatch, kind, lambda message, now: Letter("Sebentar lagi: Numerasi", text))
    with time_machine.travel(NOON, tick=False):
        yield
    connect(app.extensions["calakan.settings"])


def owner(service: PushService, *paths: str) -> tuple[int, str, list[Browser]]:
    """Somebody with a browser for each path."""
    person, browsers = factories.person(), [Browser(path) for path in paths]
    id, email = person.id, person.email
    with db.transaction() as session:
        session.add_all(
            PushSubscription(
                person_id=id, address=f"Chrome {n:06}", endpoint=service.url + browser.path,
                public=packed(browser.point), auth=packed(browser.auth), made_at=NOON,
            )
            for n, browser in enumerate(browsers)
        )  # fmt: skip
    return id, email, browsers


def write(id: int, email: str, kind: str = REMINDER, key: str = "k", minutes: int = 30) -> int:
    with db.transaction():
        until = NOON + timedelta(minutes=minutes)
        row = services.message_row(kind, key=key, person_id=id, address=email, now=clock.now(), expires_at=until)
        return services.queue_rows([row])


def deliver(app: Flask) -> None:
    tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()


def pushes() -> list[Message]:
    db.session().rollback()
    wanted = sa.select(Message).where(Message.channel == Way.PUSH).order_by(Message.id)
    return list(db.session().scalars(wanted))


def test_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encryption.encrypt(
        b"When I grow up, I want to be a watermelon",
        public="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        private=ec.derive_private_key(number, ec.SECP256R1()),
    )
    assert packed(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    with pytest.raises(ValueError, match="too long"):
        encryption.encrypt(b"x" * (encryption.MOST + 1), public=KEY, auth=GOOD.auth)


def test_each_device_of_a_person_reads_it_and_nobody_else(app: Flask, service: PushService) -> None:
    id, email, browsers = owner(service, "/a", "/b")
    assert write(id, email) == 3
    deliver(app)
    assert [push.path for push in service.came] == ["/a", "/b"]
    assert service.connections == 1
    first, second = service.came
    facts = browsers[0].read(first.body)
    assert facts == {
        "title": "Sebentar lagi: Numerasi",
        "body": "Sesi segera dimulai.",
        "url": "http://calakan.test/hadir",
        "tag": first.headers["Topic"],
    }
    with pytest.raises(InvalidTag):
        browsers[0].read(second.body)
    assert (first.headers["TTL"], first.headers["Urgency"], len(first.headers["Topic"])) == ("1800", "high", 32)
    assert [(m.state, m.provider_id, m.key) for m in pushes()] == [
        (WorkState.DONE, "/m/a", "k#push:000000"), (WorkState.DONE, "/m/b", "k#push:000001"),
    ]  # fmt: skip


def test_the_sender_proves_who_it_is(app: Flask, service: PushService) -> None:
    id, email, _ = owner(service, "/a")
    write(id, email)
    deliver(app)
    scheme, token, key = service.came[0].headers["Authorization"].replace(",", "").split()
    assert (scheme, token[:2], key[:2]) == ("vapid", "t=", "k=")
    head, claims, signature = token[2:].split(".")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(key[2:]))
    raw = unpacked(signature)
    halves = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(encode_dss_signature(*halves), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(unpacked(head)) == {"typ": "JWT", "alg": "ES256"}
    until = int((NOON + timedelta(hours=12)).timestamp())
    assert json.loads(unpacked(claims)) == {"aud": service.url, "exp": until, "sub": "mailto:calakan@example.org"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(app: Flask, service: PushService, status: int) -> None:
    id, email, _ = owner(service, "/a", "/b")
    service.answers["/a"] = (status, 0)
    write(id, email)
    deliver(app)
    assert [m.state for m in pushes()] == [WorkState.FAILED, WorkState.DONE]
    assert list(db.session().scalars(sa.select(PushSubscription.endpoint))) == [f"{service.url}/b"]
    assert write(id, email, key="k2") == 2


def test_who_is_asked_to_wait_waits(app: Flask, service: PushService) -> None:
    """The second device has the same push service, which is not asked meanwhile."""
    id, email, _ = owner(service, "/a", "/b")
    service.answers["/a"] = (429, 120)
    write(id, email)
    deliver(app)
    assert [push.path for push in service.came] == ["/a"]
    assert [(m.state, m.due_at) for m in pushes()] == [(WorkState.PENDING, NOON + timedelta(seconds=120))] * 2
    service.answers.clear()
    with time_machine.travel(NOON + timedelta(seconds=120), tick=False):
        deliver(app)
    assert {m.state for m in pushes()} == {WorkState.DONE}


@pytest.mark.parametrize(("answer", "state"), [("drop", "pending"), ((500, 0), "pending"), ((400, 0), "failed")])
def test_a_repeat_replaces_the_first(
    app: Flask, service: PushService, answer: tuple[int, int] | str, state: str
) -> None:
    id, email, _ = owner(service, "/a")
    service.answers["/a"] = answer
    write(id, email)
    deliver(app)
    assert [m.state for m in pushes()] == [state]
    service.answers.clear()
    with time_machine.travel(NOON + timedelta(minutes=20), tick=False):
        deliver(app)
    assert len({push.headers["Topic"] for push in service.came}) == 1
    assert service.came[-1].headers["TTL"] == ("600" if state == "pending" else "1800")


def test_what_is_over_muted_or_secret_goes_to_no_device(app: Flask, service: PushService) -> None:
    id, email, _ = owner(service, "/a")
    assert write(id, email, minutes=-1) == 2
    assert write(id, email, kind=SECRET, key="s") == 1
    deliver(app)
    assert write(id, email, key="w") == 2
    with db.transaction() as session:
        session.add(MutedTopic(person_id=id, topic=Topic.REMINDERS, channel=Way.PUSH))
    assert write(id, email, key="m") == 1
    deliver(app)
    assert (service.came, [m.last_error for m in pushes()]) == ([], ["expired", "muted"])


@pytest.mark.any_database
@pytest.mark.parametrize(
    "bad",
    [
        Device("http://fcm.googleapis.com/a", GOOD.public, GOOD.auth),
        Device("https://127.0.0.1/a", GOOD.public, GOOD.auth),
        Device("https://evil.example/fcm.googleapis.com", GOOD.public, GOOD.auth),
        Device("https://fcm.googleapis.com:8443/a", GOOD.public, GOOD.auth),
        Device("https://fcm.googleapis.com@evil.example/a", GOOD.public, GOOD.auth),
        Device("https://evilpush.apple.com/a", GOOD.public, GOOD.auth),
        Device("https://fcm.googleapis.com/a\r\nX: 1", GOOD.public, GOOD.auth),
        Device("https://fcm.googleapis.com/" + "a" * 1000, GOOD.public, GOOD.auth),
        Device("https://[", GOOD.public, GOOD.auth),
        Device(GOOD.endpoint, GOOD.auth, GOOD.auth),
        Device(GOOD.endpoint, GOOD.public, "ñ"),
        Device("", "", ""),
    ],
)
def test_only_known_push_services_are_believed(app: Flask, bad: Device) -> None:
    id = factories.person().id
    with pytest.raises(DeviceInvalid), db.transaction():
        devices.add(id, bad, browser="", actor=factories.SYSTEM, now=NOON)


def test_a_browser_belongs_to_who_used_it_last_and_ten_are_enough(app: Flask) -> None:
    first, second = factories.person("Ani").id, factories.person("Budi").id
    with db.transaction():
        one = devices.add(first, GOOD, browser="Firefox Android", actor=factories.SYSTEM, now=NOON).address
        again = devices.add(first, GOOD, browser="Firefox Android", actor=factories.SYSTEM, now=NOON).address
    assert (one, one[:18]) == (again, "Firefox di Android")
    with db.transaction():
        other = devices.add(second, GOOD, browser="", actor=factories.SYSTEM, now=NOON)
        assert (other.person_id, other.address != one) == (second, True)
    for number in range(12):
        with db.transaction():
            mine = Device(f"{GOOD.endpoint}{number}", GOOD.public, GOOD.auth)
            now = NOON + timedelta(minutes=number)
            devices.add(first, mine, browser="", actor=factories.SYSTEM, now=now)
    held = db.session().scalars(sa.select(PushSubscription.endpoint).where(PushSubscription.person_id == first))
    assert sorted(held) == sorted(f"{GOOD.endpoint}{number}" for number in range(2, 12))


def test_the_page_adds_and_removes_a_device(app: Flask, client_of: Opener) -> None:
    me, other = factories.person("Ani").id, factories.person("Budi").id
    browser = client_of(me)
    assert 'data-notifikasi="B' in browser.get("/saya/pesan/atur").text
    typed = {"endpoint": GOOD.endpoint, "public": GOOD.public, "auth": GOOD.auth}
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/131 Mobile Safari/537.36"}
    assert browser.post("/saya/pesan/perangkat", data=typed, headers=agent).status_code == 303
    page = browser.get("/saya/pesan/atur").text
    assert "<b>Chrome di Android</b>" in page
    assert "Juga sebagai notifikasi di perangkat" in page
    db.db.session.remove()
    address = db.session().scalars(sa.select(PushSubscription.address)).one()
    taken = {"perangkat": address}
    assert client_of(other).post("/saya/pesan/perangkat/hentikan", data=taken).status_code == 404
    assert browser.post("/saya/pesan/perangkat/hentikan", data=taken).status_code == 303
    db.db.session.remove()
    assert db.session().scalars(sa.select(PushSubscription)).all() == []
    worker = browser.get("/notifikasi-sw.js")
    assert (worker.status_code, worker.mimetype, worker.headers["Cache-Control"]) == (
        200,
        "text/javascript",
        "no-cache",
    )


def test_two_processes_make_one_key_that_nobody_else_reads(tmp_path: Path) -> None:
    one, two = Sender(tmp_path, "a@example.org"), Sender(tmp_path, "a@example.org")
    assert one.public_key == two.public_key
    assert len(unpacked(one.public_key)) == 65
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    first = two.authorization("https://fcm.googleapis.com/x", now=NOON)
    assert two.authorization("https://fcm.googleapis.com/y", now=NOON + timedelta(hours=5)) == first
    assert two.authorization("https://fcm.googleapis.com/y", now=NOON + timedelta(hours=7)) != first
    assert urlsplit("https://fcm.googleapis.com/x").netloc not in first


def test_a_trial_goes_to_the_newest_device_and_a_broadcast_counts_people(app: Flask, service: PushService) -> None:
    id, email, browsers = owner(service, "/a", "/b")
    with db.transaction():
        services.try_channel(id, Way.PUSH, name="Sri", email=email, actor=factories.SYSTEM, now=NOON)
    deliver(app)
    assert [push.path for push in service.came] == ["/b"]
    assert browsers[1].read(service.came[0].body)["title"]
    with db.transaction():
        written = broadcasts.write(
            "Kabar", "Isi", Audience(), channels=[Way.MAIL, Way.PUSH], actor=factories.SYSTEM, now=NOON
        ).id
    factories.person("Tanpa perangkat")
    assert broadcasts.reached(db.session().get_one(Broadcast, written)) == {Way.MAIL: 2, Way.PUSH: 1}
