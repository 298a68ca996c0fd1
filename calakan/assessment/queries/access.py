"""Who may take part, and who may set and review."""

from __future__ import annotations

from calakan.assessment.models import Exam, Exercise
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel.actor import Actor
from calakan.materials import queries as materials


def may_take_part(actor: Actor, what: Exercise | Exam) -> bool:
    """The confirmed participants of a diklat that is public."""
    if not what.diklat.public or actor.person_id is None:
        return False
    seat = enrolment.enrolment(what.diklat_id, actor.person_id)
    return seat is not None and seat.state is EnrolmentState.CONFIRMED


def may_set(actor: Actor, diklat: Diklat) -> bool:
    """Who prepares the diklat, and whoever stands confirmed in one of its sessions."""
    return materials.may_supply(actor, diklat)


def may_review(actor: Actor, what: Exercise | Exam) -> bool:
    return may_set(actor, what.diklat)
