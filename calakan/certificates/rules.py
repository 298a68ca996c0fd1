"""Who may see and revoke papers."""

from __future__ import annotations

from calakan.certificates.models import Certificate
from calakan.certificates.yearly.models import YearPaper
from calakan.diklat import queries as diklat
from calakan.kernel.actor import Actor


def may_download(actor: Actor, certificate: Certificate) -> bool:
    return actor.person_id == certificate.person_id or may_revoke(actor, certificate)


def may_revoke(actor: Actor, certificate: Certificate) -> bool:
    """The panitia of its diklat."""
    return actor.is_committee or (actor.limited and certificate.diklat_id in diklat.own_committees(actor))


def may_decide(actor: Actor, subject: object = None) -> bool:
    """Has papers whose holders ask."""
    return actor.has_desk


def may_correct(actor: Actor, certificate: Certificate) -> bool:
    """The holder alone asks; the panitia reissue directly."""
    return actor.person_id == certificate.person_id


def may_read_year(actor: Actor, paper: YearPaper) -> bool:
    """Others check it by its code."""
    return actor.person_id == paper.person_id
