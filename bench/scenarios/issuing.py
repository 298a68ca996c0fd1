"""A diklat is closed; how long until every paper is issued."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta

import pypdf
import sqlalchemy as sa

from bench import courses, processes
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, Site, stopwatch
from calakan.certificates import rendering
from calakan.certificates.models import Certificate
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store

NAME = "issuing"
TITLE = "closing a diklat until all its papers are numbered, drawn, stored and their mails queued; two worker processes"
WORKERS = 2


def run(bench: Bench) -> Iterator[Row]:
    count = bench.size(5000, 30)
    for kind in bench.kinds:
        with Site(bench.databases, kind, task_workers=WORKERS) as site:
            course = courses.published("Terbit", starts_at=clock.now() - timedelta(days=30))
            courses.enrol(course, site.people(count))
            worker = site.start_worker()
            before = processes.seconds_of_processor(worker.pid)
            with stopwatch() as seconds:
                with stopwatch() as asking, db.transaction():
                    states.close(course, actor=ACTOR, now=clock.now())
                site.wait(lambda: issued() == count, worker, 300)
            worked = processes.seconds_of_processor(worker.pid) - before
            check(site, count)
            memory = processes.below(worker.pid)[1:]
        yield {
            "database": kind,
            "papers": count,
            "seconds": round(seconds[0], 2),
            "of_which_asking": round(asking[0], 2),
            "s_of_workers_processor": round(worked, 2),
            "per_s": round(count / seconds[0]),
            "worker_pss_mb": max(process.pss_mb for process in memory),
            "worker_peak_rss_mb": max(process.peak_rss_mb for process in memory),
        }


def issued() -> int:
    """How many certificates are made."""
    db.session().rollback()
    wanted = sa.select(sa.func.count()).select_from(Certificate).where(Certificate.state == WorkState.DONE)
    return db.session().scalar(wanted) or 0


def check(site: Site, count: int) -> None:
    """Numbers without gap or double, every file opens and is the one whose hash was registered, and none is half there."""
    store = Store(site.settings.data_dir / "files")
    rows = db.session().scalars(sa.select(Certificate).order_by(Certificate.serial)).all()
    if [row.serial for row in rows] != list(range(1, count + 1)):
        raise Wrong("the numbers have a gap or a double")
    for row in rows:
        content = rendering.read(row, store)
        if hashlib.sha256(content).hexdigest() != row.sha256 or not pypdf.PdfReader(io.BytesIO(content)).pages:
            raise Wrong(f"the file of {row.number} is not the one that was issued")
    for file in store.root.glob("??/" + "?" * 64):
        if hashlib.sha256(file.read_bytes()).hexdigest() != file.name:
            raise Wrong(f"{file} is half a file")
