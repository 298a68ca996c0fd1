"""The hour before many sessions: reminders are found, written and handed to a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import sqlalchemy as sa

from bench import courses, processes
from bench.runner import Bench, Row, Wrong
from bench.sink import Sink, open_sink
from bench.site import Site, stopwatch
from calakan.enrolment import reminders
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services
from calakan.notifications.models import Message

NAME = "reminders"
TITLE = "reminders of five diklat found, queued, then composed and handed over by SMTP; two worker processes"
WORKERS, DIKLAT = 2, 5


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with open_sink() as sink:
            yield _measure(bench, kind, sink)


def _measure(bench: Bench, kind: str, sink: Sink) -> Row:
    count = bench.size(10_000, 50)
    with Site(bench.databases, kind, task_workers=WORKERS, smtp_url=sink.url) as site:
        people = site.people(count // DIKLAT)
        # At night nothing leaves, so the hour is given instead of read.
        noon = clock.instant(clock.today() + timedelta(days=1), time(12))
        for n in range(DIKLAT):
            course = courses.published(f"Siang {n}", starts_at=noon + timedelta(minutes=50), days=1)
            courses.enrol(course, people)
        worker = site.start_worker()
        before = processes.seconds_of_processor(worker.pid)
        with stopwatch() as computing:
            found = len(reminders.due(now=noon))
        with stopwatch() as queueing, db.transaction():
            new = reminders.queue_due(now=noon)
        with db.transaction() as session:
            session.execute(sa.update(Message).values(due_at=clock.now()))
            db.ring(services.QUEUE)
        with stopwatch() as delivering:
            site.wait(lambda: _sent() == count, worker, 600)
        worked = processes.seconds_of_processor(worker.pid) - before
        memory = processes.below(worker.pid)[1:]
        received = sink.counts()
    if (found, new, *received) != (count, count, count, count):
        raise Wrong(f"{found} due, {new} written, {received[0]} received, {received[1]} of them different; not {count}")
    return {
        "database": kind,
        "messages": count,
        "due_s": round(computing[0], 2),
        "queue_s": round(queueing[0], 2),
        "deliver_s": round(delivering[0], 2),
        "s_of_workers_processor": round(worked, 2),
        "per_s": round(count / delivering[0]),
        "worker_pss_mb": max(process.pss_mb for process in memory),
        "worker_peak_rss_mb": max(process.peak_rss_mb for process in memory),
    }


def _sent() -> int:
    db.session().rollback()
    wanted = sa.select(sa.func.count()).select_from(Message).where(Message.state == WorkState.DONE)
    return db.session().scalar(wanted) or 0
