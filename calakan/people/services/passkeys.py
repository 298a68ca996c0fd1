"""Passkeys (WebAuthn): added on a device, which then logs its owner in. The device asks who uses it, so that one is both steps.

A challenge is used up by whatever answers it, right or wrong: take it in a transaction of its own.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.people import holders, queries
from calakan.people.errors import (
    EmailUnconfirmed,
    LastSecondStep,
    PasskeyKnown,
    PasskeyOver,
    PasskeyRefused,
    TooManyPasskeys,
)
from calakan.people.models import Login, Person, RecoveryCode
from calakan.people.services import accounts, second_factor, telling
from calakan.people.ways_in import Passkey, PasskeyChallenge

LIFETIME = timedelta(minutes=5)
MOST = 10
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Site:
    """For whom devices keep passkeys, and whence browsers may ask for them."""

    host: str
    origin: str


_site: _Site | None = None


def connect(base_url: str) -> None:
    """Called once, from `calakan.app`. Browsers know passkeys under names alone, and over TLS or on this machine."""
    global _site
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    named = host == "localhost" or (parts.scheme == "https" and not _is_number(host))
    _site = _Site(host, f"{parts.scheme}://{parts.netloc}") if named else None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def available() -> bool:
    """Whether passkeys can be used at the address of this installation at all."""
    return _site is not None


def usable_by(person_id: int) -> bool:
    """Whether there is one of this person to ask for."""
    return _site is not None and any(key.copied_at is None for key in queries.passkeys(person_id))


def ask(*, now: datetime) -> tuple[str, str]:
    """What this browser must keep, and what it asks its devices for, as JSON: any passkey of ours. Raises PasskeyRefused."""
    from webauthn import generate_authentication_options, options_to_json  # late: few pages need it
    from webauthn.helpers.structs import UserVerificationRequirement as Verification

    challenge = _challenge(None, now=now)
    made = generate_authentication_options(
        rp_id=_own().host, challenge=challenge.encode(), user_verification=Verification.REQUIRED
    )
    return challenge, str(options_to_json(made))


def ask_new(person_id: int, *, now: datetime) -> tuple[str, str]:
    """The same for a new passkey. Raises PasskeyRefused, EmailUnconfirmed, TooManyPasskeys."""
    from webauthn import generate_registration_options, options_to_json  # late, as above
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    person = db.session().get_one(Person, person_id)
    held = _may_add(person)
    made = generate_registration_options(
        rp_id=_own().host,
        rp_name=house().name,
        user_id=person.code.encode(),
        user_name=person.contact,
        user_display_name=person.name,
        challenge=(challenge := _challenge(person_id, now=now)).encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in held],
    )
    return challenge, str(options_to_json(made))


def take(challenge: str, *, now: datetime, person_id: int | None = None) -> None:
    """Use up what this browser was given, for this person's new passkey or for a log-in. Raises PasskeyOver."""
    row = PasskeyChallenge.challenge_hash == codes.hashed(challenge)
    taken = db.session().execute(
        sa.delete(PasskeyChallenge).where(row).returning(PasskeyChallenge.person_id, PasskeyChallenge.expires_at)
    )
    found = taken.first()
    if found is None or found.expires_at <= now or found.person_id != person_id:
        raise PasskeyOver()


def add(
    person_id: int, answer: str, challenge: str, name: str, *, login_id: int, actor: Actor, now: datetime
) -> list[str]:
    """The device's new passkey. The first second step of staff ends other log-ins, and brings recovery codes, told this once.

    Raises PasskeyRefused, PasskeyKnown, EmailUnconfirmed, TooManyPasskeys.
    """
    from webauthn import verify_registration_response  # late, as above

    person = db.lock(Person, person_id)
    _may_add(person)
    made = _checked(
        verify_registration_response,
        credential=answer,
        expected_challenge=challenge.encode(),
        expected_rp_id=_own().host,
        expected_origin=_own().origin,
        require_user_verification=True,
    )
    if _by_credential(made.credential_id) is not None:
        raise PasskeyKnown()
    first = actor.is_staff and not queries.has_second_step(person_id)
    db.session().add(
        Passkey(
            person_id=person_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:60],
            created_at=now,
        )
    )
    db.session().flush()
    audit.record("people.add_passkey", person, actor=actor, now=now)
    telling.way_in(person, "passkey_added", name, now=now)
    if not first:
        return []
    db.session().execute(sa.delete(Login).where(Login.person_id == person_id, Login.id != login_id))
    accounts.end_tokens(person_id)
    return second_factor.new_codes(person_id)


def log_in(answer: str, challenge: str, *, device: str, now: datetime) -> tuple[int, str] | None:
    """Who, and the secret of the log-in; None for a passkey of which there are two, which is noted: commit then.

    Raises PasskeyRefused.
    """
    key = _used(answer, challenge, now=now)
    if key is None:
        return None
    return key.person_id, accounts.log_in(key.person_id, device=device, now=now)


def prove(login_id: int, answer: str, challenge: str, *, now: datetime) -> bool:
    """Say again who one is, before a dangerous act; False for a passkey of which there are two. Raises PasskeyRefused."""
    login = db.session().get_one(Login, login_id)
    key = _used(answer, challenge, now=now)
    if key is None:
        return False
    if key.person_id != login.person_id:
        raise PasskeyRefused()
    login.proved_at = now
    db.session().flush()
    return True


def remove(person_id: int, id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound, and LastSecondStep where the office demands one."""
    person = db.lock(Person, person_id)
    key = db.session().scalar(sa.select(Passkey).where(Passkey.id == id, Passkey.person_id == person_id))
    if key is None:
        raise NotFound()
    name = key.name
    db.session().delete(key)
    db.session().flush()
    if not queries.has_second_step(person_id):
        if queries.must_have_second_factor(actor, office_settings().second_factor_required):
            raise LastSecondStep()
        db.session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    audit.record("people.remove_passkey", person, actor=actor, now=now)
    telling.way_in(person, "passkey_removed", name, now=now)


def sweep(*, now: datetime) -> int:
    """Challenges that nobody answered."""
    return db.touched(db.session().execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now)))


def _own() -> _Site:
    if _site is None:
        raise PasskeyRefused()
    return _site


def _challenge(person_id: int | None, *, now: datetime) -> str:
    challenge = codes.secret()
    db.session().add(
        PasskeyChallenge(challenge_hash=codes.hashed(challenge), person_id=person_id, expires_at=now + LIFETIME)
    )
    db.session().flush()
    return challenge


def _may_add(person: Person) -> Sequence[Passkey]:
    """Those there are; only whoever reads the mailbox may add one."""
    if person.email_confirmed_at is None:
        raise EmailUnconfirmed(email=person.email)
    held = queries.passkeys(person.id)
    if len(held) >= MOST:
        raise TooManyPasskeys(most=MOST)
    return held


def _by_credential(credential_id: bytes) -> Passkey | None:
    return db.session().scalar(sa.select(Passkey).where(Passkey.credential_id == credential_id))


def _used(answer: str, challenge: str, *, now: datetime) -> Passkey | None:
    """The passkey that answered, of an open account; None for one of which there are two. Raises PasskeyRefused."""
    from webauthn import verify_authentication_response  # late, as above
    from webauthn.helpers import parse_authentication_credential_json

    said = _checked(parse_authentication_credential_json, answer)
    key = _by_credential(bytes(said.raw_id))
    person = holders.holder(key.person_id) if key is not None else None
    if key is None or person is None or said.response.user_handle != person.code.encode():
        raise PasskeyRefused()
    verified = _checked(
        verify_authentication_response,
        credential=said,
        expected_challenge=challenge.encode(),
        expected_rp_id=_own().host,
        expected_origin=_own().origin,
        credential_public_key=key.public_key,
        credential_current_sign_count=0,  # what it may be is asked of the row, in one statement with the change
        require_user_verification=True,
    )
    if key.copied_at is not None:
        raise PasskeyRefused()
    if not _counted(key, int(verified.new_sign_count), now=now):
        key.copied_at = now
        db.session().flush()
        audit.record("people.passkey_copied", person, actor=queries.actor_of(person), now=now)
        telling.way_in(person, "passkey_copied", key.name, now=now)
        return None
    return key


def _counted(key: Passkey, count: int, *, now: datetime) -> bool:
    """Whether the device has signed once more than it had; one that always says 0 has no say (WebAuthn 6.1.1)."""
    grown = sa.or_(Passkey.sign_count < count, sa.and_(Passkey.sign_count == 0, sa.literal(count) == 0))
    counted = sa.update(Passkey).where(Passkey.id == key.id, grown).values(sign_count=count, last_used_at=now)
    return db.touched(db.session().execute(counted)) == 1


def _checked(check: Callable[..., Any], *args: Any, **given: Any) -> Any:
    """What the library makes of an answer; whatever it stumbles over was no passkey. Raises PasskeyRefused."""
    try:
        return check(*args, **given)
    except Exception as error:
        log.info("a passkey was refused: %s", type(error).__name__)
        raise PasskeyRefused() from error
