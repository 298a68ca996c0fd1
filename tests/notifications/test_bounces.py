"""What comes back: letters without a mailbox and complaints, by mailbox and by provider; forged and repeated ones harm nobody."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import marks, queries, services, tasks
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.bounces import tasks as bounce_tasks
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.reports import LARGEST, Report, UnreadableReportError, from_json, from_mail
from calakan.notifications.letters import Letter
from calakan.notifications.models import Bounce, Message
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from calakan.people.models import Purpose
from calakan.people.services import accounts, entry
from tests import factories
from tests.kinds import composed_by
from tests.notifications import returned
from tests.servers.mailbox import MailboxServer
from tests.servers.smtp import SmtpSink

Opener = Callable[[int | None], FlaskClient]
SECRET = "kunci pantulan yang panjang"
RETURNS_TO = "pantulan+*@calakan.test"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def me(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    for kind in ("enrolment.reminder", "certificates.issued", "people.reset_password"):
        composed_by(monkeypatch, kind, lambda message, now: Letter(message.key, "Isi.\n"))
    person = factories.person()
    return person.id, person.email


@pytest.fixture
def send(app: Flask, me: tuple[int, str], sink: SmtpSink) -> Callable[..., EmailMessage | None]:
    """Write one message to me and hand it over; what arrived, or None."""

    def deliver(key: str, kind: str = "enrolment.reminder") -> EmailMessage | None:
        before = len(sink.messages)
        with db.transaction():
            services.queue(kind, key=key, person_id=me[0], address=me[1], now=clock.now())
        settings = app.extensions["calakan.settings"]
        tasks.deliver_due(replace(settings, smtp_url=sink.url, bounce_address=RETURNS_TO))
        db.session().rollback()
        return sink.messages[before].message if len(sink.messages) > before else None

    return deliver


def state(key: str) -> tuple[WorkState, str | None]:
    db.session().rollback()
    found = db.session().execute(sa.select(Message.state, Message.last_error).where(Message.key == key)).one()
    return found[0], found[1]


def kept() -> Counter[BounceKind]:
    db.session().rollback()
    return Counter(db.session().scalars(sa.select(Bounce.kind)))


def test_a_mail_without_a_mailbox_ends_the_mails_until_the_owner_reads_one(
    app: Flask, me: tuple[int, str], send: Callable[..., EmailMessage | None], sink: SmtpSink
) -> None:
    mail = send("first")
    assert mail is not None
    with MailboxServer() as mailbox:
        settings = replace(app.extensions["calakan.settings"], bounce_imap_url=mailbox.url)
        assert bounce_tasks.read_mailbox(settings) == 0
        for letter in (returned.bounce(mail["Message-ID"]), returned.absence(mail["Message-ID"]), b"spam"):
            mailbox.put(letter)
        assert bounce_tasks.read_mailbox(settings) == 1
        assert mailbox.unread() == 0
        mailbox.put(returned.bounce(mail["Message-ID"]))
        assert bounce_tasks.read_mailbox(settings) == 0
    assert state("first") == (
        WorkState.FAILED,
        "5.1.1 550 5.1.1 <sri@example.org>: Recipient address rejected: User unknown",
    )
    # Nothing more goes there, but for what somebody asks for at a screen; and that proves the address.
    assert send("second", "certificates.issued") is None
    assert state("second") == (WorkState.DROPPED, "refusing")
    assert send("third", "people.reset_password") is not None
    with db.transaction():
        entry.ask_reset(me[1], now=clock.now())
    with db.transaction():
        secret = accounts.mailed_link(me[0], Purpose.RESET_PASSWORD, clock.now())
        accounts.reset_password(secret, password_hash="x", now=clock.now())
    assert send("fourth") is not None
    assert kept() == {BounceKind.HARD: 1}


def test_the_address_to_return_to_names_the_mail(send: Callable[..., EmailMessage | None], sink: SmtpSink) -> None:
    """For servers that give back nothing of the mail itself."""
    assert send("first") is not None
    id = db.session().scalars(sa.select(Message.id)).one()
    [received] = sink.messages
    assert received.sender == f"pantulan+{marks.mark(id)}@calakan.test"
    assert received.message["Message-ID"] == f"<{marks.mark(id)}@example.org>"
    report = from_mail(returned.bounce_to(received.sender))
    assert report is not None
    assert (report.message_id, report.kind) == (id, BounceKind.HARD)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("5.1.1", "failed", BounceKind.HARD), ("5.0.0", "Failed", BounceKind.HARD), ("5.2.1", "failed", BounceKind.HARD),
        ("5.2.2", "failed", BounceKind.SOFT), ("4.4.1", "failed", BounceKind.SOFT), ("5.7.1", "failed", BounceKind.SOFT),
        ("", "failed", BounceKind.SOFT), ("4.4.1", "delayed", None), ("2.0.0", "delivered", None), ("5.1.1", "", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("hidden", [False, True])
def test_what_a_report_says(app: Flask, status: str, action: str, kind: BounceKind | None, hidden: bool) -> None:
    raw = returned.bounce(f"<{marks.mark(7)}@example.org>", status=status, action=action, hidden=hidden)
    report = from_mail(raw)
    assert (report.kind if report else None) == kind
    assert report is None or (report.message_id, report.status) == (7, status)


def test_a_full_mailbox_is_counted_and_the_next_letter_leaves(
    me: tuple[int, str], send: Callable[..., EmailMessage | None]
) -> None:
    for number in range(3):
        assert send(f"m{number}") is not None
        id = db.session().scalars(sa.select(Message.id).where(Message.key == f"m{number}")).one()
        with db.transaction():
            bounce_tasks.services.record([Report(id, BounceKind.SOFT, "5.2.2", "full")], now=clock.now())
        assert state(f"m{number}") == (WorkState.FAILED, "5.2.2 full")
    assert bounces.soft_bounces(me[1]) == 3


@pytest.mark.parametrize(("kind", "muted"), [("abuse", True), ("not-spam", False), ("auth-failure", False)])
def test_a_complaint_ends_what_may_be_refused(
    me: tuple[int, str], send: Callable[..., EmailMessage | None], kind: str, muted: bool
) -> None:
    mail = send("first")
    assert mail is not None
    report = from_mail(returned.complaint(mail["Message-ID"], kind=kind))
    with db.transaction():
        assert bounce_tasks.services.record([report] if report else [], now=clock.now()) == muted
    assert queries.muted([me[0]]) == ({(me[0], topic, Way.MAIL) for topic in Topic} if muted else set())
    assert (send("second") is None) == muted
    assert send("third", "certificates.issued") is not None
    assert state("first") == (WorkState.DONE, None)


def test_forged_nested_and_huge_reports_are_nothing(app: Flask) -> None:
    good, proof = f"<{marks.mark(7)}@example.org>", marks.mark(7).partition(".")[2]
    assert from_mail(returned.bounce(good)) is not None
    for forged in (f"<8.{proof}@example.org>", f"<7.{'0' * 32}@example.org>", f"<77.{proof}@x>", "<7.@x>", "<>"):
        assert from_mail(returned.bounce(forged)) is None
    assert from_mail(returned.nested(good, 3)) is not None
    assert from_mail(returned.nested(good, 3000)) is None
    assert from_mail(returned.bounce(good, detail="x" * LARGEST)) is None  # our mark lies beyond what is read
    assert from_mail(b"") is None
    assert from_mail(bytes(range(256)) * 1000) is None
    told = from_mail(returned.bounce(good, detail="\x00<b>\x1b[31m" + "y" * 500))
    assert told is not None
    assert (told.detail.isprintable(), len(told.detail)) == (True, 200)


def signed(client: FlaskClient, body: bytes, secret: str = SECRET) -> int:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return client.post("/kait/pantulan", data=body, headers={"X-Calakan-Signature": signature}).status_code


@pytest.fixture
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Somebody outside, whom our settings know."""
    app.config["WTF_CSRF_ENABLED"] = True
    known = replace(app.extensions["calakan.settings"], bounce_secret=SECRET)
    monkeypatch.setitem(app.extensions, "calakan.settings", known)
    return app.test_client()


def test_a_provider_tells_by_signed_requests(
    me: tuple[int, str], send: Callable[..., EmailMessage | None], provider: FlaskClient
) -> None:
    mail = send("first")
    assert mail is not None
    event = {"message_id": mail["Message-ID"], "event": "bounce", "status": "5.1.1", "detail": "no \u0000 user"}
    body = json.dumps({"events": [event]}).encode()
    assert signed(provider, body, "another key") == 404
    assert provider.post("/kait/pantulan", data=body).status_code == 404
    assert kept() == {}
    assert signed(provider, body) == 200
    assert signed(provider, body) == 200
    assert kept() == {BounceKind.HARD: 1}
    assert state("first") == (WorkState.FAILED, "5.1.1 no user")
    strange = {**event, "message_id": "<1.00000000000000000000000000000000@x>", "event": "complaint"}
    assert signed(provider, json.dumps({"events": [strange]}).encode()) == 200
    assert signed(provider, json.dumps({"events": [{**event, "event": "complaint"}]}).encode()) == 200
    assert kept() == {BounceKind.HARD: 1, BounceKind.COMPLAINT: 1}


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff", b"null", b'{"events": 1}', b'{"events": [1]}', b'{"events": [{"message_id": "x"}]}',
     b'{"events": [{"message_id": 1, "event": "bounce"}]}', b'{"events": [{"message_id": "x", "event": "opened"}]}',
     b'{"events": ' + b"[" * 60_000, b'{"events": [' + b"1," * 1000 + b"1]}"],
)  # fmt: skip
def test_what_the_guide_does_not_describe_is_refused(provider: FlaskClient, body: bytes) -> None:
    with pytest.raises(UnreadableReportError):
        from_json(body)
    assert signed(provider, body) == 400
    assert signed(provider, b'{"events": []}') == 200


def test_a_huge_request_is_not_read_and_without_a_key_nobody_tells(provider: FlaskClient, app: Flask) -> None:
    assert signed(provider, b'{"events": []}' + b" " * LARGEST) == 413
    app.extensions["calakan.settings"] = replace(app.extensions["calakan.settings"], bounce_secret="")
    assert signed(provider, b'{"events": []}', "") == 404


def test_owner_and_panitia_see_it_and_try_again(
    me: tuple[int, str], send: Callable[..., EmailMessage | None], client_of: Opener
) -> None:
    id, address = me
    browser, staff = client_of(id), client_of(factories.person("Panitia", Role.PANITIA).id)
    code = db.session().scalars(sa.text("SELECT code FROM person WHERE id = :id").bindparams(id=id)).one()
    for key, client, path in (
        ("first", browser, "/saya/pesan/alamat"),
        ("second", staff, "/kelola/pesan/alamat"),
    ):
        mail = send(key)
        assert mail is not None
        report = from_mail(returned.bounce(mail["Message-ID"]))
        assert report is not None
        with db.transaction():
            bounce_tasks.services.record([report], now=clock.now())
        db.db.session.remove()
        assert "Alamat ini benar, coba lagi" in browser.get("/saya/pesan/atur").text
        assert "Coba lagi alamat ini" in staff.get(f"/kelola/orang/{code}").text
        assert "Alamat yang mengembalikan surat (1)" in staff.get("/kelola/pesan").text
        assert "Isi." in browser.get("/saya/pesan").text  # it came back, but here it can be read
        assert client.post(path, data={"alamat": address}).status_code == 303
        db.db.session.remove()
        assert "coba lagi" not in browser.get("/saya/pesan/atur").text
    assert "Alamat yang mengembalikan surat" not in staff.get("/kelola/pesan").text
    assert send("third") is not None


def test_a_letter_sent_again_by_hand_may_come_back_again(
    me: tuple[int, str], send: Callable[..., EmailMessage | None]
) -> None:
    mail = send("first")
    assert mail is not None
    report = from_mail(returned.bounce(mail["Message-ID"]))
    assert report is not None
    for _ in range(2):
        with db.transaction():
            assert bounce_tasks.services.record([report], now=clock.now()) == 1
        assert send("other") is None
        with db.transaction():
            services.resend(report.message_id, actor=factories.SYSTEM, now=clock.now())
        assert send("another") is not None
        with db.transaction() as session:
            session.execute(sa.delete(Message).where(Message.key.in_(["other", "another"])))
        assert state("first")[0] is WorkState.DONE


def test_a_mailbox_that_is_away_locked_or_has_no_such_folder_is_told_without_its_password(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    settings = app.extensions["calakan.settings"]
    with MailboxServer() as mailbox:
        wrong = replace(settings, bounce_imap_url=mailbox.url.replace("jambu", "salak-rahasia"))
        assert bounce_tasks.read_mailbox(wrong) == 0
        elsewhere = replace(settings, bounce_imap_url=mailbox.url.replace("INBOX", "Hilang"))
        assert bounce_tasks.read_mailbox(elsewhere) == 0
    assert bounce_tasks.read_mailbox(replace(settings, bounce_imap_url=mailbox.url)) == 0
    assert len(caplog.records) == 3
    assert "rahasia" not in caplog.text
    assert "belakang" not in caplog.text
