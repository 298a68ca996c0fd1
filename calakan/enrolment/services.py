"""Joining and leaving, by oneself or by hand of the panitia.

The diklat's row is locked first, so a seat is never sold twice and nobody overtakes the line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import joining, queries, seats
from calakan.enrolment.errors import (
    AccountClosed,
    EnrolmentClosed,
    LeaveDeadlineOver,
    NoSeatLeft,
    NotEligible,
    NotEnrolled,
    ProfileIncomplete,
    QuietHour,
    QuotaBelowSeated,
    RemovalNeedsReason,
    ScheduleOverlap,
    SeatNotFree,
    SharesBelowSeated,
    TooLateToLeave,
)
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.enrolment.plans import QUIET_FROM, QUIET_UNTIL, Plan, normal
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang, Person, missing_of


def join(
    diklat_id: int, person_id: int, *, actor: Actor, now: datetime, accept_overlap: bool = False, by_hand: bool = False,
    was_there: bool = False, sent: bool = False, applicant: joining.Applicant | None = None,
) -> Enrolment:  # fmt: skip
    """Give a seat, or a place at the end of the waiting list. A second click finds the first answer.

    `by_hand` is the panitia's own entry: the window of enrolment does not bind it, quota, shares and target do. Who
    `was_there` by a list is entered even after the last session, until the diklat is closed. Who is `sent` by the head of
    his school or another official accepts the privacy notice later, too, but all else holds as if he came by himself.
    Locks the diklat, after all that is asked about the person: the `applicant`, who may have been asked for before.
    Raises NotFound, EnrolmentClosed, AccountClosed, NotEligible, ProfileIncomplete, ScheduleOverlap.
    """
    asked = applicant or joining.applicant(diklat_id, person_id, now=now, schedule=not (accept_overlap or by_hand))
    person = asked.person
    unfit = _unfit(asked.levels, asked.posts, person, by_hand=by_hand or sent)
    overlap = [] if accept_overlap or by_hand else asked.overlap
    diklat = db.hold(Diklat, diklat_id, *joining.LOCKED)
    rule = seats.rule_of(diklat, now=now)
    share = rule.share_of(person)
    line = joining.line(diklat_id, person_id, share)
    enrolment = db.session().get_one(Enrolment, line.mine, populate_existing=True) if line.mine is not None else None
    if enrolment is not None and enrolment.state is not EnrolmentState.CANCELLED:
        return enrolment
    clash = ScheduleOverlap(titles=overlap) if overlap else None
    closed = _closed(diklat, now=now, by_hand=by_hand, after_end=was_there)
    refusal = closed or (None if line.active else AccountClosed()) or unfit or clash
    moves = by_hand or line_moves(diklat, now=now)
    verdict = _given(rule, seats.Snapshot(line.taken, share, line.in_share, refusal, moves))
    state = EnrolmentState.CONFIRMED if verdict.seated else EnrolmentState.WAITING
    if enrolment is None:
        enrolment = Enrolment(code=codes.code(10), diklat_id=diklat_id, person_id=person_id)
        db.session().add(enrolment)
    enrolment.state, enrolment.queued_at, enrolment.decided_at = state, line.place(now), now
    enrolment.rank = joining.rank(diklat_id, person_id, now=now) if diklat.newcomers_first else 0
    enrolment.cancel_reason = ""
    _of_share(enrolment, rule, share if verdict.seated else None)
    db.session().flush()
    act = "enrolment.add" if by_hand or sent else "enrolment.join"
    audit.record(act, enrolment, actor=actor, now=now, name=diklat.title, state=state.value, person_id=person_id)
    _tell(
        enrolment, person, now=now, kind=state.value, sent_by=actor.name if sent else "", by_mail=not person.elsewhere
    )
    return enrolment


def _given(rule: seats.Rule, snapshot: seats.Snapshot) -> seats.Verdict:
    """Raises why there is neither a seat nor a place in the line."""
    verdict = seats.decide(rule, snapshot)
    if verdict.outcome is seats.Outcome.REFUSE:
        raise verdict.refusal or EnrolmentClosed(why=str(verdict.why))
    return verdict


def _of_share(enrolment: Enrolment, rule: seats.Rule, share: str | None) -> None:
    enrolment.share_key, enrolment.beyond_share = share, share is not None and not rule.binds


class Window(Protocol):
    """What of a diklat says whether one may join now: itself, or the columns that were locked."""

    @property
    def state(self) -> DiklatState: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def enrol_opens_at(self) -> datetime | None: ...
    @property
    def enrol_closes_at(self) -> datetime | None: ...


def _closed(diklat: Window, *, now: datetime, by_hand: bool, after_end: bool) -> EnrolmentClosed | None:
    try:
        if by_hand:
            check_running(diklat, now=now, after_end=after_end)
        else:
            check_open(diklat, now=now)
    except EnrolmentClosed as error:
        return error
    return None


def line_moves(diklat: Window, *, now: datetime) -> bool:
    """Whether those who wait get seats by themselves: until the first session begins or, by a setting, the last one ends."""
    if diklat.state is not DiklatState.PUBLISHED or (diklat.ends_at is not None and diklat.ends_at <= now):
        return False
    return diklat.starts_at is None or diklat.starts_at > now or office_settings().promote_late


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
    levels: list[Jenjang], posts: list[str], person: Any, *, by_hand: bool = False
) -> ProfileIncomplete | NotEligible | None:
    """Whom the panitia enter by hand accepts the privacy notice at his first log-in."""
    missing = missing_of(person)
    if set(missing) - ({"accept_notice"} if by_hand else set()):
        return ProfileIncomplete(missing=missing)
    if not _of_level(levels, person.jenjang):
        return NotEligible(levels=[level.value for level in levels])
    if posts and person.jabatan not in posts:
        return NotEligible(posts=posts)
    return None


def meant(levels: Sequence[Jenjang], posts: Sequence[str], jenjang: Jenjang | None, jabatan: str | None) -> bool:
    """Whether a diklat for these is for somebody of this jenjang and jabatan, whatever else the profile lacks."""
    return _of_level(levels, jenjang) and (not posts or jabatan in posts)


def _of_level(levels: Sequence[Jenjang], jenjang: Jenjang | None) -> bool:
    return not levels or jenjang is None or not set(jenjang.asked_by).isdisjoint(levels)


def leave(diklat_id: int, person_id: int, *, actor: Actor, now: datetime, reason: str = "") -> Enrolment:
    """Cancel, and seat whoever is next in the same transaction. Twice changes nothing.

    Raises NotEnrolled, TooLateToLeave, LeaveDeadlineOver.
    """
    diklat = db.lock(Diklat, diklat_id)
    enrolment = queries.enrolment(diklat_id, person_id)
    if enrolment is None:
        raise NotEnrolled()
    if enrolment.state is EnrolmentState.CANCELLED:
        return enrolment
    if diklat.state is not DiklatState.PUBLISHED or (diklat.ends_at is not None and diklat.ends_at <= now):
        raise TooLateToLeave()
    if (until := leave_deadline_over(diklat, enrolment, now=now)) is not None:
        raise LeaveDeadlineOver(until=until, contact=office_settings().contact)
    _cancel(enrolment, diklat, act="enrolment.leave", reason=reason, actor=actor, now=now)
    fill_seats(diklat, actor=actor, now=now)
    return enrolment


def leave_until(diklat: Window) -> datetime | None:
    """When the last one may give back a seat alone, the midnight that begins that day; None is until the last session ends."""
    days = office_settings().leave_days
    if not days or diklat.starts_at is None:
        return None
    return clock.start_of(clock.local(diklat.starts_at).date() - timedelta(days=days - 1))


def leave_deadline_over(diklat: Window, enrolment: Enrolment, *, now: datetime) -> datetime | None:
    """The deadline, once it is over for who holds a seat; whoever waits leaves the line at any time."""
    until = leave_until(diklat) if enrolment.state is EnrolmentState.CONFIRMED else None
    return until if until is not None and until <= now else None


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

    A person decides, so it works until the last session is over. Raises NotEnrolled, EnrolmentClosed, NoSeatLeft, SeatNotFree.
    """
    diklat = db.lock(Diklat, diklat_id)
    check_running(diklat, now=now)
    found = _of_people(diklat_id, person_ids)
    chosen = [row for row in found if row.state is EnrolmentState.WAITING and row.person.active]
    rule, held = seats.rule_of(diklat, now=now), joining.held(diklat_id)
    if rule.quota is not None and len(chosen) > (free := max(rule.quota - sum(held.values()), 0)):
        raise NoSeatLeft(free=free, wanted=len(chosen))
    seated = seats.allot(rule, held, [(row, rule.share_of(row.person)) for row in chosen])
    for row in chosen:
        if row not in seated:
            raise _not_free(rule, held, row.person)
    _seat(chosen, diklat, rule, actor=actor, now=now)
    return len(chosen)


def _not_free(rule: seats.Rule, held: Mapping[str | None, int], person: Person) -> SeatNotFree:
    share = rule.share_of(person)
    why = seats.Why.UNKNOWN if share is None else seats.Why.SHARE
    most = rule.most(share) if share is not None else None
    return SeatNotFree(name=person.name, why=why.value, by=rule.by, taken=held.get(share, 0), most=most or 0)


def _of_people(diklat_id: int, person_ids: Iterable[int]) -> list[Enrolment]:
    """With the person, in order of the line. Raises NotEnrolled when somebody has no enrolment here."""
    wanted = set(person_ids)
    found = db.session().scalars(
        sa.select(Enrolment)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.person_id.in_(wanted))
        .order_by(*queries.LINE)
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
    enrolment.share_key, enrolment.beyond_share = None, False
    db.session().flush()
    audit.record(
        act, enrolment, actor=actor, now=now, name=diklat.title, reason=reason[:300], person_id=enrolment.person_id
    )
    _tell(enrolment, person, now=now, kind="cancelled" if act == "enrolment.leave" else "removed")


def fill_seats(diklat: Diklat, *, actor: Actor, now: datetime) -> list[Enrolment]:
    """Seat those who wait and can log in, in order of the line; the caller holds the diklat's lock.

    Whose share is taken is passed over. Nobody is seated by this once the first session has begun (`line_moves`).
    """
    if not line_moves(diklat, now=now):
        return []
    rule = seats.rule_of(diklat, now=now)
    waiting = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.diklat_id == diklat.id, Enrolment.state == EnrolmentState.WAITING, Person.active)
        .order_by(*queries.LINE)
        .options(sa.orm.contains_eager(Enrolment.person))
    )
    held = joining.held(diklat.id)
    if rule.quota is not None:
        free = rule.quota - sum(held.values())
        if free <= 0:
            return []
        waiting = waiting if rule.binds else waiting.limit(free)
    promoted = list(db.session().scalars(waiting))
    if rule.binds:
        promoted = seats.allot(rule, held, [(row, rule.share_of(row.person)) for row in promoted])
    _seat(promoted, diklat, rule, actor=actor, now=now)
    return promoted


def _seat(promoted: list[Enrolment], diklat: Diklat, rule: seats.Rule, *, actor: Actor, now: datetime) -> None:
    for enrolment in promoted:
        enrolment.state, enrolment.decided_at = EnrolmentState.CONFIRMED, now
        _of_share(enrolment, rule, rule.share_of(enrolment.person))
        audit.record("enrolment.promote", enrolment, actor=actor, now=now, name=diklat.title)
        _tell(enrolment, enrolment.person, now=now, kind="promoted")
    db.session().flush()


def keep_seats(diklat: Diklat, *, keep_seated: bool = False) -> None:
    """A quota below those who are seated takes no seat from anybody, and is asked about first. Raises QuotaBelowSeated."""
    taken = sum(joining.held(diklat.id).values())
    below = diklat.quota is not None and diklat.quota < taken
    if below and not keep_seated:
        raise QuotaBelowSeated(taken=taken)
    diklat.seats_kept = taken if below else 0
    db.session().flush()


def share_anew(diklat: Diklat, *, keep_seated: bool, now: datetime) -> None:
    """Count everybody by the rule as it is now; the caller holds the diklat's lock.

    Who is seated stays, though his share be taken by it: this is asked about first. Raises SharesBelowSeated.
    """
    rule = seats.rule_of(diklat, now=now)
    rows = (
        db.session()
        .scalars(
            sa.select(Enrolment)
            .where(Enrolment.diklat_id == diklat.id, Enrolment.state != EnrolmentState.CANCELLED)
            .order_by(Enrolment.id)
            .options(sa.orm.joinedload(Enrolment.person))
            .execution_options(populate_existing=True)
        )
        .all()
    )
    before = joining.took_part(diklat.id, now=now) if diklat.newcomers_first else set()
    confirmed = [row for row in rows if row.state is EnrolmentState.CONFIRMED]
    held = Counter(rule.share_of(row.person) for row in confirmed)
    above = seats.above(rule, held)
    if above and rule.binds and not keep_seated:
        raise SharesBelowSeated(shares=len(above))
    for row in rows:
        row.rank = int(row.person_id in before)
    for row in confirmed:
        row.share_key = rule.share_of(row.person)
        row.beyond_share = row.share_key in above
    db.session().flush()


def _tell(
    enrolment: Enrolment, person: Any, *, now: datetime, kind: str, sent_by: str = "", by_mail: bool = False
) -> None:
    """`by_mail`: whoever asked knows that there is no other way to this person."""
    notifications.queue(
        f"enrolment.{kind}",
        key=f"enrolment:{enrolment.id}:{kind}:{now.isoformat()}",
        person_id=person.id,
        address=person.email,
        now=now,
        about=enrolment,
        facts={"name": person.name} | ({"sent_by": sent_by} if sent_by else {}),
        by=[Way.MAIL] if by_mail else None,
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
