"""Saying no: in the preferences, by the link in a mail, by a mail program's one click."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import queries, services, tasks, topics
from calakan.notifications.channels import rfc5322
from calakan.notifications.channels.interface import Parcel
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import SmtpSink

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def me(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """Somebody with a reminder and a certificate waiting."""
    person = factories.person()
    for kind in ("enrolment.reminder", "certificates.issued"):
        composed_by(monkeypatch, kind, lambda message, now: Letter(message.kind, "Isi.\n"))
    write(person.id, person.email)
    return person.id


def write(person_id: int, address: str, suffix: str = "") -> None:
    with db.transaction():
        services.queue_rows(
            services.message_row(
                kind,
                key=f"{kind}{suffix}",
                person_id=person_id,
                address=address,
                now=clock.now(),
                facts={"name": "Sri"},
            )
            for kind in ("enrolment.reminder", "certificates.issued")
        )


def deliver(app: Flask, sink: SmtpSink) -> None:
    tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))
    db.session().rollback()


def test_one_click_of_a_mail_program_ends_reminders_and_nothing_else(app: Flask, me: int, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    with SmtpSink() as sink:
        deliver(app, sink)
        reminder, paper = sorted((r.message for r in sink.messages), key=lambda m: str(m["Subject"]), reverse=True)
        assert (paper["List-Unsubscribe"], paper["List-Unsubscribe-Post"]) == (None, None)
        assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<http://calakan\.test(/berhenti/\S+)>", reminder["List-Unsubscribe"])
        assert found is not None
        assert found[1] in reminder.get_content()
        page = client.get(found[1])
        assert (page.status_code, "Pengingat sebelum sesi" in page.text) == (200, True)
        assert queries.muted([me]) == set()
        answer = client.post(found[1], data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.text) == (200, "OK")
        db.db.session.remove()
        assert queries.muted([me]) == {(me, Topic.REMINDERS, Way.MAIL)}
        write(me, "sri@example.org", suffix="2")
        deliver(app, sink)
        assert [str(r.message["Subject"]) for r in sink.messages[2:]] == ["certificates.issued"]
    muted = db.session().scalars(sa.select(Message).where(Message.key == "enrolment.reminder2")).one()
    assert (muted.state, muted.last_error) == (WorkState.DROPPED, "muted")
    again = client.post(found[1], data={"pilih": "lanjut"})
    assert again.status_code == 303
    db.db.session.remove()
    assert queries.muted([me]) == set()


@pytest.mark.parametrize("forged", ["x", "WzEsInBlbmdpbmdhdCJd.AAAA", "%00", "a" * 300])
def test_a_forged_link_is_nobodys(client: FlaskClient, me: int, forged: str) -> None:
    for answer in (client.get(f"/berhenti/{forged}"), client.post(f"/berhenti/{forged}")):
        assert answer.status_code in (400, 404)


def test_a_link_of_another_purpose_does_not_read(app: Flask, me: int) -> None:
    good = topics.token(me, Topic.SURVEYS)
    assert topics.read(good) == (me, Topic.SURVEYS)
    # Not the last letter of the signature: some of its bits mean nothing.
    assert topics.read(good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:]) is None


def test_the_page_keeps_what_is_ticked(app: Flask, me: int, client_of: Opener) -> None:
    browser = client_of(me)
    assert browser.get("/saya/pesan/atur").text.count(" checked") == len(Topic)
    assert browser.post("/saya/pesan/atur", data={"topics": ["pengingat"]}).status_code == 303
    db.db.session.remove()
    assert queries.muted([me]) == {(me, topic, Way.MAIL) for topic in set(Topic) - {Topic.REMINDERS}}
    assert browser.get("/saya/pesan/atur").text.count(" checked") == 1
    assert browser.post("/saya/pesan/atur", data={"topics": ["sertifikat"]}).status_code == 422


def test_the_inbox_counts_what_is_new_until_it_is_read(app: Flask, me: int, client_of: Opener) -> None:
    with SmtpSink() as sink:
        deliver(app, sink)
    browser = client_of(me)
    assert queries.unread(me) == 2
    assert "<b>2</b> belum dibaca" in browser.get("/saya/pesan").text
    assert queries.unread(me) == 2
    assert browser.post("/saya/pesan/dibaca").status_code == 303
    db.db.session.remove()
    assert queries.unread(me) == 0
    assert "belum dibaca" not in browser.get("/saya/pesan").text


def test_all_that_failed_of_a_kind_goes_again(app: Flask, me: int, client_of: Opener) -> None:
    address = "tidak.ada@example.org"
    write(me, address, suffix="3")
    with SmtpSink("permanent", refused={address}) as sink:
        deliver(app, sink)
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = staff.get("/kelola/pesan").text
    assert page.count("1 gagal") == 2
    assert "550 5.1.1" in page
    answer = staff.post("/kelola/pesan/kirim-ulang-semua", data={"jenis": "enrolment.reminder"})
    assert answer.status_code == 303
    db.db.session.remove()
    rows = db.session().execute(sa.select(Message.key, Message.state).where(Message.address == address))
    assert dict(rows.all()) == {
        "enrolment.reminder3": WorkState.PENDING, "certificates.issued3": WorkState.FAILED,
    }  # fmt: skip
    person = db.session().scalars(sa.select(Message.person_id).where(Message.address == address)).first()
    assert person == me


def test_a_name_cannot_write_headers() -> None:
    letter, name = Letter("Judul", "Isi.\n"), "Sri\r\nBcc: x@example.org"
    parcel = Parcel(letter, key="k", kind="test", address="a@example.org", name=name, at=clock.now())
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        rfc5322.mail_of(parcel, sender="b@example.org")
