"""What the lines about one person prove for a session: present, too short, absent, or something to look at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calakan.attendance.durations import ROUNDING
from calakan.attendance.lists import Entry, Unclear
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.attendance.statuses import Status
from calakan.attendance.stays import Stretch, least_and_most, union
from calakan.attendance.times import LONGEST_MINUTES
from calakan.diklat.models import LiveSession


class Verdict(StrEnum):
    """What becomes of a participant who was found. Only PRESENT counts."""

    PRESENT = "present"
    LIKELY = "likely"
    ALREADY = "already"
    SHORT = "short"
    LATE = "late"
    ABSENT = "absent"
    REVIEW = "review"
    TAKEN_AWAY = "taken_away"


@dataclass(frozen=True)
class Proof:
    """`minutes` inside the session, None where the lines have no times."""

    verdict: Verdict
    minutes: float | None
    unclear: Unclear | None = None


@dataclass(frozen=True)
class Rule:
    """What a list must prove. `elsewhere`: it is about another day."""

    session: LiveSession
    least: int
    proves: bool
    elsewhere: bool = False

    def in_time(self, stamp: datetime) -> bool:
        return self.session.starts_at - BEFORE_START <= stamp <= self.session.ends_at + AFTER_END

    @property
    def length(self) -> float:
        return length_of(self.session)


def length_of(session: LiveSession) -> float:
    """Minutes, at most half a day."""
    return min((session.ends_at - session.starts_at).total_seconds() / 60, LONGEST_MINUTES)


def prove(entries: Sequence[Entry], rule: Rule) -> Proof:
    """Nothing that was not understood counts; what was understood counts by itself where it suffices."""
    clear = [entry for entry in entries if entry.unclear is None]
    unclear = next((entry.unclear for entry in entries if entry.unclear is not None), None)
    low, high = bounds(clear, rule)
    shown = round(high, 1) if high is not None else None
    statuses = {entry.status for entry in clear} - {None}
    if statuses == {Status.ABSENT}:
        return Proof(Verdict.REVIEW, shown, unclear) if unclear else Proof(Verdict.ABSENT, shown)
    if Status.ABSENT in statuses:
        return Proof(Verdict.REVIEW, shown, Unclear.STATUS)
    if not clear:
        return Proof(Verdict.REVIEW, None, unclear)
    stamps = [entry.stamp for entry in clear if entry.stamp is not None]
    if high is not None and low is not None:
        if high < rule.least or not high:
            return Proof(Verdict.REVIEW, shown, unclear) if unclear else Proof(Verdict.SHORT, shown)
        if low < rule.least:
            why = Unclear.UNIT if any(entry.fewest is not None for entry in clear) else Unclear.PARTLY
            return Proof(Verdict.REVIEW, shown, unclear or why)
    if (stamps and not any(map(rule.in_time, stamps))) or (rule.elsewhere and high is None):
        return Proof(Verdict.LATE, shown)
    if rule.proves and high is None and not stamps and not statuses:
        return Proof(Verdict.REVIEW, None, Unclear.EMPTY)
    return Proof(Verdict.PRESENT, shown)


def bounds(entries: Sequence[Entry], rule: Rule) -> tuple[float | None, float | None]:
    """At least and at most so many minutes inside the session; (None, None) where nothing says."""
    stretches = [found for entry in entries if (found := stretch_of(entry, rule)) is not None]
    if rule.elsewhere and stretches and all(row.start is None for row in stretches):
        return 0.0, 0.0
    return least_and_most(stretches, rule.session.starts_at, rule.session.ends_at, length=rule.length) or (None, None)


def stretch_of(entry: Entry, rule: Rule) -> Stretch | None:
    """What a line claims of its minutes; None where it claims none. A duration without a unit is the one or the other.

    Where a line claims fewer minutes than lie between coming and leaving, somebody was away in between, and how much of
    that was inside the session is not known.
    """
    fewest = entry.minutes if entry.fewest is None else entry.fewest
    if entry.span is None:
        if entry.minutes is None or fewest is None:
            return None
        length = 0.0 if rule.elsewhere else rule.length
        return Stretch(min(fewest, length), min(entry.minutes, length))
    start, end = entry.span
    inside = union([Stretch(0, 0, start, end)], rule.session.starts_at, rule.session.ends_at)
    length = (end - start).total_seconds() / 60
    short, gap = _gap(fewest, length), _gap(entry.minutes, length)
    least = max((fewest or 0) - (length - inside), 0) if short else inside
    most = min(inside, entry.minutes or 0) if gap else inside
    return Stretch(least, most, start, end, whole=not short)


def _gap(minutes: float | None, length: float) -> bool:
    """Whether there are minutes between coming and leaving that the line does not claim."""
    return minutes is not None and minutes + ROUNDING < length
