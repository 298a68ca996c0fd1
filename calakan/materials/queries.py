"""Reads of materials."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from calakan.diklat import rules as diklat_rules
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.materials import rules
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.narasumber import queries as narasumber
from calakan.people.agreements import ConsentTo
from calakan.people.services import consents


def by_code(code: str) -> Material | None:
    """With its diklat."""
    if len(code) > 12:
        return None
    return db.session().scalar(sa.select(Material).where(Material.code == code).options(joinedload(Material.diklat)))


def standing(id: int) -> Material | None:
    """One that was not taken back."""
    return db.session().scalar(sa.select(Material).where(Material.id == id, Material.withdrawn_at.is_(None)))


def of_diklat(diklat_id: int) -> Sequence[Material]:
    """Everything that is handed out, in the order it was added; for those who hand out."""
    return db.session().scalars(_OF_DIKLAT, {"diklat": diklat_id}).all()


_OF_DIKLAT = (
    sa.select(Material)
    .where(Material.diklat_id == sa.bindparam("diklat"), Material.withdrawn_at.is_(None))
    .order_by(Material.created_at, Material.id)
)


def files_of(diklat_ids: Sequence[int]) -> Sequence[Material]:
    """What participants of these diklat may take along as a file, no recordings; with its diklat, the newest diklat first."""
    rows = db.session().scalars(
        sa.select(Material)
        .join(Material.diklat)
        .where(
            Material.diklat_id.in_(diklat_ids),
            Material.kind == MaterialKind.MATERIAL,
            Material.withdrawn_at.is_(None),
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
        )
        .options(contains_eager(Material.diklat))
        .order_by(Diklat.starts_at.desc(), Material.created_at, Material.id)
    )
    return [row for row in rows if row.newest.sha256 is not None]


def shown(diklat: Diklat, *, enrolled: bool) -> Sequence[Material]:
    """What a participant, or (not enrolled) anyone, sees of a diklat."""
    if not diklat.public:
        return []
    rows = [row for row in of_diklat(diklat.id) if enrolled or row.audience is Audience.EVERYONE]
    if not any(row.kind.is_recording for row in rows):
        return rows
    refused = _refusing_speakers(diklat.id)
    return [row for row in rows if not _of_refusing(row, refused)]


def unwanted(diklat_id: int) -> set[int]:
    """The recordings that are shown to nobody but those who hand out: who speaks in them wants none shown."""
    refused = _refusing_speakers(diklat_id)
    return {row.id for row in of_diklat(diklat_id) if _of_refusing(row, refused)}


def _refusing_speakers(diklat_id: int) -> set[int]:
    """The sessions in which somebody speaks who does not consent to recordings."""
    speakers = narasumber.speakers_of_sessions(diklat_id)
    refusing = consents.refusing(ConsentTo.PHOTOS, {person for person, _ in speakers})
    return {session for person, session in speakers if person in refusing}


def _of_refusing(material: Material, sessions: set[int]) -> bool:
    return material.kind.is_recording and material.live_session_id in sessions


def may_supply(actor: Actor, diklat: Diklat) -> bool:
    """Who prepares the diklat, and whoever stands confirmed in one of its sessions."""
    if diklat_rules.may_prepare(actor, diklat):
        return True
    return actor.person_id is not None and actor.person_id in {id for id, _ in narasumber.duties(diklat.id)}


def may_open(actor: Actor | None, material: Material) -> bool:
    """Everyone where it is for everyone; else the enrolled, and those who hand out; a recording nobody else while a
    speaker in it does not consent."""
    refused = material.kind.is_recording and _of_refusing(material, _refusing_speakers(material.diklat_id))
    if rules.open_to_everyone(material) and not refused:
        return True
    if actor is None:
        return False
    if material.withdrawn_at is None and material.diklat.public and not refused:
        row = enrolment.enrolment(material.diklat_id, actor.person_id)
        if row is not None and row.state is EnrolmentState.CONFIRMED:
            return True
    return may_supply(actor, material.diklat)


def may_supply_material(actor: Actor, material: Material) -> bool:
    return may_supply(actor, material.diklat)
