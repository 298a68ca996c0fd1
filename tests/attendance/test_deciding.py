"""What the lines about one person come to, to the minute. A session of three hours, of which two are asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calakan.attendance.deciding import Proof, Rule, Verdict, bounds, length_of, prove
from calakan.attendance.doubts import Unclear
from calakan.attendance.lists import Entry, Span
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.attendance.statuses import Status
from calakan.diklat.models import LiveSession

BEGINS = datetime(2026, 3, 10, 2, tzinfo=UTC)
SESSION = LiveSession(starts_at=BEGINS, ends_at=BEGINS + timedelta(hours=3))
ENDS = SESSION.ends_at
SECOND = timedelta(seconds=1)
V = Verdict


def at(minutes: float) -> datetime:
    return BEGINS + timedelta(minutes=minutes)


def line(start: float | None = None, end: float | None = None, **values: Any) -> Entry:
    span = Span(at(start), at(end)) if start is not None and end is not None else None
    return Entry(line=1, span=span, **values)


def rule(least: int = 120, *, proves: bool = True, elsewhere: bool = False) -> Rule:
    return Rule(SESSION, least, proves, elsewhere)


@pytest.mark.parametrize(
    ("entries", "low", "high"),
    [
        ([], None, None), ([line()], None, None), ([line(0, 100)], 100, 100), ([line(-30, 30)], 30, 30),
        ([line(150, 300)], 30, 30), ([line(-60, -10)], 0, 0), ([line(200, 300)], 0, 0),
        ([line(0, 60), line(60, 90)], 90, 90), ([line(0, 60), line(30, 90)], 90, 90), ([line(30, 90), line(0, 100)], 100, 100),
        ([line(0, 10), line(50, 60)], 20, 20), ([line(minutes=50)], 50, 50), ([line(minutes=500)], 180, 180),
        ([line(minutes=50), line(minutes=70)], 70, 120), ([line(minutes=100), line(minutes=100)], 100, 180),
        ([line(minutes=50, fewest=1)], 1, 50), ([line(0, 100, minutes=99)], 100, 100),
        ([line(0, 100, minutes=90)], 90, 90), ([line(-50, 100, minutes=100)], 50, 100), ([line(-50, 100, minutes=40)], 0, 40),
        ([line(0, 100, minutes=60), line(50, 120)], 70, 120), ([line(0, 60), line(minutes=30)], 60, 90),
        ([line(0, 100, minutes=98.5)], 100, 100), ([line(0, 100, minutes=98.4)], 98.4, 98.4),
    ],
)  # fmt: skip
def test_at_least_and_at_most(entries: list[Entry], low: float | None, high: float | None) -> None:
    found = bounds(entries, rule())
    assert found == (None, None) if low is None else found == pytest.approx((low, high))


def test_durations_of_another_day_say_nothing_of_this_one() -> None:
    assert bounds([line(minutes=100)], rule(elsewhere=True)) == (0, 0)
    assert bounds([line(0, 100)], rule(elsewhere=True)) == (100, 100)


@pytest.mark.parametrize(
    ("entries", "proof"),
    [
        ([line(0, 120)], Proof(V.PRESENT, 120)), ([line(0, 119.9)], Proof(V.SHORT, 119.9)), ([line(200, 300)], Proof(V.SHORT, 0)),
        ([line(minutes=120.04)], Proof(V.PRESENT, 120)),
        ([line(minutes=150, fewest=2.5)], Proof(V.REVIEW, 150, Unclear.UNIT)),
        ([line(-100, 150, minutes=130)], Proof(V.REVIEW, 130, Unclear.PARTLY)),
        ([line(-100, 150, minutes=130), line(unclear=Unclear.TIMES)], Proof(V.REVIEW, 130, Unclear.TIMES)),
        ([line(0, 60), line(unclear=Unclear.TIMES)], Proof(V.REVIEW, 60, Unclear.TIMES)),
        ([line(0, 150), line(unclear=Unclear.TIMES)], Proof(V.PRESENT, 150)),
        ([line(unclear=Unclear.MARKS)], Proof(V.REVIEW, None, Unclear.MARKS)), ([line()], Proof(V.REVIEW, None, Unclear.EMPTY)),
        ([line(status=Status.ABSENT)], Proof(V.ABSENT, None)),
        ([line(status=Status.ABSENT), line(unclear=Unclear.TIMES)], Proof(V.REVIEW, None, Unclear.TIMES)),
        ([line(status=Status.ABSENT), line(status=Status.PRESENT)], Proof(V.REVIEW, None, Unclear.STATUS)),
        ([line(status=Status.PRESENT)], Proof(V.PRESENT, None)), ([line(0, 60, status=Status.PRESENT)], Proof(V.SHORT, 60)),
        ([line(stamp=BEGINS - BEFORE_START)], Proof(V.PRESENT, None)),
        ([line(stamp=BEGINS - BEFORE_START - SECOND)], Proof(V.LATE, None)), ([line(stamp=ENDS + AFTER_END)], Proof(V.PRESENT, None)),
        ([line(stamp=ENDS + AFTER_END + SECOND)], Proof(V.LATE, None)),
        ([line(stamp=ENDS + AFTER_END + SECOND), line(stamp=BEGINS)], Proof(V.PRESENT, None)),
        ([line(0, 150, stamp=ENDS + AFTER_END + SECOND)], Proof(V.LATE, 150)),
    ],
)  # fmt: skip
def test_what_lines_prove(entries: list[Entry], proof: Proof) -> None:
    assert prove(entries, rule()) == proof


def test_a_list_that_asks_nothing_takes_whoever_stands_on_it() -> None:
    assert prove([line()], rule(proves=False)) == Proof(V.PRESENT, None)
    assert prove([line(status=Status.PRESENT)], rule(elsewhere=True)) == Proof(V.LATE, None)
    assert prove([line(0, 1)], rule(0)) == Proof(V.PRESENT, 1)
    assert prove([line(200, 300)], rule(0)) == Proof(V.SHORT, 0)


def test_a_session_has_at_most_half_a_day() -> None:
    lengths = [length_of(LiveSession(starts_at=BEGINS, ends_at=at(minutes))) for minutes in (90, 720, 800)]
    assert lengths == [90, 720, 720]
