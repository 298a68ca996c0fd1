"""The page that a QR opens, and somebody who counts off the numbers of certificates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan.certificates import tasks
from calakan.certificates.models import Certificate
from calakan.diklat.services import states
from calakan.kernel import clock, db

NAME = "checks"
TITLE = (
    "/s/<code> over HTTP, 8 connections, two web processes; everybody checks another paper from an address of his own"
)
CONNECTIONS, WORKERS = 8, 2
PAPERS = 200
GUESSES = 30
"""So many numbers are answered to one network, and those that are under way just then."""


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind, web_workers=WORKERS, trusted_proxies=1, sign_ups_per_hour=GUESSES) as site:
            codes = _issued(site, bench.size(PAPERS, 5))
            site.start_web()
            checks = [_check(site, codes[n % len(codes)], n) for n in range(bench.size(3000, 40))]
            load.send(site.port, checks[: 4 * CONNECTIONS], connections=CONNECTIONS)
            found = _measured(site, checks)
            if found["found"] != len(checks):
                raise Wrong(f"{found} of {len(checks)} checks")
            yield {"asks": "everybody", "database": kind, **found}
            guessing = _measured(site, [_guess(site, n) for n in range(bench.size(3000, 100))])
            if not GUESSES <= guessing["unknown"] < GUESSES + CONNECTIONS or guessing["found"]:
                raise Wrong(f"{guessing} of one who guesses")
            yield {"asks": "one who guesses", "database": kind, **guessing}


def _issued(site: Site, count: int) -> Sequence[str]:
    course = courses.published("Terbit", starts_at=clock.now() - timedelta(days=30))
    courses.enrol(course, site.people(count))
    with db.transaction():
        states.close(course, actor=courses.ACTOR, now=clock.now())
    tasks.issue_due(site.settings)
    return db.session().scalars(sa.select(Certificate.code)).all()


def _check(site: Site, code: str, sender: int) -> bytes:
    return load.get(f"/s/{code}", host=site.host, sender=f"10.{sender >> 16}.{sender >> 8 & 255}.{sender & 255}")


def _guess(site: Site, number: int) -> bytes:
    return load.get(f"/periksa?no=400.3.4/{5000 + number}/BC/XI/2026", host=site.host, sender="10.0.0.1")


def _measured(site: Site, requests: Sequence[bytes]) -> dict[str, float]:
    run = load.send(site.port, requests, connections=CONNECTIONS)
    statuses = Counter(answer.status for answer in run.answers)
    return {
        "requests_per_s": run.per_second,
        "p50_ms": run.milliseconds(0.5),
        "p95_ms": run.milliseconds(0.95),
        "found": statuses[200],
        "unknown": statuses[404],
        "asked_to_wait": statuses[429],
    }
