"""Who may see and change whom. Pure predicates."""

from __future__ import annotations

from calakan.kernel.actor import Actor
from calakan.people.models import Person


def may_administer(actor: Actor, person: Person) -> bool:
    return actor.is_admin


def has_scope(actor: Actor, subject: object = None) -> bool:
    return actor.has_scope
