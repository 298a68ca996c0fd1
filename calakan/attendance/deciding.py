"""What the lines about one person prove for a session: present, too short, absent, or something to look at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from calakan.attendance.durations import ROUNDING
from calakan.attendance.lists import Entry, Unclear
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.attendance.statuses import Status
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
    in_time = [at for at in stamps if rule.session.starts_at - BEFORE_START <= at <= rule.session.ends_at + AFTER_END]
    if high is not None and low is not None:
        if high < rule.least or not high:
            return Proof(Verdict.REVIEW, shown, unclear) if unclear else Proof(Verdict.SHORT, shown)
        if low < rule.least:
            why = Unclear.UNIT if any(entry.fewest is not None for entry in clear) else Unclear.PARTLY
            return Proof(Verdict.REVIEW, shown, unclear or why)
    if (stamps and not in_time) or (rule.elsewhere and high is None):
        return Proof(Verdict.LATE, shown)
    if rule.proves and high is None and not stamps and not statuses:
        return Proof(Verdict.REVIEW, None, Unclear.EMPTY)
    return Proof(Verdict.PRESENT, shown)


def bounds(entries: Sequence[Entry], rule: Rule) -> tuple[float | None, float | None]:
    """At least and at most so many minutes inside the session; (None, None) where nothing says.

    A duration without a unit is the one or the other. The union of all spans, since two devices are still one person. Where a line claims fewer minutes than lie between
    coming and leaving, somebody was away in between, and how much of that was inside the session is not known.
    """
    fewest = [entry if entry.fewest is None else replace(entry, minutes=entry.fewest) for entry in entries]
    return _bounds(fewest, rule)[0], _bounds(entries, rule)[1]


def _bounds(entries: Sequence[Entry], rule: Rule) -> tuple[float | None, float | None]:
    spans = [entry for entry in entries if entry.span is not None]
    totals = [entry.minutes for entry in entries if entry.span is None and entry.minutes is not None]
    if not spans and not totals:
        return None, None
    if rule.elsewhere and not spans:
        return 0.0, 0.0
    whole = [entry for entry in spans if not _gap(entry)]
    lows, highs = [_union(whole, rule)], 0.0
    for entry in spans:
        inside = _union([entry], rule)
        highs += min(inside, entry.minutes or 0) if _gap(entry) else inside
        if _gap(entry):
            lows.append(max((entry.minutes or 0) - (_length(entry) - inside), 0))
    high = min(_union(spans, rule), highs) if spans else 0.0
    lows += [min(total, rule.length) for total in totals]
    return max(lows), min(high + sum(totals), rule.length)


def _length(entry: Entry) -> float:
    assert entry.span is not None
    return (entry.span.end - entry.span.start).total_seconds() / 60


def _gap(entry: Entry) -> float:
    """Minutes between coming and leaving that the line does not claim."""
    if entry.minutes is None or entry.minutes + ROUNDING >= _length(entry):
        return 0.0
    return _length(entry) - entry.minutes


def _union(entries: Sequence[Entry], rule: Rule) -> float:
    spans = sorted(
        (max(entry.span.start, rule.session.starts_at), min(entry.span.end, rule.session.ends_at))
        for entry in entries
        if entry.span is not None
    )
    total, until = timedelta(), rule.session.starts_at
    for start, end in spans:
        start = max(start, until)
        if end > start:
            total += end - start
            until = end
    return total.total_seconds() / 60
