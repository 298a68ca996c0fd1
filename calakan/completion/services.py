"""Letting one person pass though a condition is not met, with a reason on the trail."""

from __future__ import annotations

from datetime import datetime

from calakan.audit import services as audit
from calakan.completion.errors import (
    ExceptionForStranger,
    ExceptionNeedsReason,
    ExceptionOutOfTime,
    NothingToExcept,
    PapersUnderWay,
)
from calakan.completion.events import ExceptionGiven
from calakan.completion.models import PassingException
from calakan.completion.standing import standing
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import OwnCase
from calakan.kernel.events import announce


def give_exception(diklat_id: int, person_id: int, *, reason: str, actor: Actor, now: datetime) -> PassingException:
    """From now on this person passes; a second time changes the reason. Where papers are due, theirs is asked for.

    Locks the diklat. Raises ExceptionNeedsReason, OwnCase, ExceptionOutOfTime, ExceptionForStranger, NothingToExcept.
    """
    if not reason.strip():
        raise ExceptionNeedsReason()
    if actor.person_id == person_id:
        raise OwnCase()
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state not in (DiklatState.PUBLISHED, DiklatState.CLOSED):
        raise ExceptionOutOfTime()
    if enrolment.states_of(diklat_id, [person_id]).get(person_id) is not EnrolmentState.CONFIRMED:
        raise ExceptionForStranger()
    if not standing(diklat, [person_id], now=now)[person_id].lacks:
        raise NothingToExcept()
    row = db.session().get(PassingException, (diklat_id, person_id))
    if row is None:
        row = PassingException(diklat_id=diklat_id, person_id=person_id)
        db.session().add(row)
    row.reason, row.given_by_id, row.given_at = reason.strip()[:300], actor.person_id, now
    db.session().flush()
    audit.record("completion.give_exception", diklat, actor=actor, now=now, person_id=person_id, reason=row.reason)
    announce(ExceptionGiven(diklat_id=diklat_id, actor=actor, now=now))
    return row


def take_back_exception(diklat_id: int, person_id: int, *, actor: Actor, now: datetime) -> bool:
    """False when there was none. Locks the diklat. Raises PapersUnderWay once the certificates were asked for."""
    diklat = db.lock(Diklat, diklat_id)
    row = db.session().get(PassingException, (diklat_id, person_id))
    if row is None:
        return False
    over = diklat.ends_at is not None and diklat.ends_at <= now
    if diklat.state is not DiklatState.PUBLISHED or (diklat.issue_at_once and over):
        raise PapersUnderWay()
    db.session().delete(row)
    audit.record("completion.take_back_exception", diklat, actor=actor, now=now, person_id=person_id)
    return True
