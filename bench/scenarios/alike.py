"""Whether the time of an answer tells who has an account: asked for known and unknown addresses, one after the other."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bench.browser import Browser
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan.kernel import db
from calakan.people.models import Person

NAME = "alike"
TITLE = "a new password and a sign-up asked for known and unknown addresses, in turn; kept: they cannot be told apart (p > 0.01)"
SAMPLES, LEAST_P = 200, 0.01
DOORS = {
    "reset": ("/akun/lupa-sandi", {}),
    "sign_up": ("/akun/daftar", {"name": "Guru Baru", "password": "jambu kuning di kebun belakang", "notice": "y"}),
}


def run(bench: Bench) -> Iterator[Row]:
    samples = bench.size(SAMPLES, 10)
    for kind in bench.kinds:
        with Site(bench.databases, kind, sign_ups_per_hour=10_000) as site:
            ids = site.people(samples)
            wanted = sa.select(Person.email).where(Person.id.in_(ids)).order_by(Person.id)
            known = db.session().scalars(wanted).all()
            db.session().rollback()
            site.start_web()
            for door, (path, typed) in DOORS.items():
                yield {"database": kind, "door": door, "samples": samples, **_told(site, path, typed, known)}


def _told(site: Site, path: str, typed: dict[str, str], known: Sequence[str]) -> Row:
    """Known and unknown by turns, so that whatever the machine does meets both."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for number, email in enumerate([*known[:3], *known]):
        for held in (True, False) if number % 2 else (False, True):
            visitor = Browser(site.port)
            address = email if held else f"tiada{number}@example.org"
            answer = visitor.post(path, visitor.get(path), **typed, email=address)
            answers.add((answer.status, answer.location))
            if number >= 3:  # the first ones warm the processes
                seconds[held].append(answer.seconds)
    if len(answers) != 1 or next(iter(answers))[0] not in (200, 302, 303):
        raise Wrong(f"the answers themselves differ, or refuse: {answers}")
    p = alike(seconds[True], seconds[False])
    return {
        "known_p50_ms": round(1000 * statistics.median(seconds[True]), 2),
        "unknown_p50_ms": round(1000 * statistics.median(seconds[False]), 2),
        "p": round(p, 3),
        "kept": "yes" if p > LEAST_P else "no",
    }


def alike(first: Sequence[float], second: Sequence[float]) -> float:
    """The chance that two samples of one distribution lie as far apart as these (Mann and Whitney, two-sided, normal)."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(1 for _, which in ranked[at:end] if which == 0)
        at = end
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(u - n * m / 2) / spread / math.sqrt(2))
