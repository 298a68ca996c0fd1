"""Who may speak, offer and decide. Pure predicates."""

from __future__ import annotations

from calakan.kernel.actor import Actor, Role
from calakan.narasumber.models import Volunteer, VolunteerState


def may_offer(actor: Actor, subject: object = None) -> bool:
    return actor.has(Role.NARASUMBER)


def may_view_profile(actor: Actor | None, volunteer: Volunteer) -> bool:
    """Public with consent; otherwise the volunteer and the panitia."""
    if volunteer.public and volunteer.state is VolunteerState.APPROVED:
        return True
    return actor is not None and (actor.is_committee or actor.person_id == volunteer.person_id)
