"""Which lines of a kept list count without a look, which at one, and of which session a line is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from calakan.attendance import batches
from calakan.attendance.lanes import Lane
from calakan.attendance.lists import Entry, Span
from calakan.attendance.models import Batch, BatchLine
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from tests import factories

GIVEN = clock.now()
AROUND = timedelta(hours=2)


def line(
    id: int, lane: str, verdict: str, *candidates: int, given: bool = False, person: int | None = None
) -> BatchLine:
    return BatchLine(
        id=id,
        lane=lane,
        verdict=verdict,
        candidates=list(candidates),
        given_at=GIVEN if given else None,
        person_id=person,
    )


def test_who_counts_without_a_look() -> None:
    rows = [
        line(1, Lane.SURE, "present", 7, person=7), line(2, Lane.LIKELY, "present", 8, person=8), line(3, Lane.SURE, "short", 9, person=9),
        line(4, Lane.SURE, "present", 5), line(5, Lane.SURE, "present", 6, person=6, given=True),
    ]  # fmt: skip
    assert batches.sure(rows) == {1: 7}


def test_whom_a_look_would_accept_at_once() -> None:
    rows = [
        line(1, Lane.LIKELY, "likely", 1), line(2, Lane.LIKELY, "present", 2), line(3, Lane.LIKELY, "likely", 3), line(4, Lane.SURE, "present", 3),
        line(5, Lane.LIKELY, "likely", 4, 5), line(6, Lane.SURE, "present", 6), line(7, Lane.LIKELY, "short", 7),
        line(8, Lane.LIKELY, "likely", 8, given=True),
    ]  # fmt: skip
    assert batches.likely(rows) == {1: 1, 2: 2}


@pytest.mark.parametrize(
    ("start", "end", "about"), [(-60, 0, False), (-60, 1, True), (59, 90, True), (60, 90, False), (0, 60, True)]
)
def test_a_line_is_of_the_session_in_which_somebody_was_there(start: int, end: int, about: bool) -> None:
    begins = factories.june()
    session = LiveSession(starts_at=begins, ends_at=begins + timedelta(hours=1))
    span = Span(begins + timedelta(minutes=start), begins + timedelta(minutes=end))
    assert batches._about(Entry(line=1, span=span), session) is about


@pytest.mark.parametrize(("seconds", "about"), [(-7201, False), (-7200, True), (10_800, True), (10_801, False)])
def test_a_stamp_is_of_the_session_around_it(seconds: int, about: bool) -> None:
    begins = factories.june()
    session = LiveSession(starts_at=begins, ends_at=begins + timedelta(hours=1))
    stamp = begins + timedelta(seconds=seconds)
    assert batches._about(Entry(line=1, stamp=stamp), session) is about
    assert batches._about(Entry(line=1), session) is False


def test_lists_of_one_diklat_the_newest_first(app: Flask) -> None:
    one, other = factories.diklat("Satu").id, factories.diklat("Dua").id
    sessions = [factories.live_session(id, factories.morning(2)).id for id in (one, other, one)]
    with db.transaction() as session:
        made = [
            Batch(live_session_id=id, file_name="x", file_hash=str(n), zone="", least_minutes=0, made_at=clock.now())
            for n, id in enumerate(sessions)
        ]
        session.add_all(made)
        session.flush()
        ids = [row.id for row in made]
    assert [row.id for row in batches.batches(one)] == [ids[2], ids[0]]
    assert [row.id for row in batches.batches(one, limit=1)] == [ids[2]]
    found = batches.batch(ids[1])
    assert found is not None
    assert (found.live_session.diklat_id, batches.batch(2**31), batches.batch(999)) == (other, None, None)
    assert batches.lines(ids[0]) == []
