"""Who may see and change whom. Pure predicates."""

from __future__ import annotations

from calakan.kernel.actor import Actor
from calakan.people.models import Person


def may_see(actor: Actor, person: Person) -> bool:
    """Oneself, the committee, or whoever has the person's school or kecamatan in scope."""
    return (
        actor.person_id == person.id
        or actor.is_committee
        or person.school_id in actor.school_ids
        or person.kecamatan_code in actor.kecamatan_codes
    )


def may_administer(actor: Actor, person: Person) -> bool:
    return actor.is_admin


def has_scope(actor: Actor, subject: object = None) -> bool:
    return actor.has_scope
