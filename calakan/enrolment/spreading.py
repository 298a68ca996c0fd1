"""Rounds too big for the relay's caps: they begin early enough by themselves, never at night, or it is said who would miss.

Counted are the people of all diklat together, because they share one relay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import sqlalchemy as sa

from calakan.enrolment import elsewhere, keys, plans
from calakan.enrolment.keys import Key
from calakan.enrolment.meetings import Meeting
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget
from calakan.notifications.models import Message
from calakan.people.models import Person

Limits = Mapping[timedelta, int]
MORNING = "morning"
# A morning may begin the evening before; the hour before a session three hours before it.
EVENING = time(17)
STEP, SHORT_STEP = timedelta(minutes=30), timedelta(minutes=15)
MOST_HOURS = timedelta(hours=3)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """Messages that leave together: those of a morning, or those before the sessions of one time.

    `usual` is when it would begin without caps, `begins` when it does; `missing` counts whom it cannot reach even so.
    """

    moment: str
    usual: datetime
    begins: datetime
    people: int
    missing: int
    diklat_ids: frozenset[int]
    session_id: int | None = None

    @property
    def day(self) -> date:
        return clock.local(self.usual).date()

    @property
    def moved(self) -> bool:
        return self.begins < self.usual


@dataclass(frozen=True)
class Early:
    """What begins before its usual time: day of a morning -> when, session -> when."""

    mornings: Mapping[date, datetime]
    hours: Mapping[int, datetime]


def early(meetings: Sequence[Meeting], limits: Limits, *, now: datetime) -> Early:
    """Of the rounds that may have to begin by now. Without caps nothing is asked."""
    if not limits:
        return Early({}, {})
    mornings = _mornings(meetings, limits, now, until=now + 2 * DAY)
    hours = _hours(meetings, limits, now, until=now + MOST_HOURS)
    return Early(
        {r.day: r.begins for r in mornings if r.moved},
        {r.session_id: r.begins for r in hours if r.moved and r.session_id is not None},
    )


def rounds(meetings: Sequence[Meeting], limits: Limits, *, now: datetime, of: int | None = None) -> list[Round]:
    """All that are still to come, in order of time, or those of one diklat; none without caps."""
    if not limits:
        return []
    until = now + timedelta(days=plans.FURTHEST + 1)
    found = [*_mornings(meetings, limits, now, until, of), *_hours(meetings, limits, now, until, of)]
    return sorted(found, key=lambda r: (r.usual, r.session_id or 0))


def spread(
    waves: Sequence[tuple[datetime, int]], candidates: Iterable[datetime], limits: Limits, *, now: datetime
) -> tuple[datetime, int]:
    """The first of these instants from which all leave in time; else the last one, and how many would miss.

    A wave is (until, people): so many have to leave by then, those of earlier waves among them.
    """
    begins, missing = now, 0
    for begins in candidates:
        missing = max(people - room(limits, max(begins, now), until) for until, people in waves)
        if missing <= 0:
            break
    return begins, max(missing, 0)


def room(limits: Limits, begins: datetime, until: datetime) -> int:
    """How many may leave between two instants at most, the night left out."""
    by_day = {span: cap for span, cap in limits.items() if span >= DAY}
    shorter = {span: cap for span, cap in limits.items() if span < DAY}
    whole = budget.capacity(by_day, begins, until)
    awake = [budget.capacity(shorter, *stretch) or 0 for stretch in plans.awake(begins, until)]
    return min(number for number in (whole, sum(awake) if shorter else None) if number is not None)


def _mornings(
    meetings: Sequence[Meeting], limits: Limits, now: datetime, until: datetime, of: int | None = None
) -> Iterator[Round]:
    """A morning is one letter a person and day, so its waves overlap: who has it by the first end needs none by the next."""
    of_day: dict[date, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for meeting in meetings:
        for usual, late in meeting.plan.mornings(meeting):
            if usual < late and now < late and usual <= until:
                of_day[clock.local(usual).date()].append((usual, late, meeting.diklat_id))
    spared = _spared(meetings)
    for day, letters in sorted(of_day.items()):
        diklat_ids = frozenset(id for _, _, id in letters)
        if of is not None and of not in diklat_ids:
            continue
        usual, key = min(begins for begins, _, _ in letters), keys.morning(day)
        ends = sorted({late for _, late, _ in letters})
        waves = [(end, _left({id for _, late, id in letters if late <= end}, key, spared)) for end in ends]
        evening = clock.instant(day - DAY, EVENING)
        begins, missing = spread(waves, _earlier(usual, now, earliest=evening, step=STEP), limits, now=now)
        yield Round(MORNING, usual, begins, waves[-1][1], missing, diklat_ids)


def _hours(
    meetings: Sequence[Meeting], limits: Limits, now: datetime, until: datetime, of: int | None = None
) -> Iterator[Round]:
    """Each session has its own; what leaves before it is shared with all sessions of the same hour."""
    wanted = [m for m in meetings if m.plan.has(plans.HOUR) and plans.hour_before(m) <= until]
    left = cache(lambda m: _left({m.diklat_id}, keys.before(m, keys.HOUR), _spared([m])))
    for meeting in wanted:
        if of is not None and of != meeting.diklat_id:
            continue
        usual = plans.hour_before(meeting)
        # The same hour is shared with those that start in it, before this one or with it.
        people = sum(left(m) for m in wanted if usual < m.starts_at <= meeting.starts_at)
        earliest = min(usual, meeting.starts_at - MOST_HOURS)
        candidates = _earlier(usual, now, earliest=earliest, step=SHORT_STEP)
        begins, missing = spread([(meeting.starts_at, people)], candidates, limits, now=now)
        yield Round(plans.HOUR, usual, begins, people, missing, frozenset({meeting.diklat_id}), meeting.id)


def _earlier(usual: datetime, now: datetime, *, earliest: datetime, step: timedelta) -> Iterator[datetime]:
    """The usual time, then earlier ones by day, up to the one that is just over."""
    yield usual
    at = usual - step
    while at > max(earliest - step, now - step):
        if not plans.quiet(at):
            yield at
        at -= step


def _spared(meetings: Sequence[Meeting]) -> set[int]:
    """The diklat whose plans leave out the mailbox of who is reached elsewhere."""
    return {m.diklat_id for m in meetings if m.plan.spare_mail}


def _left(diklat_ids: set[int], key: Key, spared: set[int]) -> int:
    """How many confirmed people of these diklat, each counted once, have no such mail yet, or one that still waits."""
    by_mail = sa.or_(Enrolment.diklat_id.not_in(spared), ~elsewhere.reached()) if spared else sa.true()
    went = sa.exists().where(Message.key == key.column, Message.state.not_in([WorkState.PENDING, WorkState.CLAIMED]))
    wanted = (
        sa.select(sa.func.count(Person.id.distinct()))
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.diklat_id.in_(diklat_ids),
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            ~went,
            by_mail,
        )
    )
    return db.session().scalar(wanted) or 0
