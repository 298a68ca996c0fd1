"""Letting one person pass though a condition is not met, with a reason on the trail."""

from __future__ import annotations

from collections.abc import Iterable
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
from calakan.completion.standing import Lack, standing
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
    give_exceptions_to(diklat_id, [person_id], reason=reason, actor=actor, now=now)
    return db.session().get_one(PassingException, (diklat_id, person_id))


def give_exceptions_to(diklat_id: int, person_ids: Iterable[int], *, reason: str, actor: Actor, now: datetime) -> int:
    """The same for each of these or for none; who was let pass with this reason before is passed over. Returns how many.

    Raises what `give_exception` raises.
    """
    wanted = sorted(set(person_ids))
    if actor.person_id in wanted:
        raise OwnCase()
    diklat = _open_for_exceptions(diklat_id, reason)
    states = enrolment.states_of(diklat_id, wanted)
    if any(states.get(id) is not EnrolmentState.CONFIRMED for id in wanted):
        raise ExceptionForStranger()
    found = standing(diklat, wanted, now=now)
    if any(not found[id].lacks for id in wanted):
        raise NothingToExcept()
    new = [id for id in wanted if found[id].exception != reason.strip()[:300]]
    for person_id in new:
        _give(diklat, person_id, reason, actor=actor, now=now)
    if new:
        announce(ExceptionGiven(diklat_id=diklat_id, actor=actor, now=now))
    return len(new)


def give_exceptions(diklat_id: int, lack: Lack, *, reason: str, actor: Actor, now: datetime) -> int:
    """The same for all who lack nothing but this, the actor excepted; returns how many. Locks the diklat.

    Raises ExceptionNeedsReason, ExceptionOutOfTime, NothingToExcept.
    """
    diklat = _open_for_exceptions(diklat_id, reason)
    found = standing(diklat, enrolment.confirmed_people(diklat_id), now=now)
    wanted = [id for id, row in found.items() if not row.met and row.lacks == (lack,) and id != actor.person_id]
    if not wanted:
        raise NothingToExcept()
    for person_id in wanted:
        _give(diklat, person_id, reason, actor=actor, now=now)
    announce(ExceptionGiven(diklat_id=diklat_id, actor=actor, now=now))
    return len(wanted)


def _open_for_exceptions(diklat_id: int, reason: str) -> Diklat:
    """Raises ExceptionNeedsReason, ExceptionOutOfTime."""
    if not reason.strip():
        raise ExceptionNeedsReason()
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state not in (DiklatState.PUBLISHED, DiklatState.CLOSED):
        raise ExceptionOutOfTime()
    return diklat


def _give(diklat: Diklat, person_id: int, reason: str, *, actor: Actor, now: datetime) -> PassingException:
    row = db.session().get(PassingException, (diklat.id, person_id))
    if row is None:
        row = PassingException(diklat_id=diklat.id, person_id=person_id)
        db.session().add(row)
    row.reason, row.given_by_id, row.given_at = reason.strip()[:300], actor.person_id, now
    db.session().flush()
    audit.record("completion.give_exception", diklat, actor=actor, now=now, person_id=person_id, reason=row.reason)
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
