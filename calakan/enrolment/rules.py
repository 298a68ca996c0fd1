"""Who may join, leave and see participants. Pure predicates."""

from __future__ import annotations

from calakan.diklat.models import Diklat
from calakan.kernel.actor import Actor


def may_join(actor: Actor, diklat: Diklat) -> bool:
    """Any person; whether this one now, is the service's answer with its reason."""
    return actor.person_id is not None and diklat.public


def may_leave(actor: Actor, diklat: Diklat) -> bool:
    return actor.person_id is not None and diklat.public
