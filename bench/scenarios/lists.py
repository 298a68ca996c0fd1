"""A report of 3,200 lines with 200 outsiders against 3,000 enrolled: how long a look takes, and whom it takes for whom."""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bench import courses
from bench.runner import Bench, Row, Wrong
from bench.site import DATABASES, Site
from calakan.attendance import matching
from calakan.attendance.matching import Lane
from calakan.demo import district
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.text import search_key
from calakan.people.models import Person

NAME = "lists"
TITLE = "a look at a report of a meeting; kept: below 5 s and nobody taken for somebody else by itself"
ENROLLED, OUTSIDERS, LINES, SEEDS, LIMIT_S = 3000, 200, 3200, 20, 5
TIMES = "%m/%d/%Y %I:%M:%S %p"


@dataclass
class Report:
    """`truth`: line -> the enrolled person who wrote it, None for an outsider; `namesakes` bear exactly such a name."""

    content: bytes
    truth: dict[int, int | None] = field(default_factory=dict)
    namesakes: set[int] = field(default_factory=set)


def run(bench: Bench) -> Iterator[Row]:
    for kind in DATABASES:
        with Site(bench.databases, kind) as site:
            enrolled = bench.size(ENROLLED, 100)
            session_id, people = _course(site.people(enrolled))
            outsiders, lines = bench.size(OUTSIDERS, 10), bench.size(LINES, 110)
            with db.transaction() as session:
                session.execute(sa.text("ANALYZE"))  # as a database in use does by itself
            rows = [
                _look(session_id, people, seed, outsiders=outsiders, lines=lines)
                for seed in range(bench.size(SEEDS, 2))
            ]
            if any(row["wrong"] for row in rows):
                raise Wrong(f"{sum(int(str(row['wrong'])) for row in rows)} lines taken for somebody else")
            slowest, worked = (max(float(str(row[name])) for row in rows) for name in ("seconds", "worked"))
            told = {
                name: round(sum(int(str(row[name])) for row in rows) / len(rows)) for name in ("sure", "likely", "left")
            }
            namesakes = sum(int(str(row["namesakes"])) for row in rows)
            kept = "yes" if slowest < LIMIT_S else "no"
            yield {
                "database": kind, "lines": lines, "seeds": len(rows), "slowest_s": slowest,
                "most_s_of_processor": worked, "kept": kept, **told, "wrong": 0, "namesakes": namesakes,
            }  # fmt: skip


def _course(ids: Sequence[int]) -> tuple[int, list[tuple[int, str, str]]]:
    """One diklat with a session that is over; every tenth participant has a name of one word."""
    now = clock.now()
    with db.transaction() as session:
        for person in session.scalars(sa.select(Person).where(Person.id.in_(ids[::10]))):
            person.name = person.name.split()[-1]
            person.name_key = search_key(person.name)
    wanted = sa.select(Person.id, Person.name, Person.email).where(Person.id.in_(ids)).order_by(Person.id)
    people = db.session().execute(wanted).all()
    start = datetime.combine(clock.today() - timedelta(days=5), datetime.min.time(), clock.place()) + timedelta(hours=9)
    diklat_id = courses.published("Laporan ruang rapat", starts_at=start, days=1)
    with db.transaction():
        district.fill(diklat_id, [row.id for row in people], random.Random(1), now, attended=0.0)
    session_id = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id)).one()
    return session_id, [(row.id, row.name, row.email) for row in people]


def report(
    people: Sequence[tuple[int, str, str]], start: datetime, chance: random.Random, *, outsiders: int, lines: int
) -> Report:
    """As a meeting program writes it: names with schools, devices, titles, in capitals, in part; half without address."""
    made, out = Report(b""), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["Name (original name)", "Email", "Join time", "Leave time", "Duration (minutes)", "In waiting room"]
    )
    keys = {search_key(name) for _, name, _ in people}
    words = sorted({word for _, name, _ in people for word in name.split()})
    who: list[tuple[int | None, str, str]] = [
        (id, name, email if chance.random() < 0.5 else "")
        for id, name, email in chance.choices(people, k=lines - outsiders)
    ]
    who += [(None, " ".join(chance.sample(words, chance.choice((1, 2, 2, 3)))), "") for _ in range(outsiders)]
    chance.shuffle(who)
    for line, (id, name, email) in enumerate(who, start=2):
        made.truth[line] = id
        shown = _written(name, chance)
        if id is None and any(part.key in keys for part in matching.written_names.parts(shown)):
            made.namesakes.add(line)
        begin = start + timedelta(minutes=chance.randint(-10, 20))
        end = begin + timedelta(minutes=chance.randint(100, 190))
        minutes = int((end - begin).total_seconds() // 60)
        writer.writerow([shown, email, f"{begin:{TIMES}}", f"{end:{TIMES}}", minutes, "No"])
    made.content = out.getvalue().encode()
    return made


def _written(name: str, chance: random.Random) -> str:
    words = name.split()
    return chance.choice(
        [
            name, name, name, name.upper(), f"{name}, S.Pd.", f"{name}_SDN {chance.randint(1, 9)} Contoh",
            f"{chance.randint(1, 40)}_{name}", f"iPhone ({name})", f"{chance.choice(words)}", ", ".join(reversed(words)),
            f"Bu {words[0]}", f"Galaxy A{chance.randint(10, 99)}", f"{words[0]} {words[-1][:1]}.",
        ]
    )  # fmt: skip


def _look(session_id: int, people: Sequence[tuple[int, str, str]], seed: int, *, outsiders: int, lines: int) -> Row:
    session = db.session().get_one(LiveSession, session_id)
    made = report(people, clock.local(session.starts_at), random.Random(seed), outsiders=outsiders, lines=lines)
    begin, worked = time.perf_counter(), time.process_time()
    plan = matching.plan(session, made.content)
    seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    sure = [(line, row.participant.person_id) for row in plan.found if row.lane is Lane.SURE for line in row.lines]
    others = [line for line, person in sure if made.truth[line] != person]
    return {
        "seconds": round(seconds, 2),
        "worked": round(worked, 2),
        "sure": len(sure),
        "likely": sum(len(row.lines) for row in plan.found if row.lane is Lane.LIKELY),
        "left": sum(len(row.lines) for row in plan.left),
        "namesakes": sum(1 for line in others if line in made.namesakes),
        "wrong": sum(1 for line in others if line not in made.namesakes),
    }
