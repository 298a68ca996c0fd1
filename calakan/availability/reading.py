"""From a foreign calendar to busy times: bounded in number, span and time, whatever the file says."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as daytime
from itertools import chain
from operator import itemgetter
from typing import Any

from calakan.kernel import clock

AHEAD = timedelta(days=180)
MOST_TIMES, MOST_STEPS = 3000, 200_000
MOST_SECONDS = 5.0
MOST_LENGTH = timedelta(days=60)
_OLDEST = 1990
_STEPS = {
    "SECONDLY": timedelta(seconds=1), "MINUTELY": timedelta(minutes=1), "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1), "MONTHLY": None, "YEARLY": None,
}  # fmt: skip
# Between two occurrences dateutil looks at no clock. Under these conditions it could look for hours, for one that never comes.
_SLOW = {
    "SECONDLY": ("BY",), "MINUTELY": ("BY",), "HOURLY": ("BYMINUTE", "BYSECOND", "BYSETPOS"),
}  # fmt: skip
MOST_LETTERS, MOST_POSITIONS = 500, 10  # of a rule
# Outlook's own word for how an entry blocks; elsewhere still means that somebody may be asked.
_FREE = ("FREE", "WORKINGELSEWHERE")
# A rule that never comes true is followed to the year 9999. The calendar repeats itself each 400 years, to the day of the week:
# asked late in that time, the same rule ends soon.
_LATE = timedelta(days=146_097 * 19)


_BOUNDS = re.compile(rb"^(BEGIN|END):([A-Z0-9-]+)[ \t]*\r?$", re.MULTILINE)


class NotACalendar(Exception):
    """The file is not iCalendar; `why` is one word for the page, as of FetchFailed."""

    why = "content"


class TooMuch(NotACalendar):
    """It repeats so often that not all of it could be read; a part would let somebody seem free who is not."""

    why = "often"


@dataclass
class Budget:
    """What a whole file may cost: steps, one for each thing that it lists or repeats, and seconds."""

    steps: int = MOST_STEPS
    deadline: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)

    def spend(self) -> None:
        """Raises TooMuch."""
        self.steps -= 1
        if self.steps < 0 or time.monotonic() > self.deadline:
            raise TooMuch()

    def spent_on(self, listed: Iterable[Any]) -> Iterator[Any]:
        """The same, a step for each. Raises TooMuch."""
        for one in listed:
            self.spend()
            yield one


def busy_times(content: bytes, *, now: datetime) -> list[tuple[datetime, datetime]]:
    """Times that block, from now on, without doubles; a file may hold several calendars. What is cancelled, transparent or
    free does not count. Raises NotACalendar, TooMuch.
    """
    import icalendar  # 20 MB of zones and parsers, and from outside: only the process of this package reads it

    content = content.lstrip(b"\xef\xbb\xbf\r\n \t")
    if not content[:15].upper().startswith(b"BEGIN:VCALENDAR") or not _whole(content):
        raise NotACalendar()
    try:
        books: list[Any] = icalendar.Calendar.from_ical(content, multiple=True)
        zoned = [(book, _zone(book)) for book in books]
        events = [Event(one, zone) for book, zone in zoned for one in book.walk("VEVENT")]
        spans = [Event(one, zone) for book, zone in zoned for one in book.walk("VFREEBUSY")]
        changes, budget = Changes(events), Budget()
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
        raise NotACalendar() from None
    found: set[tuple[datetime, datetime]] = set()
    busy = (_times(one, changes, budget, now=now) for one in events)
    for times in chain(busy, (_free_busy(one, budget, now=now) for one in spans)):
        budget.spend()
        with suppress(ValueError, TypeError, LookupError, AttributeError, OverflowError):
            found.update(times)  # one event that makes no sense does not spoil the others
        if len(found) > MOST_TIMES:
            raise TooMuch()
    return sorted(found)


def _whole(content: bytes) -> bool:
    """Whether all that begins ends: the library passes over what was cut off, and its owner would seem free."""
    held = list[bytes]()
    for mark in _BOUNDS.finditer(content.upper()):
        if mark[1] == b"BEGIN":
            held.append(mark[2])
        elif not held or held.pop() != mark[2]:
            return False
    return not held


def _zone(book: Any) -> tzinfo | None:
    """The zone that a calendar says it is meant in (X-WR-TIMEZONE), by its name in the IANA list or in Windows."""
    from icalendar.timezone import tzp  # late, as above

    named = str(book.get("X-WR-TIMEZONE", "")).strip()
    found: tzinfo | None = tzp.timezone(named) if named else None
    return found


@dataclass
class Event:
    """A component of a calendar, and the zone of its calendar."""

    held: Any
    declared: tzinfo | None

    @property
    def uid(self) -> str:
        return str(self.held.get("UID", ""))

    @property
    def blocks(self) -> bool:
        said = {
            name: str(self.held.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
        }
        free = said["X-MICROSOFT-CDO-BUSYSTATUS"] in _FREE
        return said["STATUS"] != "CANCELLED" and said["TRANSP"] != "TRANSPARENT" and not free

    @property
    def place(self) -> tzinfo:
        """Where a time without a zone is meant."""
        return self.declared or clock.place()

    @property
    def clock(self) -> tzinfo:
        """On whose clock it repeats; instants of a calendar that names its zone repeat on that."""
        start = self.held["DTSTART"].dt
        zone = start.tzinfo if isinstance(start, datetime) else None
        return (
            self.place if zone is None or (self.declared is not None and zone.utcoffset(None) == timedelta(0)) else zone
        )

    def instant(self, value: date) -> datetime:
        """An instant in UTC."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, daytime())
        return (value if value.tzinfo is not None else value.replace(tzinfo=self.place)).astimezone(UTC)

    @property
    def begins(self) -> datetime:
        return self.instant(self.held["DTSTART"].dt)

    @property
    def length(self) -> timedelta:
        if "DTEND" in self.held:
            return self.instant(self.held["DTEND"].dt) - self.begins
        if "DURATION" in self.held:
            length: timedelta = self.held["DURATION"].dt
            return length
        return timedelta(0) if isinstance(self.held["DTSTART"].dt, datetime) else timedelta(days=1)

    def all_of(self, name: str) -> list[Any]:
        """Every property of this name."""
        found = self.held.get(name, [])
        return found if isinstance(found, list) else [found]


class Moments:
    """Occurrences that are named by an instant or, all of a day, by a date on the clock of their event."""

    def __init__(self, event: Event, values: Iterable[date], budget: Budget) -> None:
        self._event, self._named = event, list(budget.spent_on(values))
        self._instants = {event.instant(value) for value in self._named if isinstance(value, datetime)}
        self._days = {value for value in self._named if not isinstance(value, datetime)}

    def __contains__(self, at: datetime) -> bool:
        return at in self._instants or at.astimezone(self._event.clock).date() in self._days


class Changes:
    """Occurrences that have an event of their own, and what such an event says of all that follow it."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._own: dict[str, list[date]] = defaultdict(list)
        self._following: dict[str, list[tuple[datetime, Event]]] = defaultdict(list)
        for event in events:
            if (named := event.held.get("RECURRENCE-ID")) is None:
                continue
            self._own[event.uid].append(named.dt)
            if str(named.params.get("RANGE", "")).upper() == "THISANDFUTURE":
                self._following[event.uid].append((event.instant(named.dt), event))
        for held in self._following.values():
            held.sort(key=itemgetter(0))

    def own(self, event: Event, budget: Budget) -> Moments:
        return Moments(event, self._own.get(event.uid, ()), budget)

    def of(self, event: Event, at: datetime, length: timedelta) -> tuple[datetime, timedelta] | None:
        """When this occurrence takes place by the newest such event before it; None if it does not block any more."""
        following = self._following.get(event.uid, [])
        before = bisect_right(following, at, key=itemgetter(0))
        if not before:
            return at, length
        named, other = following[before - 1]
        if not other.blocks:
            return None
        away = other.begins.astimezone(event.clock).replace(tzinfo=None) - named.astimezone(event.clock).replace(
            tzinfo=None
        )
        moved = at.astimezone(event.clock).replace(tzinfo=None) + away
        return moved.replace(tzinfo=event.clock).astimezone(UTC), other.length


def _times(event: Event, changes: Changes, budget: Budget, *, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    single = "RECURRENCE-ID" in event.held
    begins, length, until = event.begins, event.length, now + AHEAD
    if not event.blocks or not timedelta(0) < length <= MOST_LENGTH or begins.year < _OLDEST:
        return
    gone = Moments(event, (entry.dt for part in event.all_of("EXDATE") for entry in part.dts), budget)
    repeated: Iterator[datetime] = iter([begins])
    listed: Iterator[tuple[datetime, timedelta]] = iter(())
    own = Moments(event, (), budget)
    if not single:
        rules = event.all_of("RRULE")
        repeated = (
            chain.from_iterable(_repeated(event, rule, now - length, until, budget) for rule in rules)
            if rules
            else repeated
        )
        listed, own = _listed(event, length, budget), changes.own(event, budget)
    for at, lasts in chain(((at, length) for at in repeated), listed):
        if at in gone or at in own:
            continue
        moved = (at, lasts) if single else changes.of(event, at, lasts)
        if moved is not None and now - moved[1] < moved[0] < until and timedelta(0) < moved[1] <= MOST_LENGTH:
            yield moved[0], moved[0] + moved[1]


def _listed(event: Event, length: timedelta, budget: Budget) -> Iterator[tuple[datetime, timedelta]]:
    """Further dates that stand one by one (RFC 5545, 3.8.5.2): instants, or periods with a length of their own."""
    for entry in budget.spent_on(entry for part in event.all_of("RDATE") for entry in part.dts):
        if not isinstance(entry.dt, tuple):
            yield event.instant(entry.dt), length
            continue
        begins, lasts = _period(event, entry.dt)
        yield begins, lasts


def _period(event: Event, held: tuple[datetime, datetime | timedelta]) -> tuple[datetime, timedelta]:
    begins, ends = held
    return event.instant(begins), ends if isinstance(ends, timedelta) else event.instant(ends) - event.instant(begins)


def _free_busy(event: Event, budget: Budget, *, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What a VFREEBUSY tells (RFC 5545, 3.6.4): all but what it says is free."""
    for entry in budget.spent_on(event.all_of("FREEBUSY")):
        if str(entry.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        begins, lasts = _period(event, entry.dt)
        if timedelta(0) < lasts <= AHEAD and now - lasts < begins < now + AHEAD:
            yield begins, begins + lasts


def _repeated(event: Event, rule: Any, since: datetime, until: datetime, budget: Budget) -> Iterator[datetime]:
    """Occurrences of the rule on the clock of its event, from about `since` up to `until`. Raises TooMuch."""
    from dateutil.rrule import rrulestr  # comes with icalendar

    budget.spend()  # a rule of which nothing comes has its price too
    often, every = str(rule.get("FREQ", [""])[0]).upper(), int(rule.get("INTERVAL", [1])[0])
    if often not in _STEPS or every < 1:
        raise ValueError("a rule that says nothing")
    local = event.begins.astimezone(event.clock).replace(tzinfo=None)
    last = rule.get("UNTIL", [None])[0]
    if last is not None:
        until = min(until, event.instant(last if isinstance(last, datetime) else last + timedelta(days=1)))
    ends = until.astimezone(event.clock).replace(tzinfo=None)
    count = int(rule["COUNT"][0]) if "COUNT" in rule else MOST_STEPS
    step = _STEPS[often]
    if step is not None and ("COUNT" not in rule or not any(name.upper().startswith("BY") for name in rule)):
        # Whole steps that are long over are left out; without a condition each of them came true.
        over = since.astimezone(event.clock).replace(tzinfo=None) - local
        skipped = max(over // (step * every), 0)
        local += skipped * step * every
        count -= skipped if "COUNT" in rule else 0
    # UNTIL and COUNT are kept here, because dateutil asks for both only of what comes true.
    parts = {name: value for name, value in rule.items() if name.upper() not in ("UNTIL", "COUNT")}
    found = rrulestr(_bounded(often, type(rule)(parts)), dtstart=local + _LATE)
    for at in found.replace(until=ends + _LATE):
        budget.spend()
        count -= 1
        if count < 0:
            return
        yield (at - _LATE).replace(tzinfo=event.clock).astimezone(UTC)


def _bounded(often: str, rule: Any) -> str:
    """The rule as text, if dateutil will not look long for what it means. Raises TooMuch."""
    text: str = rule.to_ical().decode()
    slow = any(name.upper().startswith(_SLOW.get(often, ())) for name in rule)
    if slow or len(text) > MOST_LETTERS or len(rule.get("BYSETPOS", ())) > MOST_POSITIONS:
        raise TooMuch()
    return text
