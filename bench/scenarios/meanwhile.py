"""Panitia at work while a crowd enrols and looks around: what their pages take alone, and beside the crowd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bench import courses, load, yardstick
from bench.runner import Bench, Row, Wrong
from bench.site import Site, Visitor
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import PersonRole

NAME = "meanwhile"
TITLE = "panitia look through their pages, one in half a second, alone and while people enrol and look around (open model); kept: p95 below 1 s"
PEOPLE, SECONDS, LIMIT_MS = 1200, 60, 1000
A_SECOND = 2  # pages of panitia


def run(bench: Bench) -> Iterator[Row]:
    people, seconds = bench.size(PEOPLE, 24), bench.size(SECONDS, 2)
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            now = clock.now()
            ids = [courses.published(f"Kelas {n}", starts_at=now + timedelta(days=5 + n)) for n in range(12)]
            everybody = site.people(people + 1)
            courses.enrol(ids[0], everybody[1 : people // 2])
            with db.transaction() as session:
                session.add(PersonRole(person_id=everybody[0], role=Role.PANITIA))
            desk, *crowd = site.visitors(everybody)
            slugs = [courses.slug(id) for id in ids]
            db.session().rollback()
            site.start_web()
            work = [load.get(path, host=site.host, cookie=desk.cookie) for path in _pages(slugs, seconds * A_SECOND)]
            load.send(site.port, work[:8])  # what is kept is kept
            alone = load.spread(site.port, work, seconds=seconds)
            with yardstick.Beside(site.folder) as beside:
                both = load.spread(site.port, _mixed(work, _crowd(site, crowd, slugs)), seconds=seconds)
        step = len(both) // len(work)
        beside_crowd, others = both[::step][: len(work)], [one for n, one in enumerate(both) if n % step]
        for answers, wanted in ((alone, {200}), (beside_crowd, {200}), (others, {200, 302})):
            if not {answer.status for answer in answers} <= wanted:
                raise Wrong(f"answers were {sorted({answer.status for answer in answers})}")
        p95 = _ms(beside_crowd, 0.95)
        yield {
            "database": kind, "people": people, "in_s": seconds, "alone_p50_ms": _ms(alone, 0.5),
            "alone_p95_ms": _ms(alone, 0.95), "panitia_p50_ms": _ms(beside_crowd, 0.5), "panitia_p95_ms": p95,
            "crowd_p50_ms": _ms(others, 0.5), "crowd_p99_ms": _ms(others, 0.99),
            "kept": "yes" if p95 < LIMIT_MS else "no", **beside.row,
        }  # fmt: skip


def _pages(slugs: Sequence[str], count: int) -> list[str]:
    """What somebody in charge opens one after the other."""
    kinds = ("/hari-ini", "/kelola/diklat", "/kelola/diklat/{}", "/kelola/diklat/{}/peserta", "/kelola/diklat/{}/sesi")
    return [kinds[n % len(kinds)].format(slugs[n // len(kinds) % 3]) for n in range(count)]


def _crowd(site: Site, crowd: Sequence[Visitor], slugs: Sequence[str]) -> list[bytes]:
    """Each enrols once, and looks at two pages."""
    found = []
    for n, one in enumerate(crowd):
        slug = slugs[1 + n % (len(slugs) - 1)]
        found += [
            load.get("/diklat", host=site.host, cookie=one.cookie),
            load.get(f"/diklat/{slug}", host=site.host, cookie=one.cookie),
            load.post(f"/diklat/{slug}/daftar", f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie),
        ]
    return found


def _mixed(work: Sequence[bytes], others: Sequence[bytes]) -> list[bytes]:
    """One of `work` before each so many of the others, in their order; all of `work`."""
    each = len(others) // len(work)
    found: list[bytes] = []
    for n, one in enumerate(work):
        found += [one, *others[n * each : (n + 1) * each]]
    return found


def _ms(answers: Sequence[load.Answer], share: float) -> float:
    return load.quantile([answer.seconds for answer in answers], share)
