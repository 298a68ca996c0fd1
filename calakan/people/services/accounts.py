"""New accounts, one-time links, forgotten and changed passwords, log-ins. How an address is proven: `entry`."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.text import search_key
from calakan.notifications.bounces.trust import trust_address
from calakan.people import holders, names, passwords, queries
from calakan.people.errors import (
    EmailTaken,
    EmailUnconfirmed,
    LinkInvalid,
    PasswordIsPersonal,
    WrongCurrentPassword,
    WrongPassword,
)
from calakan.people.models import Login, OneTimeLink, Person, Purpose, TokenScope
from calakan.people.services import guessing, telling

CONFIRM_LIFETIME = timedelta(days=3)
RESET_LIFETIME = timedelta(minutes=30)
LIFETIMES = {Purpose.CONFIRM_EMAIL: CONFIRM_LIFETIME, Purpose.RESET_PASSWORD: RESET_LIFETIME}


def new_person(email: str | None, name: str, *, now: datetime, password_hash: str | None) -> Person:
    """The row of a new account; the caller has checked what else must be checked, and gives one without e-mail a number. Raises NameTooLong, NameUndrawable, NameIsAddress."""
    name = names.checked(name)
    return Person(
        email=email.strip().lower() if email else None,
        name=name,
        name_key=search_key(name),
        password_hash=password_hash,
        calendar_token=codes.code(26),
        created_at=now,
        updated_at=now,
    )


def rename(person: Person, typed: str) -> None:
    """Another name beside the same titles. Raises NameTooLong, NameUndrawable, NameIsAddress."""
    person.name = names.checked(typed, title_before=person.title_before, title_after=person.title_after)
    person.name_key = search_key(person.name)


def check_password(password: str, *, email: str, name: str, staff: bool = False, nip: str | None = None) -> None:
    """Raises PasswordWeak or PasswordIsPersonal. Slow on purpose-made input, so it runs before the transaction."""
    if nip and nip in password.replace(" ", ""):
        raise PasswordIsPersonal()
    passwords.check_strength(password, staff=staff, about=[email, email.split("@")[0], *name.split(), "calakan"])


def may_be_mailed(person_id: int, address: str, purpose: Purpose) -> bool:
    """Whether a link of this purpose still serves somebody at this address."""
    person = queries.person(person_id)
    if person is None or not person.active or address not in (person.email, person.second_email):
        return False
    return purpose is not Purpose.CONFIRM_EMAIL or person.email_confirmed_at is None


def mailed_link(person_id: int, purpose: Purpose, now: datetime) -> str:
    """The secret of a new link, for the mail that is about to leave; nothing of ours keeps it."""
    return one_time_link(db.session().get_one(Person, person_id), purpose, lifetime=LIFETIMES[purpose], now=now)


def one_time_link(
    person: Person, purpose: Purpose, *, lifetime: timedelta, now: datetime, scope: TokenScope = TokenScope.WRITE
) -> str:
    """A new secret; older ones of the same purpose die."""
    if purpose is not Purpose.API:
        db.session().execute(
            sa.update(OneTimeLink)
            .where(OneTimeLink.person_id == person.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None))
            .values(used_at=now)
        )
    secret = codes.secret()
    db.session().add(
        OneTimeLink(
            secret_hash=codes.hashed(secret),
            purpose=purpose,
            person_id=person.id,
            email=person.email or "",
            created_at=now,
            expires_at=now + lifetime,
            scope=scope,
        )
    )
    return secret


def use_link(secret: str, purpose: Purpose, *, now: datetime) -> Person:
    """Of many parallel uses one wins, because the row is changed under its own condition. Raises LinkInvalid."""
    used = db.session().execute(
        sa.update(OneTimeLink)
        .where(
            OneTimeLink.secret_hash == codes.hashed(secret),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink.person_id)
    )
    person_id = used.scalar()
    person = holders.holder(person_id)
    if person is None:
        raise LinkInvalid()
    return person


def link_owner(secret: str, purpose: Purpose, *, now: datetime) -> Person | None:
    """Whose link this is, if it would work now; reading it changes nothing, since mail scanners open links too."""
    person_id = db.session().scalar(
        sa.select(OneTimeLink.person_id).where(
            OneTimeLink.secret_hash == codes.hashed(secret),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    return holders.holder(person_id)


def arrived(person: Person, *, now: datetime) -> None:
    """Our mail was read, so an address that gave letters back takes them again."""
    trust_address(person.email or "", actor=queries.actor_of(person), now=now)


def reset_password(secret: str, *, password_hash: str, now: datetime) -> Person:
    """Set a new password by mailed link; every log-in ends, and the address of the own calendar; its owner is told.

    Raises LinkInvalid.
    """
    person = use_link(secret, Purpose.RESET_PASSWORD, now=now)
    person.password_hash = password_hash
    person.calendar_token = codes.code(26)
    arrived(person, now=now)
    end_logins(person.id)
    guessing.forget(person.email or "")
    audit.record("people.reset_password", person, actor=queries.actor_of(person), now=now)
    telling.way_in(person, "password", now=now)
    return person


def change_password(person_id: int, *, current: str, password_hash: str, actor: Actor, now: datetime) -> None:
    """Every log-in ends, this one too, and the address of the own calendar; its owner is told. Raises WrongCurrentPassword."""
    person = db.lock(Person, person_id)
    if not passwords.matches(person.password_hash, current):
        raise WrongCurrentPassword()
    person.password_hash = password_hash
    person.calendar_token = codes.code(26)
    end_logins(person_id)
    guessing.forget(guessing.own(person_id))
    audit.record("people.change_password", person, actor=actor, now=now)
    telling.way_in(person, "password", now=now)


def renew_calendar(person_id: int, *, actor: Actor, now: datetime) -> None:
    """A new address of the own calendar: whoever took the old one, which opens without a log-in, holds nothing."""
    person = db.lock(Person, person_id)
    person.calendar_token = codes.code(26)
    audit.record("people.renew_calendar", person, actor=actor, now=now)


def verify(email: str, password: str) -> int:
    """The id of whoever these belong to; takes as long for unknown addresses. Raises WrongPassword, EmailUnconfirmed."""
    person = queries.by_email(email)
    if not passwords.matches(person.password_hash if person is not None else None, password):
        raise WrongPassword()
    assert person is not None
    if not person.active:
        raise WrongPassword()
    if person.email_confirmed_at is None:
        raise EmailUnconfirmed(email=person.email)
    return person.id


def log_in(person_id: int, *, device: str, now: datetime) -> str:
    """A new log-in row; returns the secret for the cookie."""
    secret = codes.secret()
    db.session().add(
        Login(
            secret_hash=codes.hashed(secret),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            device=device[:120],
        )
    )
    person = db.session().get_one(Person, person_id)
    audit.record("people.log_in", person, actor=queries.actor_of(person), now=now)
    return secret


def log_out(secret: str) -> None:
    db.session().execute(sa.delete(Login).where(Login.secret_hash == codes.hashed(secret)))


def seen(login_id: int, *, now: datetime) -> None:
    db.session().execute(sa.update(Login).where(Login.id == login_id).values(last_seen_at=now))


def end_logins(person_id: int) -> None:
    """Log out everywhere: after a changed password, role, scope, or a deactivation.

    Half-way log-ins, programs and links that set a password, mailed before, end too.
    """
    end_half_way(person_id)
    db.session().execute(sa.delete(Login).where(Login.person_id == person_id))
    end_tokens(person_id)


def end_half_way(person_id: int) -> None:
    """Log-ins whose second step lacks and links that set a password: what was mailed to an address that counts no more."""
    half_way = sa.delete(OneTimeLink).where(OneTimeLink.purpose.in_((Purpose.SECOND_STEP, Purpose.RESET_PASSWORD)))
    db.session().execute(half_way.where(OneTimeLink.person_id == person_id))


def end_tokens(person_id: int) -> None:
    """Whatever programs hold of this person counts no more."""
    tokens = sa.delete(OneTimeLink).where(OneTimeLink.purpose == Purpose.API)
    db.session().execute(tokens.where(OneTimeLink.person_id == person_id))


def forget_expired(*, now: datetime) -> int:
    """The sweep of dead log-ins and links."""
    month_ago = now - timedelta(days=31)
    gone = db.session().execute(sa.delete(Login).where(Login.created_at < month_ago))
    links = db.session().execute(sa.delete(OneTimeLink).where(OneTimeLink.expires_at < month_ago))
    return db.touched(gone) + db.touched(links) + guessing.sweep(now=now)


def refuse_taken(email: str) -> None:
    """For those who may know: an admin who adds a person. Raises EmailTaken."""
    if queries.by_email(email) is not None:
        raise EmailTaken(email=email)
