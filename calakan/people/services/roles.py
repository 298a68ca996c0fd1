"""What an admin decides about a person: roles, scope, whether the account is open. Each ends the person's log-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import STAFF, Actor, Role
from calakan.people import queries
from calakan.people.errors import ErasedAlready, KecamatanUnknown, LastAdmin, OwnRoles, SchoolUnknown, StaffNeedsEmail
from calakan.people.models import Kecamatan, Person, PersonRole, PersonScope, School
from calakan.people.services import accounts, entry


def add_person(
    email: str, name: str, *, roles: Iterable[Role], password_hash: str | None, actor: Actor, now: datetime
) -> Person:
    """An account made by an admin, its address taken as confirmed. Raises EmailTaken."""
    accounts.refuse_taken(email)
    person = accounts.new_person(email, name, now=now, password_hash=password_hash)
    person.email_confirmed_at = now
    person.roles = [PersonRole(role=role) for role in set(roles) - {Role.PESERTA}]
    db.session().add(person)
    db.session().flush()
    audit.record("people.add", person, actor=actor, now=now, roles=sorted(roles))
    if password_hash is None:
        entry.ask_reset(email.strip().lower(), now=now)
    return person


def set_roles(person_id: int, roles: Iterable[Role], *, actor: Actor, now: datetime) -> Person:
    """Replace the roles. Raises OwnRoles (nobody raises himself), LastAdmin.

    Whoever becomes staff chooses a new password by a mailed link, long enough for that; the old one ends,
    and so do passkeys, numbers and ties to other issuers. Raises StaffNeedsEmail.
    """
    if actor.person_id == person_id:
        raise OwnRoles()
    wanted = set(roles) - {Role.PESERTA}
    if Role.ADMIN not in wanted:
        _lock_admins()
    db.lock(Person, person_id)
    person = queries.person(person_id)
    assert person is not None
    held = {row.role for row in person.roles}
    if Role.ADMIN in held - wanted:
        _keep_an_admin(person)
    person.roles = [row for row in person.roles if row.role in wanted]
    person.roles += [PersonRole(role=role) for role in sorted(wanted - held)]
    db.session().flush()
    if wanted != held:
        accounts.end_logins(person_id)
        if (wanted - held) & STAFF:
            begin_anew(person, now=now)
        audit.record("people.set_roles", person, actor=actor, now=now, was=sorted(held), roles=sorted(wanted))
    return person


def begin_anew(person: Person, *, now: datetime) -> None:
    """For whoever has become staff. What let a participant in does not let staff in: whoever else holds it was given nothing.

    Raises StaffNeedsEmail.
    """
    if person.email is None:
        raise StaffNeedsEmail()
    entry.forget_ways_in(person.id, now=now)
    if person.password_hash is not None:
        person.password_hash = None
        entry.ask_reset(person.email, now=now)


def set_scope(
    person_id: int, *, school_ids: Iterable[int], kecamatan_codes: Iterable[str], actor: Actor, now: datetime
) -> Person:
    """Replace the schools and kecamatan this person was given; what the roster tells of his post stays.

    Raises OwnRoles (nobody gives himself more to see), SchoolUnknown, KecamatanUnknown.
    """
    if actor.person_id == person_id:
        raise OwnRoles()
    db.lock(Person, person_id)
    person = queries.person(person_id)
    assert person is not None
    schools, kecamatan = set(school_ids), set(kecamatan_codes)
    if _known(School.id, schools) != len(schools):
        raise SchoolUnknown()
    if _known(Kecamatan.code, kecamatan) != len(kecamatan):
        raise KecamatanUnknown()
    person.scopes = [row for row in person.scopes if row.by_roster and row.school_id not in schools]
    db.session().flush()
    person.scopes.extend(PersonScope(school_id=id) for id in sorted(schools))
    person.scopes.extend(PersonScope(kecamatan_code=code) for code in sorted(kecamatan))
    db.session().flush()
    accounts.end_logins(person_id)
    audit.record("people.set_scope", person, actor=actor, now=now, schools=sorted(schools), kecamatan=sorted(kecamatan))
    return person


def switch_account(person_id: int, *, active: bool, actor: Actor, now: datetime) -> Person:
    """Close an account, or open it again; its past stays. Raises OwnRoles, LastAdmin, ErasedAlready."""
    if actor.person_id == person_id:
        raise OwnRoles()
    if not active:
        _lock_admins()
    db.lock(Person, person_id)
    person = queries.person(person_id)
    assert person is not None
    if person.erased:
        raise ErasedAlready()
    if not active:
        if any(row.role is Role.ADMIN for row in person.roles):
            _keep_an_admin(person)
        accounts.end_logins(person_id)
    person.active = active
    audit.record("people.reactivate" if active else "people.deactivate", person, actor=actor, now=now)
    return person


def _known(column: sa.orm.InstrumentedAttribute[object], wanted: set[object] | set[int] | set[str]) -> int:
    return db.session().scalar(sa.select(sa.func.count()).where(column.in_(wanted))) or 0 if wanted else 0


def _admins() -> sa.Select[int]:
    return (
        sa.select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.ADMIN, Person.active)
        .order_by(Person.id)
    )


def _lock_admins() -> None:
    """The first of them, before the person: so two admins cannot take each other's role in the same moment."""
    first = db.session().scalars(_admins().limit(1)).first()
    if first is not None:
        db.lock(Person, first)


def _keep_an_admin(person: Person) -> None:
    """Under that lock."""
    if db.session().scalar(_admins().where(Person.id != person.id).limit(1)) is None:
        raise LastAdmin()
