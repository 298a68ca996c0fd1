"""Whatever happens in whatever order, no share is oversold and no seat left that somebody may have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from calakan.diklat.models import SeatBy
from calakan.enrolment import queries, tasks
from calakan.kernel import clock, db
from calakan.people.models import Jenjang
from calakan.promises import invariants
from tests import factories
from tests.enrolment.seating import change, join, leave, schools

PROMISES = ("oversold", "share-oversold", "seat-left")


def broken_seats() -> list[str]:
    db.session().rollback()
    return [line for name in PROMISES for line in invariants.RULES[name]()]


def rules(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Random rules of two schools and two levels."""
    while True:
        by = chance.choice([None, SeatBy.SCHOOL, SeatBy.JENJANG])
        named = by is SeatBy.JENJANG and chance.random() < 0.6
        limits = {"sd": chance.randint(1, 2), "smp": chance.randint(1, 2)} if named else {"": chance.randint(1, 3)}
        quota = chance.choice([None, 4, 5, 6])
        yield {
            "seat_by": by, "seat_limits": limits, "quota": quota, "newcomers_first": chance.random() < 0.3,
            "seat_release_days": chance.choice([None, None, 2]),
        }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_never_over_a_share_and_never_a_free_seat_for_somebody_who_may_have_it(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    rule, places = rules(chance), schools(3)
    course = factories.diklat(days=6, **next(rule)).id
    people = [
        factories.person(
            f"Guru {n}", school_id=chance.choice(places), jenjang=chance.choice([Jenjang.SD, Jenjang.SMP, Jenjang.SMA])
        ).id
        for n in range(10)
    ]
    start: datetime = clock.now()
    for step in range(40):
        person, act = chance.choice(people), chance.random()
        with time_machine.travel(start + timedelta(hours=3 * step), tick=False):
            if act < 0.55:
                join(course, person)
            elif act < 0.85 and queries.enrolment(course, person) is not None:
                leave(course, person)
            elif act < 0.95:
                change(course, keep_seated=True, **next(rule))
            tasks.repair_seats(app.extensions["calakan.settings"])
            assert broken_seats() == [], f"seed {seed}, step {step}"
