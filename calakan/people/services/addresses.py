"""The addresses of an account: a new main one, a second one to log in by, and the right of the old one to object.

A new address counts when the code of its mail is typed in the browser that asked, never by a link: whoever reads a mail that
somebody else caused must not be drawn into that one's account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.people import queries
from calakan.people.errors import CodeOver, EmailTaken, ErasedAlready, LinkInvalid, OwnRoles, ProofMissing, SameEmail
from calakan.people.models import MailCode, OneTimeLink, Person, Purpose, SecondFactor, Wanted
from calakan.people.services import accounts, entry, mail_codes, numbers, telling

CHANGED = "people.email_changed"
OBJECTION = timedelta(days=7)


def ask(person_id: int, email: str, wanted: Wanted, *, now: datetime) -> str:
    """Mail a code to the new address; returns what the browser keeps. Looks the same when it is another's. Raises SameEmail."""
    person = db.session().get_one(Person, person_id)
    email = email.strip().lower()
    if person.email is None:
        wanted = Wanted.NEW_EMAIL
    if email == person.email or (email == person.second_email and wanted is Wanted.SECOND_EMAIL):
        raise SameEmail()
    return mail_codes.ask(email, wanted, person_id=person_id, now=now)


def take(proven: MailCode, *, actor: Actor, now: datetime) -> Person:
    """The proven address is the account's from now on. Raises EmailTaken, CodeOver for any account but the one that asked."""
    if proven.person_id is None or proven.person_id != actor.person_id:
        raise CodeOver()
    person = db.lock(Person, proven.person_id)
    if proven.wanted is Wanted.NEW_EMAIL:
        _change(person, proven.address, actor=actor, now=now, reason="")
        return person
    _refuse_taken(proven.address, person)
    person.second_email = proven.address
    accounts.end_half_way(person.id)  # what a second address before it was sent
    db.session().flush()
    audit.record("people.second_email", person, actor=actor, now=now)
    _tell(person, person.email, now=now)
    return person


def drop_second(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Only the main address counts. Twice changes nothing."""
    person = db.lock(Person, person_id)
    if person.second_email is not None:
        person.second_email = None
        accounts.end_half_way(person_id)
        audit.record("people.drop_second_email", person, actor=actor, now=now)


def set_for(person_id: int, email: str, *, reason: str, actor: Actor, now: datetime) -> Person:
    """The panitia change an address on proof of who asks; log-ins end, the old address is told and may object, and a
    number lets nobody in any more.

    Raises OwnRoles, ErasedAlready, ProofMissing, SameEmail, EmailTaken.
    """
    if person_id == actor.person_id:
        raise OwnRoles()
    person = db.lock(Person, person_id)
    if person.erased:
        raise ErasedAlready()
    if not reason.strip():
        raise ProofMissing()
    if email.strip().lower() == person.email:
        raise SameEmail()
    _change(person, email, actor=actor, now=now, reason=reason.strip()[:300])
    numbers.let_go(person.id, now=now)
    accounts.end_logins(person.id)
    return person


def object_to(secret: str, *, now: datetime) -> Person:
    """Whoever reads an address that was changed takes the account back: it is the only address again, whoever holds a
    log-in or the password is out, and later addresses lose their say. Raises LinkInvalid, EmailTaken.
    """
    held = db.session().scalar(sa.select(OneTimeLink).where(OneTimeLink.secret_hash == codes.hashed(secret)))
    owner = accounts.use_link(secret, Purpose.KEEP_EMAIL, now=now)
    if held is None:
        raise LinkInvalid()
    person = db.lock(Person, owner.id)
    _refuse_taken(held.email, person)
    person.email, person.second_email, person.password_hash, person.email_confirmed_at = held.email, None, None, now
    # Whoever changed the address may have prepared it: what was added in the days before is no proof of the owner.
    made_since = sa.or_(SecondFactor.confirmed_at.is_(None), SecondFactor.confirmed_at >= held.created_at - OBJECTION)
    if db.session().scalar(sa.select(sa.exists().where(SecondFactor.person_id == person.id, made_since))):
        entry.forget_second_steps(person.id)  # one from before stays: a mail is never the second step
    entry.forget_ways_in(person.id, now=now)
    accounts.end_logins(person.id)
    later = sa.and_(OneTimeLink.purpose == Purpose.KEEP_EMAIL, OneTimeLink.created_at >= held.created_at)
    mine = sa.update(OneTimeLink).where(OneTimeLink.person_id == person.id, later, OneTimeLink.used_at.is_(None))
    db.session().execute(mine.values(used_at=now))
    db.session().flush()
    audit.record("people.keep_email", person, actor=queries.actor_of(person), now=now)
    return person


def objection(person_id: int, email: str, changed_at: datetime, now: datetime) -> str:
    """The secret of the link in the mail that is about to leave to an address that was changed."""
    secret = codes.secret()
    db.session().add(
        OneTimeLink(
            secret_hash=codes.hashed(secret),
            purpose=Purpose.KEEP_EMAIL,
            person_id=person_id,
            email=email,
            created_at=changed_at,
            expires_at=changed_at + OBJECTION,
        )
    )
    return secret


def _change(person: Person, email: str, *, actor: Actor, now: datetime, reason: str) -> None:
    email, old = email.strip().lower(), person.email
    _refuse_taken(email, person)
    if person.second_email == email:
        person.second_email = None
    person.email, person.email_confirmed_at, person.updated_at = email, now, now
    accounts.end_half_way(person.id)
    db.session().flush()
    audit.record("people.change_email", person, actor=actor, now=now, reason=reason)
    _tell(person, old, now=now)


def _refuse_taken(email: str, person: Person) -> None:
    found = queries.by_email(email)
    if found is not None and found.id != person.id:
        raise EmailTaken(email=email)


def _tell(person: Person, address: str | None, *, now: datetime) -> None:
    """The old address; who had none hears it by his number."""
    if address is None:
        if person.number is not None and numbers.accepted():
            telling.by_number(person, person.number, "email_added", person.email or "", now=now)
        return
    notifications.queue(
        CHANGED,
        key=f"{CHANGED}:{person.id}:{now.isoformat()}",
        person_id=person.id,
        address=address,
        now=now,
        expires_at=now + OBJECTION,
        facts={"name": person.name, "at": now.isoformat()},
    )
