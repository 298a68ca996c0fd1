"""Who may see and revoke papers. Pure predicates."""

from __future__ import annotations

from calakan.certificates.models import Certificate
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel.actor import Actor


def may_download(actor: Actor, certificate: Certificate) -> bool:
    return actor.person_id == certificate.person_id or actor.is_committee


def may_revoke(actor: Actor, certificate: Certificate) -> bool:
    return actor.is_committee


def may_correct(actor: Actor, certificate: Certificate) -> bool:
    """The holder alone asks; the panitia reissue directly."""
    return actor.person_id == certificate.person_id


def may_read_year(actor: Actor, paper: YearPaper) -> bool:
    """Others check it by its code."""
    return actor.person_id == paper.person_id
