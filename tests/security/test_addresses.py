"""Addresses change by a code at the new one; the old one is told and may object; no address is of two accounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.people import queries, rules
from calakan.people.errors import CodeOver, EmailTaken, ErasedAlready, LinkInvalid, OwnRoles, ProofMissing, SameEmail
from calakan.people.models import Person, SecondFactor, Wanted
from calakan.people.services import addresses, entry, mail_codes
from tests import factories
from tests.security.test_log_ins import PASSWORD, with_password
from tests.security.test_mail_codes import ask, inside, mailed, type_code

Opener = Callable[[int | None], FlaskClient]
NEW, OTHER = "baru@example.org", "lain@example.org"


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    with time_machine.travel(clock.now(), tick=False):
        yield clock.now()


def me(id: int) -> Person:
    db.session().rollback()
    return db.session().get_one(Person, id)


def code_of(address: str) -> str:
    found = re.search(r"^\d{6}$", factories.mailed(address, entry.CODE).text, re.M)
    assert found is not None
    return found[0]


def change(browser: FlaskClient, email: str = NEW, use: str = "new_email") -> str:
    answer = browser.post("/akun/email", data={"email": email, "use": use})
    assert answer.headers["Location"] == "/masuk/kode-surat/kode"
    return type_code(browser, code_of(email))


def take(browser: str, code: str, actor: Actor) -> None:
    proven = mail_codes.by_code(browser, code, now=clock.now())
    assert proven is not None
    addresses.take(proven, actor=actor, now=clock.now())


def objection(address: str) -> str:
    found = re.search(r"/akun/email/keberatan/\S+", factories.mailed(address, addresses.CHANGED).text)
    assert found is not None
    return found[0]


def test_a_new_address_counts_once_its_code_is_typed(app: Flask, client_of: Opener) -> None:
    person = factories.person()
    id, old = person.id, person.email
    browser = client_of(id)
    browser.post("/akun/email", data={"email": NEW, "use": "new_email"})
    assert me(id).email == old
    assert "/masuk/tautan/" not in factories.mailed(NEW).text
    assert type_code(browser, code_of(NEW)) == "/akun/email"
    assert me(id).email == NEW
    assert inside(browser)
    assert "kembalikan akun" in factories.mailed(old).text
    stranger = app.test_client()
    ask(stranger, NEW)
    assert type_code(stranger, mailed(NEW)[0]) == "/hari-ini"


def test_a_second_address_lets_in_and_can_be_dropped(app: Flask, client_of: Opener) -> None:
    person = with_password()
    id, main = person.id, person.email
    browser = client_of(id)
    assert change(browser, use="second_email") == "/akun/email"
    assert (me(id).email, me(id).second_email) == (main, NEW)
    other = app.test_client()
    ask(other, NEW)
    assert type_code(other, mailed(NEW)[0]) == "/hari-ini"
    assert (
        app.test_client().post("/masuk", data={"email": NEW, "password": PASSWORD}).headers["Location"] == "/hari-ini"
    )
    other.post("/akun/lupa-sandi", data={"email": NEW})
    assert factories.mailed_secret(entry.RESET, NEW)  # to the mailbox that is still read
    browser.post("/akun/email/hapus-kedua")
    assert (me(id).second_email, queries.by_email(NEW)) == (None, None)
    assert change(browser, use="second_email") == "/akun/email"
    assert change(browser) == "/akun/email"  # the second one becomes the main one
    assert (me(id).email, me(id).second_email) == (NEW, None)


@pytest.mark.parametrize("how", ["new_email", "second_email", "dropped"])
def test_a_password_link_ends_with_the_address_it_was_mailed_to(app: Flask, client_of: Opener, how: str) -> None:
    person = with_password()
    main, browser, reader = person.email, client_of(person.id), app.test_client()
    if how != "new_email":
        change(browser, use="second_email")
    read = main if how == "new_email" else NEW
    reader.post("/akun/lupa-sandi", data={"email": read})
    link = f"/akun/sandi-baru/{factories.mailed_secret(entry.RESET, read)}"
    assert "tidak berlaku" not in reader.get(link).get_data(as_text=True)
    if how == "dropped":
        browser.post("/akun/email/hapus-kedua")
    else:
        change(browser, OTHER, how)
    assert "tidak berlaku" in reader.get(link).get_data(as_text=True)
    assert inside(browser)


@pytest.mark.parametrize("use", ["new_email", "second_email"])
def test_the_address_of_another_is_not_taken_and_not_told(app: Flask, client_of: Opener, use: str) -> None:
    person, victim = factories.person(), factories.person("Lain")
    id, old, taken = person.id, person.email, victim.email
    browser = client_of(id)
    answer = browser.post("/akun/email", data={"email": taken, "use": use})
    assert answer.headers["Location"] == "/masuk/kode-surat/kode"
    letter = factories.mailed(taken, entry.CODE)
    assert "sudah milik akun lain" in letter.text
    assert not re.search(r"\d{6}", letter.text)
    with pytest.raises(CodeOver), db.transaction():
        mail_codes.by_code("x", "123456", now=clock.now())
    assert me(id).email == old


def test_an_address_that_was_taken_meanwhile_is_refused(app: Flask, now: datetime) -> None:
    person = factories.person()
    id, actor = person.id, factories.actor(person)
    for wanted in (Wanted.NEW_EMAIL, Wanted.SECOND_EMAIL):
        with db.transaction():
            browser = addresses.ask(id, OTHER, wanted, now=now)
        code = code_of(OTHER)
        with db.transaction():
            other = factories.accounts.new_person(OTHER, "Lain", now=now, password_hash=None)
            db.session().add(other)
        with pytest.raises(EmailTaken), db.transaction():
            take(browser, code, actor)
        with db.transaction() as session:
            session.execute(sa.delete(Person).where(Person.email == OTHER))


def test_the_code_serves_the_account_that_asked_alone(app: Flask, client_of: Opener, now: datetime) -> None:
    person, other = factories.person(), factories.person("Lain")
    with db.transaction():
        browser = addresses.ask(person.id, NEW, Wanted.NEW_EMAIL, now=now)
    code, stranger_actor = code_of(NEW), factories.actor(other)
    with pytest.raises(CodeOver), db.transaction():
        take(browser, code, stranger_actor)
    stranger = app.test_client()
    with stranger.session_transaction() as session:
        session["mail_code"] = browser
    assert type_code(stranger, code).startswith("/masuk?next=")
    assert queries.by_email(NEW) is None
    for wanted in (Wanted.NEW_EMAIL, Wanted.SECOND_EMAIL):
        with pytest.raises(SameEmail), db.transaction():
            addresses.ask(person.id, person.email.upper(), wanted, now=now)


def test_a_link_never_changes_an_address(app: Flask, now: datetime) -> None:
    """Else whoever opens a link of a mail that an attacker caused would give him his address."""
    person = factories.person()
    with db.transaction():
        addresses.ask(person.id, NEW, Wanted.NEW_EMAIL, now=now)
    with db.transaction() as session:
        id = session.scalars(sa.select(mail_codes.MailCode.id)).one()
        link = mail_codes.mailed_pair(id, now).split()[0]
    assert app.test_client().post(f"/masuk/tautan/{link}").status_code == 409
    assert queries.by_email(NEW) is None


@pytest.mark.parametrize("use", ["new_email", "second_email"])
def test_the_old_address_takes_the_account_back(app: Flask, client_of: Opener, use: str) -> None:
    person = with_password()
    id, old = person.id, person.email
    thief = client_of(id)
    change(thief, use=use)
    link = objection(old)
    owner = app.test_client()
    assert "Bukan Bapak/Ibu" in owner.get(link).get_data(as_text=True)
    assert inside(thief)
    assert owner.post(link).headers["Location"] == "/masuk/kode-surat"
    assert not inside(thief)
    assert (me(id).email, me(id).second_email, me(id).password_hash) == (old, None, None)
    ask(owner, old)
    assert type_code(owner, mailed(old)[0]) == "/hari-ini"
    assert "tidak berlaku" in owner.get(link).get_data(as_text=True)
    with pytest.raises(LinkInvalid), db.transaction():
        addresses.object_to(link.rpartition("/")[2], now=clock.now())


def test_the_first_address_outranks_the_later_ones(app: Flask, client_of: Opener, now: datetime) -> None:
    person = factories.person()
    id, old = person.id, person.email
    thief = client_of(id)
    change(thief, NEW)
    first = objection(old)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        change(thief, OTHER)
        later = objection(NEW)
        assert thief.post(later).headers["Location"] == "/masuk/kode-surat"
        assert me(id).email == NEW
        assert app.test_client().post(first).headers["Location"] == "/masuk/kode-surat"
    assert me(id).email == old


@pytest.mark.parametrize(
    ("made", "stays"),
    [
        (timedelta(days=-7, seconds=-1), True),
        (timedelta(days=-7), False),
        (timedelta(minutes=-1), False),
        (timedelta(minutes=1), False),
    ],
)
def test_an_objection_ends_a_second_step_made_since_or_shortly_before(
    app: Flask, client_of: Opener, now: datetime, made: timedelta, stays: bool
) -> None:
    person = factories.person()
    id, old = person.id, person.email
    change(client_of(id))
    link = objection(old)
    with db.transaction() as session:
        session.add(SecondFactor(person_id=id, secret="x", created_at=now + made, confirmed_at=now + made))
    app.test_client().post(link)
    db.session().rollback()
    assert (queries.second_factor(id) is not None) is stays


def test_an_objection_ends_after_a_week(app: Flask, client_of: Opener, now: datetime) -> None:
    person = factories.person()
    id, old = person.id, person.email
    change(client_of(id))
    link = objection(old)
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert "tidak berlaku" in app.test_client().post(link).get_data(as_text=True)
    assert me(id).email == NEW


def test_the_panitia_change_an_address_on_proof(app: Flask, client_of: Opener) -> None:
    teacher, staff = factories.person(), factories.person("Budi", Role.PANITIA)
    id, old, code = teacher.id, teacher.email, teacher.code
    hers, desk = client_of(id), client_of(staff.id)
    path = f"/kelola/orang/{code}/email"
    desk.post(path, data={"email": NEW, "reason": ""})
    assert me(id).email == old
    desk.post(path, data={"email": "x", "reason": "Datang dengan KTP"})
    assert me(id).email == old
    desk.post(path, data={"email": NEW, "reason": "Datang dengan KTP"})
    assert me(id).email == NEW
    assert not inside(hers)
    line = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "people.change_email")).one()
    assert "Datang dengan KTP" in str(vars(line))
    assert objection(old)


def test_nobody_of_the_panitia_takes_the_account_of_staff(app: Flask, client_of: Opener) -> None:
    desk, admin = factories.person("Budi", Role.PANITIA), factories.person("Ani", Role.ADMIN)
    teacher, now = factories.person(), clock.now()
    loaded = {person.id: queries.person(person.id) for person in (desk, admin, teacher)}
    may = {
        (one.id, other.id): rules.may_change_address(factories.actor(one), loaded[other.id])
        for one in (desk, admin, teacher)
        for other in (desk, admin, teacher)
    }
    assert [may[desk.id, p.id] for p in (desk, admin, teacher)] == [False, False, True]
    assert [may[admin.id, p.id] for p in (desk, teacher)] == [True, True]
    assert not any(may[teacher.id, p.id] for p in (desk, admin, teacher))
    assert client_of(desk.id).post(f"/kelola/orang/{admin.code}/email", data={"email": NEW}).status_code == 403
    actor, id, other = factories.actor(admin), teacher.id, desk.email
    for error, who, email, reason in (
        (OwnRoles, admin.id, NEW, "x"), (ProofMissing, id, NEW, " "), (SameEmail, id, teacher.email, "x"),
        (EmailTaken, id, other, "x"),
    ):  # fmt: skip
        with pytest.raises(error), db.transaction():
            addresses.set_for(who, email, reason=reason, actor=actor, now=now)
    with db.transaction() as session:
        session.get_one(Person, id).email = f"x{Person.ERASED_DOMAIN}"
    with pytest.raises(ErasedAlready), db.transaction():
        addresses.set_for(id, NEW, reason="x", actor=actor, now=now)
