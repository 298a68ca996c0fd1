"""Participation counts at the size of a district and at a million: every pair of dimensions, and the page as it is seen."""

from __future__ import annotations

import gc
import itertools
import resource
import time
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from bench import load, participations
from bench.participations import Size
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, Site
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person, PersonRole
from calakan.reports import pivot, queries, rolls, tasks
from calakan.reports.documents import evidence
from calakan.reports.models import RollChange
from calakan.reports.terms import Dimension, Filters, Stage
from calakan.reports.turnout import Turnout

NAME = "report"
TITLE = "participation counts, at the size of a district and at a million"
TRIPLES = [
    (Dimension.MONTH, Dimension.KECAMATAN, Dimension.JENJANG),
    (Dimension.DIKLAT, Dimension.KECAMATAN, Dimension.JENJANG),
    (Dimension.TOPIC, Dimension.STATUS, Dimension.SEX),
]
USUAL = (Dimension.KECAMATAN, Dimension.JENJANG)
PAGES = ["menurut=kecamatan&menurut=jenjang", "menurut=kecamatan&menurut=month&bentuk=silang&tahap=passed"]
# How many diklat are as just changed, that is without a roll.
CHANGED = 20


def run(bench: Bench) -> Iterator[Row]:
    sizes = [
        Size(bench.size(15_000, 200), bench.size(60, 3), bench.size(1000, 20)),
        Size(bench.size(60_000, 300), bench.size(1000, 4), bench.size(1000, 30)),
    ]
    for kind, size in itertools.product(bench.kinds, sizes):
        with Site(bench.databases, kind) as site:
            participations.fill(size)
            gc.collect()
            gc.freeze()  # as the web servers do
            for row in _measured(bench, site, size):
                yield {"enrolments": size.enrolments, "database": kind, **row}


def _measured(bench: Bench, site: Site, size: Size) -> Iterator[Row]:
    begin = time.perf_counter()
    made = tasks.keep_rolls(site.settings)
    yield {"what": f"rolls of {made} diklat made", "seconds": round(time.perf_counter() - begin, 2)}
    grown = _peak()
    pairs = list(itertools.combinations(Dimension, 2))
    turnout = Turnout(Filters(), visible_to=ACTOR)
    shown = [by for by in pairs if len(pivot.for_screen(by, turnout)) == len(by)]
    kept = {"pairs": len(shown), "for files only": len(pairs) - len(shown)}
    yield {"what": "every pair of a page", **kept, **_counts(size, shown)}
    for by in TRIPLES:
        yield {"what": "+".join(by), **_counts(size, [by] * bench.size(20, 1))}
    for stage in (Stage.ATTENDED, Stage.PASSED, Stage.CERTIFIED):
        yield {"what": "+".join(USUAL), "stage": stage.value, **_counts(size, [USUAL] * bench.size(20, 1), stage)}
    yield {"what": "memory grown by all of these", "mb": round(_peak() - grown, 1)}
    yield {"what": "evidence report", **_timed(_evidence, [()])}
    yield from _pages(bench, site)
    changed = _change(bench.size(CHANGED, 1))
    found = _counts(size, [USUAL] * bench.size(20, 1), Stage.PASSED)
    yield {"what": "+".join(USUAL), "stage": "passed", "diklat just changed": changed, **found}


def _counts(size: Size, sets: Sequence[tuple[Dimension, ...]], stage: Stage = Stage.ENROLLED) -> Row:
    def count(*by: Dimension) -> None:
        report = queries.participation(by, Filters(stage=stage), visible_to=ACTOR)
        if stage is Stage.ENROLLED and report.total_kepesertaan != size.enrolments:
            raise Wrong(f"{report.total_kepesertaan} participations of {size.enrolments}")

    return _timed(count, sets)


def _timed(ask: Callable[..., None], arguments: Sequence[tuple[Dimension, ...]]) -> Row:
    seconds, worked = [], []
    for given in arguments:
        db.session().rollback()
        begin, work = time.perf_counter(), time.process_time()
        ask(*given)
        seconds.append(time.perf_counter() - begin)
        worked.append(time.process_time() - work)
    return {
        "p50_ms": load.quantile(seconds, 0.5),
        "p95_ms": load.quantile(seconds, 0.95),
        "most_ms": load.quantile(seconds, 1),
        "p50_ms_of_processor": load.quantile(worked, 0.5),
    }


def _evidence() -> None:
    if not evidence.evidence(None, None, visible_to=ACTOR, now=clock.now()).sections:
        raise Wrong("an empty report")


def _pages(bench: Bench, site: Site) -> Iterator[Row]:
    """As the panitia opens them, one after the other."""
    visitor = site.visitors([_panitia()])[0]
    site.start_web()
    for query in PAGES:
        request = load.get(f"/kelola/laporan?{query}", host=site.host, cookie=visitor.cookie)
        done = load.send(site.port, [request] * bench.size(20, 2))
        if {answer.status for answer in done.answers} != {200}:
            raise Wrong(f"the page answered {sorted({answer.status for answer in done.answers})}")
        yield {"what": f"page ?{query}", "p50_ms": done.milliseconds(0.5), "p95_ms": done.milliseconds(0.95)}


def _panitia() -> int:
    person_id = db.session().execute(sa.select(Person.id).limit(1)).scalar_one()
    with db.transaction() as session:
        session.add(PersonRole(person_id=person_id, role=Role.PANITIA))
    return person_id


def _change(count: int) -> int:
    with db.transaction() as session:
        session.add_all(RollChange(diklat_id=id) for id in session.scalars(sa.select(Diklat.id).limit(count)))
    if len(rolls.stale()) != count:
        raise Wrong(f"{len(rolls.stale())} diklat are taken for changed")
    return count


def _peak() -> float:
    """Highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
