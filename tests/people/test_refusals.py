"""Refusals of accounts that no page leads to by itself: ties to an issuer, a code that was used, one's own account."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.errors import NotFound
from calakan.people.errors import CodeOver, EmailTaken, IssuerRefused, IssuerTaken, IssuerUnproven, OwnRoles
from calakan.people.issuers import Said
from calakan.people.models import MailCode, Person, Wanted
from calakan.people.services import issuer_accounts, mail_codes, roles
from calakan.people.services.newcomers import Newcomer
from calakan.people.ways_in import IssuerAccount
from tests import factories
from tests.people.acting import act

SAID = Said(issuer="google", subject="1", email="ani@example.org", name="Ani")
NEWCOMER = Newcomer(name="Budi", jabatan="guru_kelas", workplace="SD Lain")


@pytest.fixture
def tied(app: Flask) -> int:
    """Somebody whose account is tied to an issuer."""
    ani = factories.person("Ani")
    id = ani.id
    act(issuer_accounts.link, id, SAID, actor=factories.actor(ani))
    return id


def test_a_tie_is_of_one_account_and_of_a_proven_address(tied: int) -> None:
    budi = factories.person("Budi")
    id, who, unproven = budi.id, factories.actor(budi), replace(SAID, subject="2", email="")
    with pytest.raises(IssuerTaken):
        act(issuer_accounts.link, id, SAID, actor=who)
    with pytest.raises(IssuerUnproven):
        act(issuer_accounts.link, id, unproven, actor=who)
    with pytest.raises(IssuerUnproven):
        issuer_accounts.has_account(unproven)
    mine = db.session().scalars(sa.select(IssuerAccount.id)).one()
    with pytest.raises(NotFound):
        act(issuer_accounts.unlink, id, mine, actor=who)
    assert db.session().scalars(sa.select(IssuerAccount.person_id)).all() == [tied]
    db.session().rollback()
    act(issuer_accounts.link, tied, replace(SAID, issuer="lain"), actor=factories.SYSTEM)
    act(issuer_accounts.unlink, tied, mine, actor=factories.SYSTEM)
    assert db.session().scalars(sa.select(IssuerAccount.issuer)).all() == ["lain"]


def test_nobody_signs_up_as_somebody_else(tied: int) -> None:
    def sign_up(said: Said) -> None:
        with db.transaction():
            issuer_accounts.sign_up(said, NEWCOMER, device="HP", now=clock.now())

    with pytest.raises(EmailTaken):
        sign_up(replace(SAID, subject="2", email=db.session().get_one(Person, tied).email))
    with pytest.raises(IssuerTaken):
        sign_up(replace(SAID, email="lain@example.org"))
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_a_tie_opens_no_closed_account(tied: int) -> None:
    with db.transaction():
        db.session().get_one(Person, tied).active = False
    with pytest.raises(IssuerRefused), db.transaction():
        issuer_accounts.log_in(SAID, device="HP", now=clock.now())


def test_a_code_that_was_used_is_not_mailed_again(app: Flask) -> None:
    now = clock.now()
    with db.transaction():
        browser = mail_codes.ask("ani@example.org", Wanted.LOG_IN, now=now)
    with db.transaction() as session:
        session.execute(sa.update(MailCode).values(used_at=now))
    with pytest.raises(CodeOver), db.transaction():
        mail_codes.ask_again(browser, now=now)


@pytest.mark.parametrize("active", [True, False])
def test_nobody_closes_or_opens_his_own_account(app: Flask, active: bool) -> None:
    admin = factories.person("Admin")
    with pytest.raises(OwnRoles):
        act(roles.switch_account, admin.id, active=active, actor=factories.actor(admin))
