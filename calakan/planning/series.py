"""A series of sessions by a pattern: every Tuesday at 13.00, four times, around holidays and whatever else is planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from calakan.kernel import clock
from calakan.narasumber import queries as narasumber
from calakan.office.queries import holidays
from calakan.planning.errors import SeriesInvalid

MOST_TIMES = 20
MOST_MINUTES = 8 * 60
LOOKS_AHEAD = timedelta(days=370)

# When something is taken, and by what.
Stretch = tuple[datetime, datetime, str]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """`weekday` 0 is Monday; `at` is a time in Jakarta."""

    weekday: int
    at: time
    minutes: int
    times: int
    first: date
    skip_holidays: bool = True


@dataclass(frozen=True)
class Skipped:
    """A day of the pattern that was left out, and why: a holiday's name, a session, or being busy."""

    day: date
    why: str


@dataclass(frozen=True)
class Suggestion:
    times: list[tuple[datetime, datetime]]
    skipped: list[Skipped]


def suggest(pattern: Pattern, person_id: int, *, now: datetime) -> Suggestion:
    """The first days of the pattern on which nothing stands against it; four statements however long it looks.

    Raises SeriesInvalid.
    """
    return _find(pattern, {person_id: ""}, (), now=now)


def around(pattern: Pattern, names: Mapping[int, str], planned: Iterable[Stretch], *, now: datetime) -> Suggestion:
    """As `suggest`, around what stands against any of these people, who are named, and around what is planned beside it.

    Raises SeriesInvalid.
    """
    return _find(pattern, names, planned, now=now)


def _find(pattern: Pattern, names: Mapping[int, str], planned: Iterable[Stretch], *, now: datetime) -> Suggestion:
    _check(pattern, now=now)
    spans = [(day, *_span(pattern, day)) for day in _days(pattern)]
    free_days = holidays(spans[0][0], spans[-1][0]) if pattern.skip_holidays else {}
    taken = [*planned, *_taken(names, spans[0][1], spans[-1][2])]
    found, skipped = Suggestion([], []), []
    for day, begins, finishes in spans:
        why = free_days.get(day) or _in_the_way(taken, begins, finishes)
        if begins <= now:
            continue
        if why:
            skipped.append(Skipped(day, why))
            continue
        found.times.append((begins, finishes))
        if len(found.times) == pattern.times:
            return Suggestion(found.times, skipped)
    raise SeriesInvalid(why="none")


def _taken(names: Mapping[int, str], start: datetime, end: datetime) -> Iterator[Stretch]:
    """Between two duties lies the office's gap; a busy time of one's own ends when it says."""
    gap = narasumber.buffer()
    for person_id, times in narasumber.busy(list(names), start, end).items():
        who = f"{names[person_id]}: " if names[person_id] else ""
        for b in times:
            if b.live_session_id is None:
                yield b.starts_at, b.ends_at, f"{who}{b.title}"
            else:
                yield b.starts_at - gap, b.ends_at + gap, f"{who}sesi “{b.title}”"


def _in_the_way(taken: Iterable[Stretch], begins: datetime, finishes: datetime) -> str:
    return next((why for start, end, why in taken if start < finishes and end > begins), "")


def _days(pattern: Pattern) -> Iterable[date]:
    day = pattern.first + timedelta(days=(pattern.weekday - pattern.first.weekday()) % 7)
    last = pattern.first + LOOKS_AHEAD
    while day <= last:
        yield day
        day += timedelta(days=7)


def _span(pattern: Pattern, day: date) -> tuple[datetime, datetime]:
    begins = clock.instant(day, pattern.at)
    return begins, begins + timedelta(minutes=pattern.minutes)


def _check(pattern: Pattern, *, now: datetime) -> None:
    today = clock.local(now).date()
    if pattern.first < today:
        raise SeriesInvalid(why="past")
    if pattern.first > today + LOOKS_AHEAD:
        raise SeriesInvalid(why="far")
    if not 1 <= pattern.times <= MOST_TIMES or not 0 <= pattern.weekday <= 6:
        raise SeriesInvalid(why="times")
    if not 30 <= pattern.minutes <= MOST_MINUTES:
        raise SeriesInvalid(why="minutes")
