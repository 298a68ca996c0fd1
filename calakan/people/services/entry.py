"""How an address becomes an account: claimed by whoever types it, proven by whoever reads its mail, owned by the prover.

Nothing that was typed before the proof survives it, but what the prover typed himself: in the browser that opens the link
(it remembers its own sign-up), or on the page behind the link.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.notifications.bounces.trust import trust_address
from calakan.people import queries
from calakan.people.errors import ClaimOfAnother
from calakan.people.models import OneTimeLink, Person, Purpose, RecoveryCode, SecondFactor
from calakan.people.services import accounts, numbers, profile
from calakan.people.ways_in import IssuerAccount, Passkey

CONFIRM, RESET, KNOWN = "people.confirm_email", "people.reset_password", "people.already_registered"
CODE = "people.mail_code"
# Mails that a stranger causes: so many for one address in this time.
MOST_MAILS, MAILS_WITHIN = 5, timedelta(hours=1)


def claim_of(password_hash: str) -> str:
    """What a browser remembers of its own sign-up: known to nobody else, for the hash is salted."""
    return codes.hashed(password_hash)


def sign_up(email: str, name: str, *, password_hash: str, now: datetime) -> None:
    """Claim an address; its mailbox gets a link that proves it, or hears that it has an account.

    An earlier claim that nobody proved is replaced, and what it led to ends. The page looks the same in all cases, so
    nobody learns who has an account (ASVS 6.3.8).
    """
    person = queries.by_email(email)
    if person is None:
        person = accounts.new_person(email, name, now=now, password_hash=password_hash)
        db.session().add(person)
        db.session().flush()
    elif person.email_confirmed_at is not None:
        _mail(person, KNOWN, lifetime=None, now=now)
        return
    elif not may_be_mailed(email.strip().lower(), now=now):
        return  # what was claimed last stays: its link is on the way, and works for whoever reads the mailbox
    else:
        person = db.lock(Person, person.id)
        forget_claim(person, now=now)
        accounts.rename(person, name)
        person.password_hash = password_hash
        profile.take_back(person)
    profile.agree(person, now=now)  # the form is not taken without the tick
    actor = Actor(person_id=person.id, name=person.name)
    audit.record("people.register", person, actor=actor, now=now, name=person.name)
    _mail(person, CONFIRM, lifetime=accounts.CONFIRM_LIFETIME, now=now)


def ask_reset(email: str, *, now: datetime) -> None:
    """Mail a link that sets a new password, to an unproven address one that proves it first. Looks the same for all."""
    person = queries.by_email(email)
    if person is None or not person.active:
        return
    if person.email_confirmed_at is None:
        _mail(person, CONFIRM, lifetime=accounts.CONFIRM_LIFETIME, now=now)
    else:
        _mail(person, RESET, lifetime=accounts.RESET_LIFETIME, now=now, to=email.strip().lower())


def send_again(email: str, *, now: datetime) -> None:
    """The letter of a sign-up once more: the link, or that there is an account. Looks the same for all."""
    person = queries.by_email(email)
    if person is None or not person.active:
        return
    if person.email_confirmed_at is None:
        _mail(person, CONFIRM, lifetime=accounts.CONFIRM_LIFETIME, now=now)
    else:
        _mail(person, KNOWN, lifetime=None, now=now)


def typed_here(person: Person, claim: str) -> bool:
    """Whether the sign-up that stands was made in the browser that remembers this claim."""
    return bool(person.password_hash) and claim == claim_of(person.password_hash or "")


def confirm(secret: str, *, claim: str, name: str = "", password_hash: str | None = None, now: datetime) -> Person:
    """The address is proven, and its prover owns the account. Raises LinkInvalid.

    Raises ClaimOfAnother when somebody else's browser, or nobody's, made the sign-up and no name and password are given.
    """
    person = db.lock(Person, accounts.use_link(secret, Purpose.CONFIRM_EMAIL, now=now).id)
    if person.email_confirmed_at is None:
        if not typed_here(person, claim):
            if not name or password_hash is None:
                raise ClaimOfAnother()
            accounts.rename(person, name)
            person.password_hash = password_hash
            profile.take_back(person)
        forget_claim(person, now=now)
        person.email_confirmed_at = now
    accounts.arrived(person, now=now)
    audit.record("people.confirm_email", person, actor=queries.actor_of(person), now=now)
    return person


def forget_claim(person: Person, *, now: datetime) -> None:
    """Links, log-ins and second steps that were made before the address was proven are worth nothing."""
    accounts.end_logins(person.id)
    forget_second_steps(person.id)
    forget_ways_in(person.id, now=now)
    open_links = sa.and_(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    db.session().execute(sa.update(OneTimeLink).where(open_links).values(used_at=now))


def forget_second_steps(person_id: int) -> None:
    for model in (SecondFactor, RecoveryCode):
        db.session().execute(sa.delete(model).where(model.person_id == person_id))


def forget_ways_in(person_id: int, *, now: datetime) -> None:
    """Passkeys, accounts at other issuers and, of whoever has an e-mail, numbers let nobody in any more."""
    for model in (Passkey, IssuerAccount):
        db.session().execute(sa.delete(model).where(model.person_id == person_id))
    numbers.let_go(person_id, now=now)


def may_be_mailed(address: str, *, now: datetime) -> bool:
    """Whether a stranger may cause one more mail to this address; held until the transaction ends, so that it is this one's."""
    db.alone("people.mails", address)
    return notifications.sent_to(address, (CONFIRM, RESET, KNOWN, CODE), since=now - MAILS_WITHIN) < MOST_MAILS


def prove_by_mail(address: str, *, now: datetime) -> Person | None:
    """The open account of an e-mail or number whose message was just read; what anybody typed before the first proof is dropped."""
    found = queries.by_address(address)
    if found is None or not found.active:
        return None
    person = db.lock(Person, found.id)
    if person.email_confirmed_at is None:
        forget_claim(person, now=now)
        person.password_hash, person.email_confirmed_at = None, now
        profile.take_back(person)
        audit.record("people.confirm_email", person, actor=queries.actor_of(person), now=now)
    trust_address(address.strip().lower(), actor=queries.actor_of(person), now=now)
    return person


def _mail(person: Person, kind: str, *, lifetime: timedelta | None, now: datetime, to: str = "") -> None:
    """To the address that was typed, or the main one."""
    address = to or person.email
    assert address is not None  # found by an e-mail, or asked by whoever checked that there is one
    if not may_be_mailed(address, now=now):
        return
    notifications.queue(
        kind,
        key=f"{kind}:{person.id}:{now.isoformat()}",
        person_id=person.id,
        address=address,
        now=now,
        expires_at=now + lifetime if lifetime is not None else None,
        facts={"name": person.name},
    )
