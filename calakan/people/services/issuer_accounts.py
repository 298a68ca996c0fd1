"""Accounts at other issuers: known by issuer and subject, never by an address alone.

One is tied to an account by its owner, who is logged in by another way, or comes along with a new account whose address the
issuer has proven.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people import holders, issuers, queries
from calakan.people.errors import EmailTaken, IssuerRefused, IssuerTaken, IssuerUnproven
from calakan.people.issuers import Said
from calakan.people.models import Person
from calakan.people.services import newcomers, second_factor, telling
from calakan.people.services.newcomers import Newcomer
from calakan.people.services.second_factor import Begun
from calakan.people.ways_in import IssuerAccount


def log_in(said: Said, *, device: str, now: datetime) -> tuple[int, Begun] | None:
    """Who, and the log-in or the step before it: an issuer is never the second one. None for whom nobody tied to an account.

    Raises IssuerRefused for a closed account.
    """
    found = _by_subject(said)
    if found is None:
        return None
    if holders.holder(found.person_id) is None:
        raise IssuerRefused()
    found.last_used_at = now
    db.session().flush()
    return found.person_id, second_factor.begin_log_in(found.person_id, device=device, now=now)


def has_account(said: Said) -> bool:
    """Whether somebody has proven this address here; then he must log in by another way before he ties it. Raises IssuerUnproven."""
    if not said.email:
        raise IssuerUnproven()
    person = queries.by_email(said.email)
    return person is not None and (person.email_confirmed_at is not None or not person.active)


def sign_up(said: Said, newcomer: Newcomer, *, device: str, now: datetime) -> tuple[int, Begun]:
    """A new account, its address proven by the issuer; what anybody typed before for this address is dropped.

    Raises IssuerUnproven, EmailTaken, IssuerTaken.
    """
    if has_account(said):
        raise EmailTaken(email=said.email)
    if _by_subject(said) is not None:
        raise IssuerTaken()
    person = newcomers.welcome(said.email, newcomer, proven_at=now, here=True, now=now)
    _tie(person, said, actor=queries.actor_of(person), now=now)
    return person.id, second_factor.begin_log_in(person.id, device=device, now=now)


def link(person_id: int, said: Said, *, actor: Actor, now: datetime) -> None:
    """To the account that is logged in. Twice changes nothing. Raises IssuerUnproven, IssuerTaken."""
    person = db.lock(Person, person_id)
    found = _by_subject(said)
    if found is not None and found.person_id == person_id:
        return
    if found is not None:
        raise IssuerTaken()
    if not said.email:
        raise IssuerUnproven()
    _tie(person, said, actor=actor, now=now)
    telling.way_in(person, "issuer_linked", _shown(said.issuer, said.email), now=now)


def unlink(person_id: int, id: int, *, actor: Actor, now: datetime) -> None:
    """Its owner comes in by mail as before. Raises NotFound."""
    person = db.lock(Person, person_id)
    mine = sa.select(IssuerAccount).where(IssuerAccount.id == id, IssuerAccount.person_id == person_id)
    found = db.session().scalar(mine)
    if found is None:
        raise NotFound()
    shown = _shown(found.issuer, found.email)
    db.session().delete(found)
    db.session().flush()
    audit.record("people.unlink_issuer", person, actor=actor, now=now, issuer=found.issuer)
    telling.way_in(person, "issuer_unlinked", shown, now=now)


def _by_subject(said: Said) -> IssuerAccount | None:
    same = sa.and_(IssuerAccount.issuer == said.issuer, IssuerAccount.subject == said.subject)
    return db.session().scalar(sa.select(IssuerAccount).where(same))


def _tie(person: Person, said: Said, *, actor: Actor, now: datetime) -> None:
    db.session().add(
        IssuerAccount(person_id=person.id, issuer=said.issuer, subject=said.subject, email=said.email, created_at=now)
    )
    db.session().flush()
    audit.record("people.link_issuer", person, actor=actor, now=now, issuer=said.issuer)


def _shown(issuer: str, email: str) -> str:
    return f"{issuers.label_of(issuer)} ({email})"
