"""Accounts that may be one person's, among 60,000: found by a worker, on both databases."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import chain, islice

import sqlalchemy as sa

from bench.runner import Bench, Row, Wrong
from bench.site import DATABASES, Site
from calakan.demo import district
from calakan.duplicates import finding
from calakan.duplicates.models import LikelyPair
from calakan.kernel import clock, db
from calakan.people.models import Person

NAME = "duplicates"
TITLE = "accounts that may be one person's, found among 60,000 people of whom 1 in 100 is there twice; kept: below 60 s"
PEOPLE, EACH, LIMIT_S = 60_000, 100, 60


def run(bench: Bench) -> Iterator[Row]:
    size = bench.size(PEOPLE, 2_000)
    for kind in DATABASES:
        with Site(bench.databases, kind):
            twice = _fill(size)
            started, worked = time.perf_counter(), time.process_time()
            found = finding.find(now=clock.now())
            seconds, busy = time.perf_counter() - started, time.process_time() - worked
            rows = db.session().execute(sa.select(LikelyPair.first_id, LikelyPair.second_id))
            missing = twice - {(first, second) for first, second in rows}
            if missing:
                raise Wrong(f"{len(missing)} of {len(twice)} pairs were not found")
            if seconds > LIMIT_S and not bench.small:
                raise Wrong(f"{seconds:.1f} s")
            yield {"database": kind, "people": size, "twice": len(twice), "pairs": found, "s": seconds, "cpu s": busy}


def _fill(size: int) -> set[tuple[int, int]]:
    """The pairs that there are: the same name and telephone under another address."""
    districts = chain.from_iterable(district.people_rows(random.Random(seed), clock.now()) for seed in range(10))
    people = [_another(row, at) for at, row in enumerate(islice(districts, size))]
    for at in range(EACH, size, EACH):
        people[at] |= {name: people[at - 1][name] for name in ("name", "name_key", "phone")}
    with db.transaction() as session:
        before = session.scalar(sa.select(sa.func.max(Person.id))) or 0
        district.insert_rows(Person, iter(people))
        ids = list(session.scalars(sa.select(Person.id).where(Person.id > before).order_by(Person.id)))
    return {(ids[at - 1], ids[at]) for at in range(EACH, size, EACH)}


def _another(row: dict[str, object], at: int) -> dict[str, object]:
    """A row of its own, whatever is unique."""
    own = {"email": f"guru.nomor{at}@example.org", "nip": None, "nuptk": None, "phone": f"+62812{at:08}"}
    return {**row, **own, "code": f"D{at:09}", "calendar_token": f"DUPLICATE{at:017}"}
