"""One participant out of a diklat and into another, both or neither."""

from __future__ import annotations

from datetime import datetime

from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services
from calakan.enrolment.errors import NoSeatThere, NotEnrolled, NothingToMove
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.wording import phrase


def move(diklat_id: int, person_id: int, *, to: int, reason: str, actor: Actor, now: datetime) -> Enrolment | None:
    """Enrolled there by hand, cancelled here; whoever waits here gets the seat. None when it was done before.

    Whoever holds a seat here gets one there, and reads both the new title and the reason. Locks both diklat, the older
    first. Raises NothingToMove, NotFound, NotEnrolled, NoSeatThere, TooLateToLeave, and what `join` raises.
    """
    if to == diklat_id:
        raise NothingToMove()
    locked = {id: db.lock(Diklat, id) for id in sorted((diklat_id, to))}
    title = locked[to].title
    here, there = queries.enrolment(diklat_id, person_id), queries.enrolment(to, person_id)
    if here is None:
        raise NotEnrolled()
    if here.state is EnrolmentState.CANCELLED:
        if there is not None and there.state is not EnrolmentState.CANCELLED:
            return None
        raise NotEnrolled()
    seated = here.state is EnrolmentState.CONFIRMED
    made = services.join(to, person_id, actor=actor, now=now, by_hand=True)
    if seated and made.state is not EnrolmentState.CONFIRMED:
        raise NoSeatThere(title=title)
    told = f"{phrase('enrolment.moved', title=title)} {reason.strip()}".strip()
    services.remove(diklat_id, [person_id], reason=told, actor=actor, now=now)
    audit.record("enrolment.move", made, actor=actor, now=now, name=title, person_id=person_id, reason=reason[:300])
    return made
