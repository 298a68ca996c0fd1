"""A one-time secret lies readable nowhere: in no table, on no page and in no backup, whatever became of its letter."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import backup, clock, codes, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber import services as speaking
from calakan.narasumber import tokens
from calakan.narasumber.models import Assignment
from calakan.notifications import addresses, tasks, ways
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Outcome, Parcel, Result
from calakan.notifications.letters import HIDDEN
from calakan.notifications.models import ChannelAddress, Message
from calakan.notifications.ways import Way
from calakan.people.models import MailCode, OneTimeLink, Wanted
from calakan.people.services import accounts, entry, mail_codes
from tests import factories
from tests.servers.smtp import Mode, SmtpSink

Opener = Callable[[int | None], FlaskClient]
STRANGER = "ani@example.org"


def confirm() -> str:
    with db.transaction():
        entry.sign_up(STRANGER, "Ani", password_hash="x", now=clock.now())
    return STRANGER


def reset() -> str:
    email = factories.person("Sri").email
    with db.transaction():
        entry.ask_reset(email, now=clock.now())
    return email


def invite() -> str:
    speaker, session_id = factories.volunteer(), factories.slot()
    with db.transaction():
        speaking.invite(session_id, speaker.id, actor=factories.SYSTEM, now=clock.now())
    return speaker.email


def code() -> str:
    email = factories.person("Sri").email
    with db.transaction():
        mail_codes.ask(email, Wanted.LOG_IN, now=clock.now())
    return email


def dump() -> str:
    """Every column of every row."""
    db.session().rollback()
    tables = db.Base.metadata.sorted_tables
    return "\n".join(str(tuple(row)) for table in tables for row in db.session().execute(sa.select(table)))


def live(text: str) -> list[str]:
    """The secrets in a text that would open something: found by their hashes, so that none need be known."""
    db.session().rollback()
    known = set(db.session().scalars(sa.select(OneTimeLink.secret_hash)))
    known |= set(db.session().scalars(sa.select(MailCode.link_hash).where(MailCode.link_hash.is_not(None))))
    runs = re.findall(r"[\w-]{43,}", text)
    parts = {run[at : at + 43] for run in runs for at in range(len(run) - 42)}
    found = [part for part in parts if codes.hashed(part) in known]
    digits = set(re.findall(r"\b\d{6}\b", text))
    mailed = db.session().execute(sa.select(MailCode.id, MailCode.code_hash)).all()
    found += [one for one in digits for id, hashed in mailed if mail_codes._code_hash(id, one) == hashed]
    asked = db.session().execute(sa.select(Assignment.id, Assignment.round)).all()
    found += [token for token in (tokens.token(*one) for one in asked) if token in text]
    proofs = (
        db.session()
        .execute(sa.select(ChannelAddress.person_id, ChannelAddress.address, ChannelAddress.proof_hash))
        .all()
    )
    for person_id, number, proof in proofs:
        found += [
            code for code in set(re.findall(r"\d{6}", text)) if addresses._signed(person_id, number, code) == proof
        ]
    return found


def archive(app: Flask, tmp_path: Path) -> str:
    """What a backup holds of the database."""
    target, empty = tmp_path / "b.tar.gz", tmp_path / "data"
    empty.mkdir(exist_ok=True)
    backup.write(target, engine=db.engine(), data_dir=empty, made_at=clock.now())
    with tarfile.open(target) as made:
        parts = [made.extractfile(member) for member in made]
        return "\n".join(part.read().decode() for part in parts if part is not None)


def pages(client_of: Opener, address: str) -> str:
    """What the panitia sees of it, and the person."""
    panitia = factories.person("Panitia", Role.PANITIA).id
    person_id = db.session().scalars(sa.select(Message.person_id).where(Message.address == address)).first()
    staff, own = client_of(panitia), client_of(person_id)
    found = [staff.get(f"/kelola/pesan?q={address}"), staff.get("/kelola/pesan"), own.get("/saya/pesan")]
    found.append(own.get("/saya/data.json"))
    return "\n".join(page.get_data(as_text=True) for page in found)


@pytest.mark.any_database
@pytest.mark.parametrize("ask", [confirm, reset, invite, code])
@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("ok", WorkState.DONE),
        ("temporary", WorkState.PENDING),
        ("permanent", WorkState.FAILED),
        ("drop", WorkState.UNCERTAIN),
    ],
)
def test_a_secret_lies_nowhere(
    app: Flask, client_of: Opener, tmp_path: Path, ask: Callable[[], str], mode: Mode, state: WorkState
) -> None:
    address, seen = ask(), []

    def handing(number: int) -> None:
        with app.app_context():
            seen.append((db.session().scalars(sa.select(Message.state)).all(), live(dump())))

    assert live(dump()) == []  # while it waits
    with SmtpSink(mode, refused={address}, meanwhile=handing) as sink:
        tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))
        arrived = sink.messages
    newest = sa.select(Message).where(Message.address == address).order_by(Message.id.desc())
    held = db.session().scalars(newest).first()
    assert held is not None
    assert (held.state, HIDDEN in held.body) == (state, True)
    text = dump() + pages(client_of, address)
    assert live(text) == []
    assert live(archive(app, tmp_path)) == []
    if mode in ("ok", "drop"):
        texts = [one.message.get_body(("plain",)).get_content() for one in arrived]
        # The control: what was sent does open; a code comes with a link.
        assert len(live("\n".join(texts))) == (2 if ask is code else 1)
        assert {WorkState.HANDING in states for states, _ in seen} == {True}
        assert [found for _, found in seen if found] == []


class Phone:
    """Ends as it is told to, and quotes what it was given, as some providers do."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.codes = outcome, [""]

    def send(self, parcel: Parcel) -> Result:
        self.codes.append(parcel.letter.code)
        return Result(self.outcome, f"not sent: {parcel.letter.text}")

    def close(self) -> None:
        pass


@pytest.fixture
def whatsapp(app: Flask) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.WHATSAPP: {}})
    yield
    ways.connect(opening.configured(app.extensions["calakan.settings"]))


@pytest.mark.any_database
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_code_for_a_phone_lies_nowhere(
    app: Flask, client_of: Opener, whatsapp: None, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    phone, me = Phone(outcome), factories.person("Sri").id
    monkeypatch.setattr(opening, "open_channel", lambda way, settings: phone)
    with db.transaction():
        addresses.ask_code(me, "Sri", "6281200001111", consent="Ya.", actor=factories.SYSTEM, now=clock.now())
    tasks.deliver_due(app.extensions["calakan.settings"])
    code = phone.codes[-1]
    assert re.fullmatch(r"\d{6}", code)
    text = dump() + pages(client_of, "6281200001111")
    assert live(text) == []
    assert f"Kode Bapak/Ibu: {HIDDEN}" in text
    if outcome is Outcome.SENT:
        assert live(code) == [code]  # the control
        with db.transaction():
            assert addresses.confirm_code(me, code, actor=factories.SYSTEM, now=clock.now())


def test_a_letter_sent_again_has_a_new_link_and_the_older_one_ends(app: Flask) -> None:
    """So a link that may have been read in between is worth nothing."""
    address = reset()
    found = []
    with SmtpSink("drop") as sink:
        for mode in ("drop", "ok"):
            sink.mode = mode
            tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))
            with db.transaction() as session:
                session.execute(sa.update(Message).values(state=WorkState.PENDING, due_at=clock.now()))
        for one in sink.messages:
            secret = re.search(r"/akun/sandi-baru/(\S+)", one.message.get_content())
            assert secret is not None
            found.append(accounts.link_owner(secret[1], accounts.Purpose.RESET_PASSWORD, now=clock.now()))
    assert [who.email if who is not None else None for who in found] == [None, address]


def test_a_returned_mail_that_quotes_its_link_is_kept_without_it(app: Flask) -> None:
    from calakan.notifications.bounces import services as bounces
    from calakan.notifications.bounces.kinds import BounceKind
    from calakan.notifications.bounces.reports import Report

    address = reset()
    secret = factories.mailed_secret("people.reset_password", address)
    id = db.session().scalars(sa.select(Message.id)).one()
    with db.transaction() as session:
        session.execute(sa.update(Message).values(state=WorkState.DONE, sent_at=clock.now()))
        told = f"blocked URL http://calakan.test/akun/sandi-baru/{secret}"
        assert bounces.record([Report(id, BounceKind.HARD, "5.7.1", told)], now=clock.now()) == 1
    assert live(told) == [secret]  # the control
    assert live(dump()) == []
