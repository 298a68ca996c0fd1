"""A link in a chat of thousands: all open the same page within two minutes, on phones that have never been here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bench import courses, load, yardstick
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan.kernel import clock, db

NAME = "share"
TITLE = "one page opened by thousands who come whether others are answered or not (open model); kept: p99 below 1 s, none refused"
VISITORS, SECONDS, LIMIT_MS = 5000, 120, 1000


def run(bench: Bench) -> Iterator[Row]:
    visitors, seconds = bench.size(VISITORS, 60), bench.size(SECONDS, 2)
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            course = courses.published("Dibagikan", starts_at=clock.now() + timedelta(days=9), quota=200)
            path = f"/diklat/{courses.slug(course)}"
            db.session().rollback()
            site.start_web()
            # Each link in a chat bears a mark of its own, as chats and campaigns add them.
            requests = [load.get(f"{path}?utm_source=wa{n % 7}", host=site.host) for n in range(visitors)]
            with yardstick.Beside(site.folder) as beside:
                answers = load.spread(site.port, requests, seconds=seconds)
        told = Counter(answer.status for answer in answers)
        if set(told) != {200}:
            raise Wrong(f"answers were {dict(told)}")
        each = [answer.seconds for answer in answers]
        p99 = load.quantile(each, 0.99)
        yield {
            "database": kind, "visitors": visitors, "in_s": seconds, "p50_ms": load.quantile(each, 0.5),
            "p95_ms": load.quantile(each, 0.95), "p99_ms": p99, "worst_ms": load.quantile(each, 1),
            "kept": "yes" if p99 < LIMIT_MS else "no", **beside.row,
        }  # fmt: skip
