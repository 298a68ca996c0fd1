"""Joining and leaving, by oneself or by hand of the panitia.

The diklat's row is locked first, so a seat is never sold twice and nobody overtakes the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import joining, queries
from calakan.enrolment.errors import (
    EnrolmentClosed,
    NoSeatLeft,
    NotEligible,
    NotEnrolled,
    ProfileIncomplete,
    QuietHour,
    QuotaBelowSeated,
    RemovalNeedsReason,
    ScheduleOverlap,
    TooLateToLeave,
)
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.plans import QUIET_FROM, QUIET_UNTIL, Plan, normal
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.people.models import Jenjang, Person


def join(
    diklat_id: int,
    person_id: int,
    *,
    actor: Actor,
    now: datetime,
    accept_overlap: bool = False,
    by_hand: bool = False,
    was_there: bool = False,
) -> Enrolment:
    """Give a seat, or a place at the end of the waiting list. A second click finds the first answer.

    `by_hand` is the panitia's own entry: the window of enrolment does not bind it, the quota and the target do. Who
    `was_there` by a list is entered even after the last session, until the diklat is closed.
    Locks the diklat, after all that is asked about the person. Raises NotFound, EnrolmentClosed, NotEligible,
    ProfileIncomplete, ScheduleOverlap.
    """
    person = db.session().get_one(Person, person_id)
    unfit = _unfit(*joining.target(diklat_id), person, by_hand=by_hand)
    overlap = [] if accept_overlap or by_hand else joining.overlapping_titles(diklat_id, person_id, now=now)
    diklat = db.hold(Diklat, diklat_id, *joining.LOCKED)
    line = joining.line(diklat_id, person_id)
    enrolment = db.session().get_one(Enrolment, line.mine, populate_existing=True) if line.mine is not None else None
    if enrolment is not None and enrolment.state is not EnrolmentState.CANCELLED:
        return enrolment
    if by_hand:
        check_running(diklat, now=now, after_end=was_there)
    else:
        check_open(diklat, now=now)
    if unfit is not None:
        raise unfit
    if overlap:
        raise ScheduleOverlap(titles=overlap)
    free = diklat.quota is None or line.taken < diklat.quota
    state = EnrolmentState.CONFIRMED if free else EnrolmentState.WAITING
    if enrolment is None:
        enrolment = Enrolment(code=codes.code(10), diklat_id=diklat_id, person_id=person_id)
        db.session().add(enrolment)
    enrolment.state, enrolment.queued_at, enrolment.decided_at = state, line.place(now), now
    enrolment.cancel_reason = ""
    db.session().flush()
    act = "enrolment.add" if by_hand else "enrolment.join"
    audit.record(act, enrolment, actor=actor, now=now, name=diklat.title, state=state.value, person_id=person_id)
    _tell(enrolment, person, now=now, kind=state.value)
    return enrolment


class Window(Protocol):
    """What of a diklat says whether one may join now: itself, or the columns that were locked."""

    @property
    def state(self) -> DiklatState: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def enrol_opens_at(self) -> datetime | None: ...
    @property
    def enrol_closes_at(self) -> datetime | None: ...


def check_running(diklat: Window, *, now: datetime, after_end: bool = False) -> None:
    """Raises EnrolmentClosed when the diklat is not published or, unless `after_end`, its last session is over."""
    if diklat.state is not DiklatState.PUBLISHED:
        raise EnrolmentClosed(why=diklat.state.value)
    if not after_end and diklat.ends_at is not None and diklat.ends_at <= now:
        raise EnrolmentClosed(why="ended")


def check_open(diklat: Window, *, now: datetime) -> None:
    """Raises EnrolmentClosed with the reason."""
    check_running(diklat, now=now)
    if diklat.enrol_opens_at is not None and now < diklat.enrol_opens_at:
        raise EnrolmentClosed(why="not_open", opens_at=diklat.enrol_opens_at)
    if diklat.enrol_closes_at is not None and now >= diklat.enrol_closes_at:
        raise EnrolmentClosed(why="over", closed_at=diklat.enrol_closes_at)


def check_eligible(diklat: Diklat, person: Person) -> None:
    """Raises ProfileIncomplete, NotEligible. Posts that stand above one level (no jenjang given) fit every level."""
    unfit = _unfit(diklat.jenjang, [row.jabatan for row in diklat.posts], person)
    if unfit is not None:
        raise unfit


def _unfit(
    levels: list[Jenjang], posts: list[str], person: Person, *, by_hand: bool = False
) -> ProfileIncomplete | NotEligible | None:
    """Whom the panitia enter by hand accepts the privacy notice at his first log-in."""
    if not (person.may_be_entered if by_hand else person.complete):
        return ProfileIncomplete(missing=person.missing)
    if not _of_level(levels, person.jenjang):
        return NotEligible(levels=[level.value for level in levels])
    if posts and person.jabatan not in posts:
        return NotEligible(posts=posts)
    return None


def meant(levels: Sequence[Jenjang], posts: Sequence[str], jenjang: Jenjang | None, jabatan: str | None) -> bool:
    """Whether a diklat for these is for somebody of this jenjang and jabatan, whatever else the profile lacks."""
    return _of_level(levels, jenjang) and (not posts or jabatan in posts)


def _of_level(levels: Sequence[Jenjang], jenjang: Jenjang | None) -> bool:
    return not levels or jenjang is None or jenjang in levels


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
    _cancel(enrolment, diklat, act="enrolment.leave", reason=reason, actor=actor, now=now)
    fill_seats(diklat, actor=actor, now=now)
    return enrolment


def remove(diklat_id: int, person_ids: Iterable[int], *, reason: str, actor: Actor, now: datetime) -> int:
    """The panitia cancel for others, with a reason these are told; free seats go to whoever waits. Returns how many.

    Who is cancelled already is passed over. Raises RemovalNeedsReason, NotEnrolled, TooLateToLeave.
    """
    if not reason.strip():
        raise RemovalNeedsReason()
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.PUBLISHED:
        raise TooLateToLeave()
    active = [e for e in _of_people(diklat_id, person_ids) if e.state is not EnrolmentState.CANCELLED]
    for enrolment in active:
        _cancel(enrolment, diklat, act="enrolment.remove", reason=reason.strip(), actor=actor, now=now)
    fill_seats(diklat, actor=actor, now=now)
    return len(active)


def promote(diklat_id: int, person_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Seat chosen people of the waiting list, all of them or none; a closed account takes no seat. Returns how many.

    Raises NotEnrolled, NoSeatLeft.
    """
    diklat = db.lock(Diklat, diklat_id)
    check_running(diklat, now=now)
    found = _of_people(diklat_id, person_ids)
    chosen = [row for row in found if row.state is EnrolmentState.WAITING and row.person.active]
    if diklat.quota is not None:
        free = max(diklat.quota - _taken(diklat_id), 0)
        if len(chosen) > free:
            raise NoSeatLeft(free=free, wanted=len(chosen))
    _seat(chosen, diklat, actor=actor, now=now)
    return len(chosen)


def _of_people(diklat_id: int, person_ids: Iterable[int]) -> list[Enrolment]:
    """With the person, in order of the line. Raises NotEnrolled when somebody has no enrolment here."""
    wanted = set(person_ids)
    found = db.session().scalars(
        sa.select(Enrolment)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.person_id.in_(wanted))
        .order_by(Enrolment.queued_at, Enrolment.id)
        .options(sa.orm.joinedload(Enrolment.person))
        .execution_options(populate_existing=True)
    )
    rows = list(found)
    if len(rows) != len(wanted):
        raise NotEnrolled()
    return rows


def _cancel(enrolment: Enrolment, diklat: Diklat, *, act: str, reason: str, actor: Actor, now: datetime) -> None:
    person = db.session().get_one(Person, enrolment.person_id)
    enrolment.state, enrolment.decided_at, enrolment.cancel_reason = EnrolmentState.CANCELLED, now, reason[:300]
    db.session().flush()
    audit.record(
        act, enrolment, actor=actor, now=now, name=diklat.title, reason=reason[:300], person_id=enrolment.person_id
    )
    _tell(enrolment, person, now=now, kind="cancelled" if act == "enrolment.leave" else "removed")


def fill_seats(diklat: Diklat, *, actor: Actor, now: datetime) -> list[Enrolment]:
    """Seat those who wait and can log in, first come first served; the caller holds the diklat's lock."""
    if diklat.state is not DiklatState.PUBLISHED or (diklat.ends_at is not None and diklat.ends_at <= now):
        return []
    waiting = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.diklat_id == diklat.id, Enrolment.state == EnrolmentState.WAITING, Person.active)
        .order_by(Enrolment.queued_at, Enrolment.id)
        .options(sa.orm.contains_eager(Enrolment.person))
    )
    if diklat.quota is not None:
        free = diklat.quota - _taken(diklat.id)
        if free <= 0:
            return []
        waiting = waiting.limit(free)
    promoted = list(db.session().scalars(waiting))
    _seat(promoted, diklat, actor=actor, now=now)
    return promoted


def _seat(promoted: list[Enrolment], diklat: Diklat, *, actor: Actor, now: datetime) -> None:
    for enrolment in promoted:
        enrolment.state, enrolment.decided_at = EnrolmentState.CONFIRMED, now
        audit.record("enrolment.promote", enrolment, actor=actor, now=now, name=diklat.title)
        _tell(enrolment, enrolment.person, now=now, kind="promoted")
    db.session().flush()


def keep_seats(diklat: Diklat) -> None:
    """A quota never goes below those who are seated. Raises QuotaBelowSeated."""
    taken = _taken(diklat.id)
    if diklat.quota is not None and diklat.quota < taken:
        raise QuotaBelowSeated(taken=taken)


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


def set_plan(diklat_id: int, plan: Plan, *, remind: bool, actor: Actor, now: datetime) -> None:
    """What this diklat's reminders are, and whether they leave at all. Locks the diklat. Raises NotFound, QuietHour."""
    diklat = db.lock(Diklat, diklat_id)
    if not QUIET_UNTIL <= plan.morning < QUIET_FROM:
        raise QuietHour()
    moments = list(normal(plan.moments))
    row = db.session().get(ReminderPlan, diklat_id)
    if row is None:
        row = ReminderPlan(diklat_id=diklat_id)
        db.session().add(row)
    row.moments, row.morning, row.note = moments, plan.morning, " ".join(plan.note.split())[:300]
    row.spare_mail = plan.spare_mail
    diklat.remind = remind
    db.session().flush()
    chosen = {"moments": moments, "morning": f"{plan.morning:%H.%M}", "remind": remind}
    audit.record("enrolment.set_plan", diklat, actor=actor, now=now, plan=chosen)
