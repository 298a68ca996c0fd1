"""Each way out of the services that prove who somebody is: passwords, links by mail, claims on an address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people import holders, passwords, queries
from calakan.people.errors import (
    EmailUnconfirmed,
    PasswordIsPersonal,
    PasswordWeak,
    WrongCurrentPassword,
    WrongPassword,
)
from calakan.people.models import (
    Login,
    Person,
    Purpose,
)
from calakan.people.services import accounts, entry, guessing
from tests import factories
from tests.people.acting import SECOND, act, acts, by, count, link, log_in, mails, refused, row


def test_a_password_needs_its_owner(app: Flask) -> None:
    ani = factories.person("Ani").id
    with db.transaction() as session:
        person = session.get_one(Person, ani)
        person.password_hash = passwords.hashed("kata sandi lama sekali")
        email, token = person.email, person.calendar_token
    log_in(ani)
    refused(WrongCurrentPassword, by, accounts.change_password, ani, current="lain", password_hash="x")
    new = passwords.hashed("kata sandi baru sekali")
    by(accounts.change_password, ani, current="kata sandi lama sekali", password_hash=new)
    assert (count(Login), row(ani).calendar_token != token, acts()[-1]) == (0, True, "people.change_password")
    assert accounts.verify(email, "kata sandi baru sekali") == ani
    for address, password in ((email, "lain"), ("tidak@ada.id", "nobody has this password")):
        refused(WrongPassword, accounts.verify, address, password)
    before = row(ani).calendar_token
    by(accounts.renew_calendar, ani)
    assert (row(ani).calendar_token != before, acts()[-1]) == (True, "people.renew_calendar")
    for values, error in (({"email_confirmed_at": None}, EmailUnconfirmed), ({"active": False}, WrongPassword)):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == ani).values(**values))
        refused(error, accounts.verify, email, "kata sandi baru sekali")


def test_a_forgotten_password_is_set_by_mail_and_ends_what_was(app: Flask) -> None:
    ani = factories.person("Ani").id
    email, token = row(ani).email, row(ani).calendar_token
    log_in(ani)
    act(guessing.note, email)
    secret = link(ani, Purpose.RESET_PASSWORD)
    act(accounts.reset_password, secret, password_hash="neu")
    found = row(ani)
    assert (found.password_hash, found.calendar_token != token, count(Login)) == ("neu", True, 0)
    assert (guessing.wrong_in_a_row(email), acts()[-1]) == (0, "people.reset_password")


def test_whom_a_link_may_still_be_mailed(app: Flask) -> None:
    ani = factories.person("Ani")
    asked = accounts.may_be_mailed
    assert [asked(ani.id, ani.email, purpose) for purpose in (Purpose.RESET_PASSWORD, Purpose.CONFIRM_EMAIL)] == [
        True, False,
    ]  # fmt: skip
    assert not asked(ani.id, "lain@example.org", Purpose.RESET_PASSWORD)
    assert not asked(999, ani.email, Purpose.RESET_PASSWORD)
    with db.transaction() as session:
        session.get_one(Person, ani.id).email_confirmed_at = None
    assert asked(ani.id, ani.email, Purpose.CONFIRM_EMAIL)
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert not asked(ani.id, ani.email, Purpose.CONFIRM_EMAIL)
    assert holders.holder(ani.id) is None


@pytest.mark.parametrize(
    ("password", "staff", "why"),
    [
        ("kuda-11-char", False, None),
        ("passwordku12", False, None),
        ("football2024", False, "guessable"), ("kuda-11-cha", False, "short"), ("kuda lari sapi", True, "short"),
        ("kuda lari sapi 7", True, None), ("k7 " * 43, False, "long"), ("aaaaaaaaaaaa", False, "guessable"),
        ("sri@example.org", False, "guessable"),
    ],
)  # fmt: skip
def test_how_strong_a_password_is(password: str, staff: bool, why: str | None) -> None:
    found = None
    try:
        accounts.check_password(password, email="sri@example.org", name="Sri Mulyati", staff=staff)
    except PasswordWeak as weak:
        found = weak.facts["why"]
    assert found == why


def test_no_password_holds_the_own_nip() -> None:
    nip = "198501012010012001"
    for password in (f"x{nip}", f"kata 19850101 201001 2 001 {nip[:3]}"):
        with pytest.raises(PasswordIsPersonal):
            accounts.check_password(password, email="a@b.id", name="A", nip=nip)
    accounts.check_password("kuda lari sapi 7", email="a@b.id", name="A", nip=nip)


def test_an_unproven_claim_is_replaced_and_a_proven_one_is_told(app: Flask) -> None:
    now = clock.now()
    act(entry.sign_up, "Baru@Example.org ", " Sri  M ", password_hash="satu")
    person = queries.by_email("baru@example.org")
    assert person is not None
    id = person.id
    assert (person.name, person.email_confirmed_at, mails(entry.CONFIRM)) == ("Sri M", None, [id])
    log_in(id)
    act(entry.sign_up, "baru@example.org", "Budi", password_hash="dua", now=now + SECOND)
    assert (row(id).name, row(id).password_hash, count(Login)) == ("Budi", "dua", 0)
    assert entry.typed_here(row(id), entry.claim_of("dua"))
    assert not entry.typed_here(row(id), entry.claim_of("satu"))
    assert not entry.typed_here(Person(password_hash=None), entry.claim_of(""))
    with db.transaction() as session:
        session.get_one(Person, id).email_confirmed_at = now
    act(entry.sign_up, "baru@example.org", "Cici", password_hash="tiga", now=now + 2 * SECOND)
    assert (row(id).name, mails(entry.KNOWN), acts("people.register")) == ("Budi", [id], ["people.register"] * 2)


def test_a_stranger_causes_five_mails_an_hour(app: Flask) -> None:
    now = clock.now()
    for number in range(7):
        act(entry.sign_up, "baru@example.org", f"Nama {number}", password_hash="x", now=now + number * SECOND)
    person = queries.by_email("baru@example.org")
    assert person is not None
    assert (len(mails(entry.CONFIRM)), row(person.id).name) == (5, "Nama 4")
    hour = timedelta(hours=1)
    with db.transaction():
        assert not entry.may_be_mailed("baru@example.org", now=now + hour - SECOND)
        assert entry.may_be_mailed("baru@example.org", now=now + hour)
        assert entry.may_be_mailed("lain@example.org", now=now)
    with pytest.raises(db.NotInTransaction):  # whoever may holds the count
        entry.may_be_mailed("lain@example.org", now=now)


@pytest.mark.parametrize(("work", "proven"), [(entry.ask_reset, entry.RESET), (entry.send_again, entry.KNOWN)])
def test_what_is_mailed_again(app: Flask, work: Callable[..., object], proven: str) -> None:
    ani, open_claim, closed = (factories.person(name) for name in ("Ani", "Budi", "Cici"))
    with db.transaction() as session:
        session.get_one(Person, open_claim.id).email_confirmed_at = None
        session.get_one(Person, closed.id).active = False
    for address in (ani.email, open_claim.email, closed.email, "tidak@ada.id"):
        act(work, address)
    assert (mails(proven), mails(entry.CONFIRM)) == ([ani.id], [open_claim.id])
    assert count(Message) == 2


def test_a_proof_drops_what_was_typed_before_it(app: Flask) -> None:
    ani = factories.person("Ani")
    assert act(entry.prove_by_mail, "tidak@ada.id") is None
    with db.transaction() as session:
        person = session.get_one(Person, ani.id)
        person.email_confirmed_at, person.password_hash = None, "x"
    log_in(ani.id)
    secret = link(ani.id, Purpose.CONFIRM_EMAIL)
    assert act(entry.prove_by_mail, ani.email) is not None
    found = row(ani.id)
    assert (found.email_confirmed_at is not None, found.password_hash, count(Login)) == (True, None, 0)
    assert accounts.link_owner(secret, Purpose.CONFIRM_EMAIL, now=clock.now()) is None
    with db.transaction() as session:
        session.get_one(Person, ani.id).password_hash = "y"
    act(entry.prove_by_mail, ani.email)
    assert (row(ani.id).password_hash, acts("people.confirm")) == ("y", ["people.confirm_email"])
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert act(entry.prove_by_mail, ani.email) is None
