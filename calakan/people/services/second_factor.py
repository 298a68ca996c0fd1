"""The second step of a log-in: a code from an app (RFC 6238) or one of the recovery codes; and proving again who one is.

A wrong code is counted in the row, so a try that fails returns None instead of raising: the count must be kept.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.office.queries import office_settings
from calakan.people import passwords, queries
from calakan.people.errors import (
    EmailUnconfirmed,
    NoSecondFactor,
    OwnRoles,
    SecondCodeWrong,
    SecondFactorNeeded,
    SecondFactorOn,
    TooManySecondCodes,
    WrongCurrentPassword,
)
from calakan.people.models import Login, Person, Purpose, RecoveryCode, SecondFactor
from calakan.people.services import accounts, guessing
from calakan.people.ways_in import Passkey

STEP_SECONDS = 30
STEP_LIFETIME = timedelta(minutes=5)
MOST_TRIES, PAUSE = 5, timedelta(minutes=5)
# 120 bits each: fewer than 112 would need a slow hash (OWASP ASVS 6.5.2).
RECOVERY_CODES, RECOVERY_LENGTH = 8, 24


@dataclass(frozen=True)
class Begun:
    """What a right password leads to: the secret of a log-in or, with `needs_code`, of the step before it."""

    secret: str
    needs_code: bool


def begin_log_in(person_id: int, *, device: str, now: datetime) -> Begun:
    if not queries.has_second_step(person_id):
        return Begun(accounts.log_in(person_id, device=device, now=now), needs_code=False)
    person = db.session().get_one(Person, person_id)
    return Begun(accounts.one_time_link(person, Purpose.SECOND_STEP, lifetime=STEP_LIFETIME, now=now), needs_code=True)


def finish_log_in(step: str, code: str, *, device: str, now: datetime) -> str | None:
    """The secret of the log-in, or None for a wrong code. Raises LinkInvalid, TooManySecondCodes."""
    owner = accounts.link_owner(step, Purpose.SECOND_STEP, now=now)
    if owner is not None and not _right(owner, code, now=now):
        return None
    person = accounts.use_link(step, Purpose.SECOND_STEP, now=now)
    return accounts.log_in(person.id, device=device, now=now)


def prove(login_id: int, password: str, code: str, *, now: datetime) -> bool:
    """Say again who one is, before a dangerous act; False for a wrong code. Raises WrongCurrentPassword, TooManySecondCodes."""
    login = db.session().get_one(Login, login_id)
    person = db.session().get_one(Person, login.person_id)
    if not passwords.matches(person.password_hash, password):
        raise WrongCurrentPassword()
    guessing.forget(guessing.own(person.id))
    if not _right(person, code, now=now):
        return False
    login.proved_at = now
    db.session().flush()
    return True


def prepare(person_id: int, *, now: datetime) -> None:
    """A new secret, which counts for nothing before its first code was typed. Raises SecondFactorOn, EmailUnconfirmed."""
    _proven(db.lock(Person, person_id))
    if queries.second_factor(person_id) is not None:
        raise SecondFactorOn()
    db.session().execute(sa.delete(SecondFactor).where(SecondFactor.person_id == person_id))
    import pyotp  # late, as below: few log-ins need it

    db.session().add(SecondFactor(person_id=person_id, secret=pyotp.random_base32(), created_at=now))
    db.session().flush()


def _proven(person: Person) -> Person:
    """Only whoever reads the mailbox may lock the door behind himself."""
    if person.email_confirmed_at is None:
        raise EmailUnconfirmed(email=person.email)
    return person


def activate(person_id: int, code: str, *, login_id: int, actor: Actor, now: datetime) -> list[str]:
    """The recovery codes, told this once. Other log-ins end. Raises SecondCodeWrong, NoSecondFactor, SecondFactorOn,
    EmailUnconfirmed.
    """
    person = _proven(db.lock(Person, person_id))
    factor = queries.prepared_factor(person_id)
    if factor is None:
        raise SecondFactorOn() if queries.second_factor(person_id) is not None else NoSecondFactor()
    step = _step(factor, code, now=now)
    if step is None:
        raise SecondCodeWrong()
    factor.confirmed_at, factor.last_step = now, step
    db.session().execute(sa.delete(Login).where(Login.person_id == person_id, Login.id != login_id))
    accounts.end_tokens(person_id)
    audit.record("people.second_factor_on", person, actor=actor, now=now)
    _tell(person, "on", now=now)
    return new_codes(person_id)


def renew_codes(person_id: int, *, actor: Actor, now: datetime) -> list[str]:
    """New recovery codes; the older ones die. Raises NoSecondFactor."""
    person = db.lock(Person, person_id)
    if not queries.has_second_step(person_id):
        raise NoSecondFactor()
    audit.record("people.renew_recovery_codes", person, actor=actor, now=now)
    return new_codes(person_id)


def turn_off(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NoSecondFactor, and SecondFactorNeeded where the office demands it."""
    person = db.lock(Person, person_id)
    if not _forget(person_id, SecondFactor):
        raise NoSecondFactor()
    if not queries.has_second_step(person_id):
        if queries.must_have_second_factor(actor, office_settings().second_factor_required):
            raise SecondFactorNeeded()
        _forget(person_id, RecoveryCode)
    audit.record("people.second_factor_off", person, actor=actor, now=now)
    _tell(person, "off", now=now)


def reset(person_id: int, *, actor: Actor, now: datetime) -> None:
    """For somebody who lost phone and codes, by an admin who knows that it is he; passkeys end too, they were on it.

    Raises OwnRoles, NoSecondFactor.
    """
    if actor.person_id == person_id:
        raise OwnRoles()
    person = db.lock(Person, person_id)
    if not _forget(person_id, SecondFactor) + _forget(person_id, Passkey):
        raise NoSecondFactor()
    _forget(person_id, RecoveryCode)
    accounts.end_logins(person_id)
    audit.record("people.second_factor_reset", person, actor=actor, now=now)
    _tell(person, "reset", now=now)


def _forget(person_id: int, model: type[SecondFactor | RecoveryCode | Passkey]) -> int:
    return db.touched(db.session().execute(sa.delete(model).where(model.person_id == person_id)))


def _right(person: Person, code: str, *, now: datetime) -> bool:
    """Whether this code lets him in, once, or none is needed; wrong ones are counted. Raises TooManySecondCodes."""
    found = queries.second_factor(person.id)
    if found is None:
        return not queries.has_second_step(person.id) or _recovered(person, code, now=now)
    factor = db.lock(SecondFactor, found.id)
    if factor.failures >= MOST_TRIES and factor.failed_at is not None and now < factor.failed_at + PAUSE:
        raise TooManySecondCodes()
    step = _step(factor, code, now=now)
    if step is None and not _recovered(person, code, now=now):
        factor.failures, factor.failed_at = factor.failures + 1, now
        audit.record("people.wrong_second_code", person, actor=queries.actor_of(person), now=now)
        return False
    factor.last_step = step or factor.last_step
    factor.failures, factor.failed_at = 0, None
    return True


def _step(factor: SecondFactor, code: str, *, now: datetime) -> int | None:
    """The step of time that this code belongs to; the neighbours count too, what was used before does not."""
    import pyotp  # late, as above

    typed = "".join(code.split())
    totp = pyotp.TOTP(factor.secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if step > factor.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _recovered(person: Person, code: str, *, now: datetime) -> bool:
    used = db.session().execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == codes.hashed(codes.normal_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if db.touched(used) != 1:
        return False
    audit.record("people.second_factor_recovered", person, actor=queries.actor_of(person), now=now)
    _tell(person, "recovered", now=now)
    return True


def new_codes(person_id: int) -> list[str]:
    """Recovery codes that replace all others; told this once, only their hashes are kept."""
    db.session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    made = [codes.code(RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    db.session().add_all(RecoveryCode(person_id=person_id, code_hash=codes.hashed(code)) for code in made)
    db.session().flush()
    return ["-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for code in made]


def _tell(person: Person, what: str, *, now: datetime) -> None:
    """A mail to the owner: whoever did not do it himself must learn of it."""
    notifications.queue(
        "people.second_factor",
        key=f"second-factor:{person.id}:{what}:{now.isoformat()}",
        person_id=person.id,
        address=person.email,
        now=now,
        facts={"name": person.name, "what": what, "at": now.isoformat()},
    )
