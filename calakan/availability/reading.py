"""From a foreign calendar to busy times: bounded in number, span and time, whatever the file says."""

from __future__ import annotations

import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice, takewhile
from typing import Any

from calakan.kernel import clock

AHEAD = timedelta(days=180)
MOST_EVENTS, MOST_TIMES, MOST_STEPS = 5000, 3000, 200_000
MOST_SECONDS = 5.0
MOST_LENGTH = timedelta(days=60)
_RULES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_OF_DAYS = {"BYMONTH", "BYMONTHDAY", "BYDAY"}
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_OLDEST = 1990


class NotACalendar(Exception):
    """The file is not iCalendar."""


def busy_times(content: bytes, *, now: datetime) -> list[tuple[datetime, datetime]]:
    """Times that block, from now on, without doubles. Cancelled and transparent events do not count. Raises NotACalendar."""
    import icalendar  # 20 MB of zones and parsers, needed by the worker alone

    if not content.lstrip(b"\xef\xbb\xbf\r\n \t")[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise NotACalendar()
    try:
        book: Any = icalendar.Calendar.from_ical(content)
        events = list(book.walk("VEVENT"))[:MOST_EVENTS]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise NotACalendar() from None
    found: set[tuple[datetime, datetime]] = set()
    moved = _moved(events)
    budget, deadline = [MOST_STEPS], time.monotonic() + MOST_SECONDS
    for event in events:
        if len(found) >= MOST_TIMES or time.monotonic() > deadline:
            break
        try:
            found.update(_times(event, moved, budget, now=now))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            continue  # one event that makes no sense does not spoil the others
    return sorted(found)[:MOST_TIMES]


def _moved(events: list[Any]) -> set[tuple[str, datetime]]:
    """(uid, instant) of occurrences that have an event of their own."""
    found = set()
    for event in events:
        if "RECURRENCE-ID" in event:
            found.add((str(event.get("UID", "")), _instant(event["RECURRENCE-ID"].dt)))
    return found


def _times(
    event: Any, moved: set[tuple[str, datetime]], budget: list[int], *, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return
    start = event["DTSTART"].dt
    begins, until = _instant(start), now + AHEAD
    length = _length(event, start)
    if not timedelta(0) < length <= MOST_LENGTH or begins.year < _OLDEST:
        return
    uid, single = str(event.get("UID", "")), "RECURRENCE-ID" in event
    gone = _excluded(event)
    repeated = [begins] if single or "RRULE" not in event else _repeated(event, begins, until, budget)
    listed = [] if single else _listed(event, length)
    for at, lasts in chain(((at, length) for at in takewhile(lambda at: at < until, repeated)), listed):
        if now - lasts < at < until and at not in gone and (single or (uid, at) not in moved):
            yield at, at + lasts


def _listed(event: Any, length: timedelta) -> Iterator[tuple[datetime, timedelta]]:
    """Further dates that stand one by one (RFC 5545, 3.8.5.2): instants, or periods with a length of their own."""
    held = event.get("RDATE", [])
    for entry in (entry for part in (held if isinstance(held, list) else [held]) for entry in part.dts[:MOST_TIMES]):
        if not isinstance(entry.dt, tuple):
            yield _instant(entry.dt), length
            continue
        begins, ends = entry.dt
        lasts = ends if isinstance(ends, timedelta) else _instant(ends) - _instant(begins)
        if timedelta(0) < lasts <= MOST_LENGTH:
            yield _instant(begins), lasts


def _length(event: Any, start: date) -> timedelta:
    if "DTEND" in event:
        return _instant(event["DTEND"].dt) - _instant(start)
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return length
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _excluded(event: Any) -> set[datetime]:
    held = event.get("EXDATE", [])
    return {_instant(entry.dt) for part in (held if isinstance(held, list) else [held]) for entry in part.dts[:500]}


def _repeated(event: Any, begins: datetime, until: datetime, budget: list[int]) -> Iterator[datetime]:
    """Occurrences of the rule on the clock of its own zone; the budget is shared by the whole file."""
    from dateutil.rrule import rrulestr  # comes with icalendar

    rule = event["RRULE"]
    rule = rule[0] if isinstance(rule, list) else rule
    often = str(rule.get("FREQ", [""])[0]).upper()
    if often not in _RULES or int(rule.get("INTERVAL", [1])[0]) < 1:
        return
    start = event["DTSTART"].dt
    zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo is not None else clock.place()
    local = begins.astimezone(zone).replace(tzinfo=None)
    # UNTIL and COUNT are kept here: a rule that never comes true would otherwise be followed to the end of time.
    parts = {name: value for name, value in rule.items() if name.upper() not in ("UNTIL", "COUNT")}
    count = int(rule.get("COUNT", [MOST_STEPS])[0])
    last = rule.get("UNTIL", [None])[0]
    ends = min(until, _instant(last) if isinstance(last, datetime) else _day_after(last, until))
    if often == "DAILY" and {name.upper() for name in rule if name.upper().startswith("BY")} - _OF_DAYS:
        return
    if often == "DAILY":
        # A rule that no day fulfils would be followed to the year 9999, one day after the other.
        found = _days(rule, local, ends.astimezone(zone).replace(tzinfo=None))
        yield from (at.replace(tzinfo=zone).astimezone(UTC) for at in islice(found, max(count, 0)))
        return
    text = type(rule)(parts).to_ical().decode()
    for at in rrulestr(text, dtstart=local).replace(until=ends.astimezone(zone).replace(tzinfo=None)):
        budget[0], count = budget[0] - 1, count - 1
        if min(budget[0], count) < 0:
            return
        yield at.replace(tzinfo=zone).astimezone(UTC)


def _days(rule: Any, start: datetime, ends: datetime) -> Iterator[datetime]:
    """The days of a daily rule, on its own clock, up to the end of our horizon."""
    step = timedelta(days=int(rule.get("INTERVAL", [1])[0]))
    months, days, weekdays = (rule.get(name, []) for name in ("BYMONTH", "BYMONTHDAY", "BYDAY"))
    named = {str(day).upper()[-2:] for day in weekdays}
    at = start
    while at <= ends:
        back = at.day - monthrange(at.year, at.month)[1] - 1
        in_month = not months or at.month in map(int, months)
        if (
            in_month
            and (not days or {at.day, back} & set(map(int, days)))
            and (not named or _WEEK[at.weekday()] in named)
        ):
            yield at
        at += step


def _day_after(last: date | None, otherwise: datetime) -> datetime:
    return clock.end_of(last) if last is not None else otherwise


def _instant(value: date) -> datetime:
    """An instant in UTC; a date or a time without a zone is meant in Jakarta."""
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=clock.place())).astimezone(UTC)
    return clock.start_of(value)
