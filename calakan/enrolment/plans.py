"""The reminder plan of a diklat: which moments, at what hour of the morning, and when each of them falls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from calakan.kernel import clock
from calakan.notifications.night import QUIET_FROM as QUIET_FROM
from calakan.notifications.night import QUIET_UNTIL as QUIET_UNTIL
from calakan.notifications.night import quiet as quiet
from calakan.notifications.night import waking as waking

HOUR, TEN, CODE, SURVEY, DEADLINE = "h1", "m10", "code", "survey", "deadline"
SAME_DAY = "d0"
FURTHEST = 30  # days ahead
MORNING = time(7)
PRESETS: dict[str, tuple[str, ...]] = {
    "ringkas": ("d1", HOUR),
    "lengkap": ("d7", "d3", "d1", HOUR, TEN, CODE, SURVEY, DEADLINE),
    "hemat": ("d1",),
}
USUAL = PRESETS["ringkas"]


class Meeting(Protocol):
    """What a plan needs to know of a live session."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def local_date(self) -> date: ...


@dataclass(frozen=True)
class Plan:
    """`moments` are `d7` (seven days before, in the morning), `h1` (an hour before), `code` and `survey` (afterwards).

    `m10` is ten minutes before, on telephones alone: a mail that late is read afterwards.
    `d0` is the morning of the day itself: one letter for all its sessions, instead of one an hour before each.
    `deadline` is the morning before something closes that is still open for a person; the room that knows what closes
    asks `eve` when that is.
    """

    moments: tuple[str, ...] = USUAL
    morning: time = MORNING
    note: str = ""
    spare_mail: bool = False  # who is reached by another channel gets reminders there alone

    @property
    def days(self) -> list[int]:
        """Days before a session on which a reminder leaves, the furthest first."""
        return sorted({int(m[1:]) for m in self.moments if m[0] == "d" and m[1:].isdigit()}, reverse=True)

    def has(self, moment: str) -> bool:
        return moment in self.moments

    def mornings(self, session: Meeting) -> list[tuple[datetime, datetime]]:
        """(due, until) of each morning. A late one is sent until that evening, and never once the session has begun."""
        found = []
        for days in self.days:
            day = session.local_date - timedelta(days=days)
            due, until = clock.instant(day, self.morning), clock.instant(day, QUIET_FROM)
            if self.has(HOUR):
                until = min(until, hour_before(session))
            found.append((due, min(until, session.starts_at)))
        return found

    def eve(self, deadline: datetime) -> tuple[datetime, datetime]:
        """(due, until) of the morning of the day before a deadline."""
        day = clock.local(deadline).date() - timedelta(days=1)
        return clock.instant(day, self.morning), clock.instant(day, QUIET_FROM)

    def rounds(self, session: Meeting) -> Iterator[tuple[str, datetime]]:
        """(moment, due) of all that lies before the session."""
        for days, (due, until) in zip(self.days, self.mornings(session), strict=True):
            if due < until:
                yield f"d{days}", due
        if self.has(HOUR):
            yield HOUR, hour_before(session)
        if self.has(TEN) and not quiet(ten_before(session)):
            yield TEN, ten_before(session)


def hour_before(session: Meeting) -> datetime:
    """An hour before, but awake: an early session is announced at five, a late one before nine in the evening."""
    due = session.starts_at - timedelta(hours=1)
    after = waking(due)
    if after < session.starts_at:
        return after
    evening = clock.local(due).date() - timedelta(days=1 if clock.local(due).time() < QUIET_UNTIL else 0)
    return clock.instant(evening, QUIET_FROM) - timedelta(minutes=15)


def ten_before(session: Meeting) -> datetime:
    return session.starts_at - timedelta(minutes=10)


def awake(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches between two instants in which messages may leave."""
    at = waking(begin)
    while at < end:
        night = clock.instant(clock.local(at).date(), QUIET_FROM)
        yield at, min(night, end)
        at = waking(night)


def merged(moments: Iterable[str]) -> tuple[str, ...]:
    """One letter in the morning for all sessions of a day, instead of one an hour before each."""
    return normal(SAME_DAY if moment == HOUR else moment for moment in moments)


def normal(moments: Iterable[str]) -> tuple[str, ...]:
    """Each known moment once, in order of time; unknown ones are left out."""
    given = set(moments)
    days = [f"d{n}" for n in range(FURTHEST, -1, -1) if f"d{n}" in given]
    return (*days, *(m for m in (HOUR, TEN, CODE, SURVEY, DEADLINE) if m in given))
