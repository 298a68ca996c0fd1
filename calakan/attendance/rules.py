"""Who may open a check-in and mark presence. Pure predicates."""

from __future__ import annotations

from calakan.diklat.models import LiveSession
from calakan.kernel.actor import Actor, Role


def may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia and the lead; confirmed speakers are let in by the policy table, which knows the assignments."""
    return actor.is_committee or (actor.has(Role.NARASUMBER) and session.diklat.lead_id == actor.person_id)
