"""Who may see, write and steer a diklat."""

from __future__ import annotations

from calakan.diklat import queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.kernel.actor import Actor, Role


def may_create(actor: Actor, subject: object = None) -> bool:
    """Panitia, and whoever is an approved narasumber."""
    return actor.is_committee or actor.has(Role.NARASUMBER)


def may_manage(actor: Actor, subject: object = None) -> bool:
    """Has diklat of his own to look after."""
    return may_create(actor) or actor.limited


def is_own(actor: Actor, diklat_id: int) -> bool:
    """Whether a limited panitia is on its committee."""
    return actor.limited and diklat_id in queries.own_committees(actor)


def may_view(actor: Actor | None, diklat: Diklat) -> bool:
    return diklat.public or (actor is not None and may_prepare(actor, diklat))


def may_prepare(actor: Actor, diklat: Diklat) -> bool:
    """Write its content and schedule its sessions."""
    led = may_manage(actor) and diklat.lead_id == actor.person_id
    return actor.is_committee or led or is_own(actor, diklat.id)


def may_clone(actor: Actor, diklat: Diklat) -> bool:
    return may_create(actor) and may_prepare(actor, diklat)


def may_propose(actor: Actor, diklat: Diklat) -> bool:
    return may_prepare(actor, diklat) and diklat.state is DiklatState.DRAFT


def may_steer(actor: Actor, diklat: Diklat) -> bool:
    """Publish, close, cancel; see and mark its participants."""
    return actor.is_committee or is_own(actor, diklat.id)


def may_prepare_session(actor: Actor, session: LiveSession) -> bool:
    return may_prepare(actor, session.diklat)


def is_committee(actor: Actor, subject: object = None) -> bool:
    return actor.is_committee
