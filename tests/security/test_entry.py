"""Who confirms an address owns the account: whoever typed something before, in any order, never gets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people.errors import ClaimOfAnother, EmailUnconfirmed, LinkInvalid
from calakan.people.models import Login, OneTimeLink, Person, Purpose, RecoveryCode, SecondFactor
from calakan.people.services import accounts, entry, second_factor
from calakan.people.ways_in import IssuerAccount, Passkey
from tests import factories

Opener = Callable[[int | None], FlaskClient]
EMAIL = "ani@example.org"
HERS, HIS = "jambu kuning di kebun belakang", "belimbing wuluh tiga keranjang"
SECOND = "nangka muda empat karung"


class Someone:
    """A browser and what its owner types."""

    def __init__(self, app: Flask, name: str, password: str) -> None:
        self.browser, self.name, self.password = app.test_client(), name, password

    def sign_up(self) -> None:
        typed = {"name": self.name, "email": EMAIL, "password": self.password, "notice": "y"}
        assert self.browser.post("/akun/daftar", data=typed).status_code == 302
        factories.answered()

    def forget(self) -> None:
        assert self.browser.post("/akun/lupa-sandi", data={"email": EMAIL}).status_code == 302
        factories.answered()

    def opens(self, address: str) -> int:
        return self.browser.post(address).status_code

    def types(self, address: str) -> int:
        return self.browser.post(address, data={"name": self.name, "password": self.password}).status_code

    def gets_in(self) -> bool:
        self.browser.post("/masuk", data={"email": EMAIL, "password": self.password})
        return self.browser.get("/saya/profil").status_code == 200


@pytest.fixture
def victim(app: Flask) -> Someone:
    return Someone(app, "Ani Rahmawati", HERS)


@pytest.fixture
def attacker(app: Flask) -> Someone:
    return Someone(app, "Menang Hadiah", HIS)


def link() -> str:
    """The newest link in her mailbox."""
    return f"/akun/konfirmasi/{factories.mailed_secret(entry.CONFIRM, EMAIL)}"


def name() -> str:
    db.session().rollback()
    return db.session().scalars(sa.select(Person.name).where(Person.email == EMAIL)).one()


@pytest.mark.parametrize("order", ["va", "av", "ava", "vav", "a", "vaa"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_attacker_never_gets_in(
    app: Flask, victim: Someone, attacker: Someone, order: str, elsewhere: bool
) -> None:
    """In all orders of sign-ups; and she opens the link in the browser of her sign-up, or in that of her mails."""
    for who in order:
        (victim if who == "v" else attacker).sign_up()
    address = link()
    if elsewhere:
        victim.browser = app.test_client()
    last_is_hers = order.endswith("v") and not elsewhere
    assert victim.opens(address) == (302 if last_is_hers else 422)
    if not last_is_hers:
        assert not victim.gets_in()
        assert victim.types(address) == 302
    assert (attacker.gets_in(), victim.gets_in()) == (False, True)
    assert name() == victim.name


def test_whoever_forgot_a_password_she_never_set_owns_the_account_too(
    app: Flask, victim: Someone, attacker: Someone
) -> None:
    attacker.sign_up()
    victim.forget()
    address = link()
    assert victim.opens(address) == 422
    assert victim.types(address) == 302
    assert (attacker.gets_in(), victim.gets_in(), name()) == (False, True, victim.name)


def test_a_sign_up_after_the_proof_changes_nothing(app: Flask, victim: Someone, attacker: Someone) -> None:
    victim.sign_up()
    assert victim.opens(link()) == 302
    attacker.sign_up()
    assert db.session().scalars(sa.select(Message.kind).order_by(Message.id.desc())).first() == entry.KNOWN
    assert (attacker.gets_in(), victim.gets_in(), name()) == (False, True, victim.name)


def test_a_new_sign_up_ends_the_older_link(app: Flask, victim: Someone, attacker: Someone) -> None:
    victim.sign_up()
    older = link()
    attacker.sign_up()
    assert victim.types(older) == 409
    assert victim.types(link()) == 302
    assert (attacker.gets_in(), victim.gets_in()) == (False, True)


def test_what_was_prepared_before_the_proof_is_worth_nothing(app: Flask) -> None:
    """Log-ins, tokens and second steps, by whatever way they came to be."""
    with db.transaction():
        entry.sign_up(EMAIL, "Menang", password_hash="x", now=clock.now())
    with db.transaction() as session:
        person = session.scalars(sa.select(Person)).one()
        id, now = person.id, clock.now()
        accounts.log_in(id, device="attacker", now=now)
        token = accounts.one_time_link(person, Purpose.API, lifetime=timedelta(days=1), now=now)
        session.add(SecondFactor(person_id=id, secret="A" * 32, created_at=now, confirmed_at=now))
        session.add(RecoveryCode(person_id=id, code_hash="x"))
        session.add(Passkey(person_id=id, credential_id=b"x", public_key=b"x", sign_count=0, name="HP", created_at=now))
        session.add(IssuerAccount(person_id=id, issuer="https://x.org", subject="x", email=EMAIL, created_at=now))
    secret = factories.mailed_secret(entry.CONFIRM, EMAIL)
    with db.transaction():
        entry.confirm(secret, claim="", name="Ani", password_hash="y", now=clock.now())
    for model in (Login, SecondFactor, RecoveryCode, Passkey, IssuerAccount):
        assert db.session().scalars(sa.select(model)).all() == []
    assert accounts.link_owner(token, Purpose.API, now=clock.now()) is None
    assert db.session().scalars(sa.select(OneTimeLink).where(OneTimeLink.used_at.is_(None))).all() == []


def test_a_second_step_is_for_a_proven_address(app: Flask) -> None:
    with db.transaction():
        entry.sign_up(EMAIL, "Menang", password_hash="x", now=clock.now())
    person = db.session().scalars(sa.select(Person)).one()
    actor, id = factories.actor(factories.person()), person.id
    for act in (
        lambda: second_factor.prepare(id, now=clock.now()),
        lambda: second_factor.activate(id, "1", login_id=1, actor=actor, now=clock.now()),
    ):
        with pytest.raises(EmailUnconfirmed), db.transaction():
            act()


def test_the_proof_works_once_and_asks_for_what_is_missing(app: Flask) -> None:
    with db.transaction():
        entry.sign_up(EMAIL, "Ani", password_hash="x", now=clock.now())
    secret = factories.mailed_secret(entry.CONFIRM, EMAIL)
    with pytest.raises(ClaimOfAnother), db.transaction():
        entry.confirm(secret, claim="", now=clock.now())
    with pytest.raises(ClaimOfAnother), db.transaction():
        entry.confirm(secret, claim=entry.claim_of("another"), now=clock.now())
    with db.transaction():
        entry.confirm(secret, claim=entry.claim_of("x"), now=clock.now())
    with pytest.raises(LinkInvalid), db.transaction():
        entry.confirm(secret, claim=entry.claim_of("x"), now=clock.now())


def test_no_mailbox_is_flooded_by_a_stranger(app: Flask, victim: Someone, attacker: Someone) -> None:
    """Five mails an hour; the pages look the same, and the link that went out last still works for its reader."""
    for _ in range(4):
        attacker.sign_up()
    for _ in range(4):
        attacker.forget()
    count = sa.select(sa.func.count()).select_from(Message).where(Message.address == EMAIL)
    assert db.session().scalar(count) == entry.MOST_MAILS
    address = link()
    attacker.sign_up()
    assert victim.types(address) == 302
    assert (attacker.gets_in(), victim.gets_in()) == (False, True)
    db.session().rollback()
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        attacker.forget()
        assert db.session().scalar(count) == entry.MOST_MAILS + 1


def test_a_mail_to_a_stranger_carries_no_word_of_whoever_caused_it(app: Flask) -> None:
    with db.transaction():
        entry.sign_up(EMAIL, "Menang Hadiah Besar", password_hash="x", now=clock.now())
    letter = factories.mailed(EMAIL)
    assert "hadiah" not in (letter.subject + letter.text).lower()
