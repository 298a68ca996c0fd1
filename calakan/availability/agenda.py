"""Weeks and months as pages show them: days in order, each with what happens on it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from calakan.kernel import clock


@dataclass(frozen=True)
class Entry:
    """One thing on a calendar. `tone` is the colour of its edge: a jenjang, or busy, draft, cancelled."""

    starts_at: datetime
    ends_at: datetime
    title: str
    under: str = ""
    address: str = ""
    tone: str = "umum"
    mark: str = ""
    mark_class: str = ""


@dataclass(frozen=True)
class Day:
    date: date
    inside: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """A week or a month with its neighbours; `first` and `last` are the days shown."""

    view: str
    chosen: date
    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        return clock.start_of(self.first)

    @property
    def ends_at(self) -> datetime:
        return clock.end_of(self.last)

    @property
    def before(self) -> date:
        if self.view == "pekan":
            return self.first - timedelta(days=7)
        return (self.chosen.replace(day=1) - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        if self.view == "pekan":
            return self.first + timedelta(days=7)
        return (self.chosen.replace(day=28) + timedelta(days=4)).replace(day=1)

    def inside(self, day: date) -> bool:
        return self.view == "pekan" or day.month == self.chosen.month


def span(view: str, day: date) -> Span:
    """The week (Monday to Sunday) of a day, or its month in whole weeks."""
    if view == "pekan":
        first = day - timedelta(days=day.weekday())
        return Span("pekan", day, first, first + timedelta(days=6))
    start = day.replace(day=1)
    end = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Span("bulan", day, start - timedelta(days=start.weekday()), end + timedelta(days=6 - end.weekday()))


def weeks(shown: Span, entries: Iterable[Entry]) -> list[list[Day]]:
    """Rows of seven days; an entry over midnight stands on each of its days."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda e: (e.starts_at, e.title)):
        day = max(clock.local(entry.starts_at).date(), shown.first)
        # The last instant of an entry is its end without the end itself: one that ends at midnight is over.
        last = min(clock.local(entry.ends_at - timedelta(microseconds=1)).date(), shown.last)
        while day <= last:
            by_day[day].append(entry)
            day += timedelta(days=1)
    count = (shown.last - shown.first).days + 1
    days = [shown.first + timedelta(days=n) for n in range(count)]
    made = [Day(day, shown.inside(day), by_day[day]) for day in days]
    return [made[n : n + 7] for n in range(0, count, 7)]
