"""Joining and leaving. The diklat's row is locked first, so a seat is never sold twice and nobody overtakes the line."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries
from calakan.enrolment.errors import (
    EnrolmentClosed,
    NotEligible,
    NotEnrolled,
    ProfileIncomplete,
    ScheduleOverlap,
    TooLateToLeave,
)
from calakan.enrolment.events import EnrolmentCancelled, EnrolmentConfirmed
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import codes, db, events
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.people.models import Person


def join(diklat_id: int, person_id: int, *, actor: Actor, now: datetime, accept_overlap: bool = False) -> Enrolment:
    """Give a seat, or a place at the end of the waiting list. A second click finds the first answer.

    Locks the diklat. Raises EnrolmentClosed, NotEligible, ProfileIncomplete, ScheduleOverlap.
    """
    diklat = db.lock(Diklat, diklat_id)
    enrolment = queries.enrolment(diklat_id, person_id)
    if enrolment is not None and enrolment.state is not EnrolmentState.CANCELLED:
        return enrolment
    person = db.session().get_one(Person, person_id)
    check_open(diklat, now=now)
    check_eligible(diklat, person)
    if not accept_overlap:
        overlap = queries.overlapping(person_id, diklat_id, now=now)
        if overlap:
            raise ScheduleOverlap(titles=[session.diklat.title for session in overlap])
    free = diklat.quota is None or _taken(diklat_id) < diklat.quota
    state = EnrolmentState.CONFIRMED if free else EnrolmentState.WAITING
    if enrolment is None:
        enrolment = Enrolment(code=codes.code(10), diklat_id=diklat_id, person_id=person_id)
        db.session().add(enrolment)
    enrolment.state, enrolment.queued_at, enrolment.decided_at, enrolment.cancel_reason = state, now, now, ""
    db.session().flush()
    audit.record("enrolment.join", enrolment, actor=actor, now=now, name=diklat.title, state=state.value)
    _tell(enrolment, person, now=now, kind=state.value)
    if state is EnrolmentState.CONFIRMED:
        events.announce(EnrolmentConfirmed(enrolment_id=enrolment.id, actor=actor, now=now))
    return enrolment


def check_open(diklat: Diklat, *, now: datetime) -> None:
    """Raises EnrolmentClosed with the reason."""
    if diklat.state is not DiklatState.PUBLISHED:
        raise EnrolmentClosed(why=diklat.state.value)
    if diklat.enrol_opens_at is not None and now < diklat.enrol_opens_at:
        raise EnrolmentClosed(why="not_open", opens_at=diklat.enrol_opens_at)
    if diklat.enrol_closes_at is not None and now >= diklat.enrol_closes_at:
        raise EnrolmentClosed(why="over", closed_at=diklat.enrol_closes_at)


def check_eligible(diklat: Diklat, person: Person) -> None:
    """Raises ProfileIncomplete, NotEligible. Posts that stand above one level (no jenjang given) fit every level."""
    if not person.complete:
        raise ProfileIncomplete()
    levels, posts = diklat.jenjang, [row.jabatan for row in diklat.posts]
    if levels and person.jenjang is not None and person.jenjang not in levels:
        raise NotEligible(levels=[level.value for level in levels])
    if posts and person.jabatan not in posts:
        raise NotEligible(posts=posts)


def leave(diklat_id: int, person_id: int, *, actor: Actor, now: datetime, reason: str = "") -> Enrolment:
    """Cancel, and seat whoever is next in the same transaction. Twice changes nothing. Raises NotEnrolled, TooLateToLeave."""
    diklat = db.lock(Diklat, diklat_id)
    enrolment = queries.enrolment(diklat_id, person_id)
    if enrolment is None:
        raise NotEnrolled()
    if enrolment.state is EnrolmentState.CANCELLED:
        return enrolment
    if diklat.state is not DiklatState.PUBLISHED or (diklat.ends_at is not None and diklat.ends_at <= now):
        raise TooLateToLeave()
    person = db.session().get_one(Person, person_id)
    enrolment.state, enrolment.decided_at, enrolment.cancel_reason = EnrolmentState.CANCELLED, now, reason[:300]
    db.session().flush()
    audit.record("enrolment.leave", enrolment, actor=actor, now=now, name=diklat.title, reason=reason[:300])
    _tell(enrolment, person, now=now, kind="cancelled")
    fill_seats(diklat, actor=actor, now=now)
    events.announce(EnrolmentCancelled(enrolment_id=enrolment.id, actor=actor, now=now))
    return enrolment


def fill_seats(diklat: Diklat, *, actor: Actor, now: datetime) -> list[Enrolment]:
    """Seat those who wait, first come first served; the caller holds the diklat's lock."""
    if diklat.state is not DiklatState.PUBLISHED or (diklat.ends_at is not None and diklat.ends_at <= now):
        return []
    waiting = (
        sa.select(Enrolment)
        .where(Enrolment.diklat_id == diklat.id, Enrolment.state == EnrolmentState.WAITING)
        .order_by(Enrolment.queued_at, Enrolment.id)
        .options(sa.orm.joinedload(Enrolment.person))
    )
    if diklat.quota is not None:
        free = diklat.quota - _taken(diklat.id)
        if free <= 0:
            return []
        waiting = waiting.limit(free)
    promoted = list(db.session().scalars(waiting))
    for enrolment in promoted:
        enrolment.state, enrolment.decided_at = EnrolmentState.CONFIRMED, now
        audit.record("enrolment.promote", enrolment, actor=actor, now=now, name=diklat.title)
        _tell(enrolment, enrolment.person, now=now, kind="promoted")
    db.session().flush()
    for enrolment in promoted:
        events.announce(EnrolmentConfirmed(enrolment_id=enrolment.id, actor=actor, now=now))
    return promoted


def _taken(diklat_id: int) -> int:
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(Enrolment)
            .where(Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.CONFIRMED)
        )
        or 0
    )


def _tell(enrolment: Enrolment, person: Person, *, now: datetime, kind: str) -> None:
    notifications.queue(
        f"enrolment.{kind}",
        key=f"enrolment:{enrolment.id}:{kind}:{now.isoformat()}",
        person_id=person.id,
        address=person.email,
        now=now,
        about=enrolment,
        facts={"name": person.name},
    )
