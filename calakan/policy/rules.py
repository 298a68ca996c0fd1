"""Who the committee is, and rules of a row that ask more rooms than the one it stands in."""

from __future__ import annotations

from calakan.attendance import rules as attendance
from calakan.attendance.models import Batch
from calakan.diklat import rules as diklat
from calakan.diklat.models import LiveSession
from calakan.enrolment import rules as enrolment
from calakan.enrolment.models import Enrolment
from calakan.kernel.actor import Actor, Role
from calakan.narasumber import queries as narasumber_queries
from calakan.people.models import Person

COMMITTEE = (Role.PANITIA, Role.ADMIN)


def may_check_in(actor: Actor, session: LiveSession) -> bool:
    return enrolment.may_join(actor, session.diklat)


def may_mark(actor: Actor, session: LiveSession) -> bool:
    return diklat.may_steer(actor, session.diklat)


def may_receive(actor: Actor, seat: Enrolment) -> bool:
    """The panitia at the door of its diklat."""
    return diklat.may_steer(actor, seat.diklat)


def holder(seat: Enrolment) -> Person:
    return seat.person


def may_see_batch(actor: Actor, batch: Batch) -> bool:
    return diklat.may_steer(actor, batch.live_session.diklat)


def may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia, the lead, and whoever stands confirmed in this session."""
    if attendance.may_run(actor, session):
        return True
    confirmed = narasumber_queries.confirmed_of([session.id]).get(session.id, ())
    return any(row.person_id == actor.person_id for row in confirmed)
