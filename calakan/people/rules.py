"""Who may see and change whom. Pure predicates."""

from __future__ import annotations

from calakan.kernel.actor import STAFF, Actor
from calakan.people.models import Person


def may_administer(actor: Actor, person: Person) -> bool:
    return actor.is_admin


def may_change_address(actor: Actor, person: Person) -> bool:
    """An address opens the account, so the panitia change none of staff."""
    return actor.is_admin or (actor.is_committee and not any(row.role in STAFF for row in person.roles))


def may_give_scope(actor: Actor, person: Person) -> bool:
    """Confirm whose school or kecamatan this person looks after: an admin, and the panitia for all who are no staff."""
    return may_change_address(actor, person) and actor.person_id != person.id


def has_scope(actor: Actor, subject: object = None) -> bool:
    return actor.has_scope
