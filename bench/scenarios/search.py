"""People and schools found by what somebody types, among 60,000 people: the two statements of a page of the list."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

import sqlalchemy as sa

from bench import load, participations
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, DATABASES, Site
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.people import queries, sought
from calakan.people.models import Person, School
from calakan.web import paging

NAME = "search"
TITLE = "people and schools found by what is typed, among 60,000 people; kept: 95 of 100 within 50 ms"
PEOPLE, ASKED, LIMIT_MS = 60_000, 200, 50


def run(bench: Bench) -> Iterator[Row]:
    size, asked = bench.size(PEOPLE, 600), bench.size(ASKED, 10)
    for kind in DATABASES:
        with Site(bench.databases, kind):
            _fill(size)
            chance = random.Random(3)
            names = db.session().execute(sa.select(Person.name_key, Person.email).order_by(Person.id)).all()
            schools = db.session().scalars(sa.select(School.search_key).order_by(School.id)).all()
            some = [chance.choice(names) for _ in range(asked)]
            ways: dict[str, tuple[Callable[[str], int], Sequence[str]]] = {
                "a whole name": (_people, [name for name, _ in some]),
                "a first name": (_people, [name.split()[0] for name, _ in some]),
                "the beginning of a name": (_people, [name[: chance.randint(3, 6)] for name, _ in some]),
                "an address": (_people, [email for _, email in some]),
                "nobody's name": (_nobody, [f"zzyx{n}" for n in range(asked)]),
                "a school": (_schools, [chance.choice(schools) for _ in range(asked)]),
                "words of a school": (_schools, [_words(chance, chance.choice(schools)) for _ in range(asked)]),
            }
            for what, (way, words) in ways.items():
                yield {"database": kind, "people": size, "by": what, **_measured(way, words, small=bench.small)}


def _fill(size: int) -> None:
    """As many districts as it takes."""
    rows = chain.from_iterable(district.people_rows(random.Random(seed), clock.now()) for seed in range(10))
    people = [
        {
            **row, "email": f"{str(row['name_key']).replace(' ', '.')}.{at}@example.org", "nip": None, "nuptk": None,
            "phone": f"+62812{at:08}", "code": f"D{at:09}", "calendar_token": f"SEARCHED{at:018}",
        }
        for at, row in enumerate(islice(rows, size))
    ]  # fmt: skip
    with db.transaction():
        district.insert_rows(Person, iter(people))
        sought.rebuild()
    participations.settle()


def _words(chance: random.Random, name: str) -> str:
    words = name.split()
    return " ".join(chance.sample(words, min(2, len(words))))


def _people(words: str) -> int:
    return paging.page(queries.people(visible_to_actor=ACTOR, words=words), number=1).total


def _nobody(words: str) -> int:
    return 1 - _people(words)


def _schools(words: str) -> int:
    return len(queries.search_schools(words))


def _measured(way: Callable[[str], int], words: Sequence[str], *, small: bool) -> Row:
    way(words[0])
    seconds = []
    for text in words:
        db.session().rollback()
        begin = time.perf_counter()
        found = way(text)
        seconds.append(time.perf_counter() - begin)
        if not found:
            raise Wrong(f"nothing for {text}")
    row = {"p50_ms": load.quantile(seconds, 0.5), "p95_ms": load.quantile(seconds, 0.95)}
    if row["p95_ms"] > LIMIT_MS and not small:
        return {**row, "kept": "no"}
    return {**row, "kept": "yes"}
