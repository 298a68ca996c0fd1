"""Participation counts over a district's worth of data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest import mock

import sqlalchemy as sa

from bench import load
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, DATABASES, Site
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person, PersonRole
from calakan.reports import queries
from calakan.reports.queries import Dimension, Filters, Stage

NAME = "report"
TITLE = "participation counts over the district demo"
SETS: list[tuple[list[Dimension], Stage]] = [
    ([Dimension.JENJANG], Stage.ENROLLED),
    ([Dimension.KECAMATAN, Dimension.JENJANG], Stage.ENROLLED),
    ([Dimension.SCHOOL], Stage.ENROLLED),
    ([Dimension.DIKLAT, Dimension.JABATAN], Stage.ENROLLED),
    ([Dimension.MONTH, Dimension.KECAMATAN, Dimension.JENJANG], Stage.ENROLLED),
    ([Dimension.KECAMATAN, Dimension.JENJANG], Stage.PASSED),
]


def run(bench: Bench) -> Iterator[Row]:
    sizes = {"PEOPLE": bench.size(district.PEOPLE, 200), "ENROLMENTS": bench.size(district.ENROLMENTS, 600)}
    for kind in DATABASES:
        with Site(bench.databases, kind) as site, mock.patch.multiple(district, **sizes):
            district.ensure_district(now=clock.now())
            for by, stage in SETS:
                yield {"by": "+".join(by), "stage": stage.value, "database": kind, **_count(bench, by, stage)}
            yield {"by": "page /kelola/laporan", "stage": "enrolled", "database": kind, **_page(bench, site)}


def _count(bench: Bench, by: list[Dimension], stage: Stage) -> Row:
    seconds = []
    for _ in range(bench.size(20, 2)):
        db.session().rollback()
        begin = time.perf_counter()
        report = queries.participation(by, Filters(stage=stage), visible_to=ACTOR)
        seconds.append(time.perf_counter() - begin)
    if stage is Stage.ENROLLED and report.total_kepesertaan != district.ENROLMENTS:
        raise Wrong(f"{report.total_kepesertaan} participations of {district.ENROLMENTS}")
    return {"rows": len(report.rows), "p50_ms": load.quantile(seconds, 0.5), "p95_ms": load.quantile(seconds, 0.95)}


def _page(bench: Bench, site: Site) -> Row:
    """As the panitia opens it, one after the other."""
    visitor = site.visitors([_panitia()])[0]
    site.start_web()
    request = load.get("/kelola/laporan?menurut=kecamatan&menurut=jenjang", host=site.host, cookie=visitor.cookie)
    done = load.send(site.port, [request] * bench.size(20, 2))
    if {answer.status for answer in done.answers} != {200}:
        raise Wrong(f"the page answered {sorted({answer.status for answer in done.answers})}")
    return {"rows": "", "p50_ms": done.milliseconds(0.5), "p95_ms": done.milliseconds(0.95)}


def _panitia() -> int:
    person_id = db.session().execute(sa.select(Person.id).limit(1)).scalar_one()
    with db.transaction() as session:
        session.add(PersonRole(person_id=person_id, role=Role.PANITIA))
    return person_id
