"""Reads of materials."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat import rules as diklat_rules
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.materials import rules
from calakan.materials.models import Audience, Material
from calakan.narasumber import queries as narasumber


def by_code(code: str) -> Material | None:
    """With its diklat."""
    if len(code) > 12:
        return None
    return db.session().scalar(sa.select(Material).where(Material.code == code).options(joinedload(Material.diklat)))


def of_diklat(diklat_id: int) -> Sequence[Material]:
    """Everything that is handed out, in the order it was added; for those who hand out."""
    return (
        db.session()
        .scalars(
            sa.select(Material)
            .where(Material.diklat_id == diklat_id, Material.withdrawn_at.is_(None))
            .order_by(Material.created_at, Material.id)
        )
        .all()
    )


def shown(diklat: Diklat, *, enrolled: bool) -> Sequence[Material]:
    """What a participant, or (not enrolled) anyone, sees of a diklat."""
    if not diklat.public:
        return []
    return [row for row in of_diklat(diklat.id) if enrolled or row.audience is Audience.EVERYONE]


def may_supply(actor: Actor, diklat: Diklat) -> bool:
    """Who prepares the diklat, and whoever stands confirmed in one of its sessions."""
    if diklat_rules.may_prepare(actor, diklat):
        return True
    return actor.person_id is not None and actor.person_id in {id for id, _ in narasumber.duties(diklat.id)}


def may_open(actor: Actor | None, material: Material) -> bool:
    """Everyone where it is for everyone; else the enrolled, and those who hand out."""
    if rules.open_to_everyone(material):
        return True
    if actor is None:
        return False
    if material.withdrawn_at is None and material.diklat.public:
        row = enrolment.enrolment(material.diklat_id, actor.person_id)
        if row is not None and row.state is EnrolmentState.CONFIRMED:
            return True
    return may_supply(actor, material.diklat)


def may_supply_material(actor: Actor, material: Material) -> bool:
    return may_supply(actor, material.diklat)
