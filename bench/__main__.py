"""`./run bench [scenario]`: measured on a fresh SQLite database in a temporary folder."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

import config
from calakan.app import create_app
from calakan.certificates import services as certificates
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.notifications import services as notifications
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.people.models import Person
from calakan.people.services import accounts
from calakan.reports import queries as reports
from tests import factories

RESULTS = Path(__file__).parent / "results"
ACTOR = system("bench")
Row = dict[str, object]


def people(count: int) -> list[int]:
    """That many complete people, in one transaction."""
    now, model = clock.now(), factories.person("Contoh")
    with db.transaction() as session:
        for n in range(count):
            made = accounts.new_person(
                f"bench{n}-{time.monotonic_ns()}@example.org", f"Guru {n}", now=now, password_hash=None
            )
            made.jabatan, made.employment, made.notice_accepted_at = "guru_kelas", "pns", now
            made.school_id, made.kecamatan_code, made.jenjang = model.school_id, model.kecamatan_code, model.jenjang
            session.add(made)
        session.flush()
        return list(session.scalars(sa.select(Person.id).order_by(Person.id.desc()).limit(count)))


def catalogue(app: Flask) -> Row:
    """The catalogue with 20 diklat, requested in one process."""
    for n in range(20):
        factories.diklat(f"Diklat {n}", quota=100)
    client, count, seconds = app.test_client(), 100, []

    def browse() -> None:
        client.get("/diklat")
        start = time.perf_counter()
        for _ in range(count):
            client.get("/diklat")
        seconds.append(time.perf_counter() - start)

    # A thread of its own, so that each request has its own application context, as behind the web server.
    thread = threading.Thread(target=browse)
    thread.start()
    thread.join()
    return {"requests_per_second": round(count / seconds[0], 1)}


def rush(app: Flask) -> Row:
    """600 people on 150 seats from 8 threads: seats sold must equal seats."""
    course, ids = factories.diklat("Rebutan", quota=150).id, people(600)

    def take(part: list[int]) -> None:
        with app.app_context():
            for person_id in part:
                with db.transaction():
                    enrolment.join(course, person_id, actor=ACTOR, now=clock.now())

    start = time.perf_counter()
    threads = [threading.Thread(target=take, args=(ids[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    db.session().rollback()
    seats = enrolment_queries.seats(db.session().get_one(Diklat, course))[course]
    assert (seats.taken, seats.waiting) == (150, 450)
    return {"enrolments_per_second": round(600 / seconds, 1), "sold": seats.taken, "waiting": seats.waiting}


def issuing(app: Flask) -> Row:
    """500 certificates from asked to stored and announced, one worker."""
    course, ids, now = factories.diklat("Terbit", days=1).id, people(500), clock.now()
    with db.transaction():
        db.insert_new(Certificate, [certificates._row(course, id, CertificateRole.PARTICIPANT, now=now) for id in ids])
    start = time.perf_counter()
    done = certificate_tasks.issue_due(app.extensions["calakan.settings"])
    seconds = time.perf_counter() - start
    serials = db.session().scalar(sa.select(sa.func.count(sa.distinct(Certificate.serial))))
    assert (done, serials) == (500, 500)
    return {"certificates_per_second": round(done / seconds, 1)}


def queueing(app: Flask) -> Row:
    """10,000 messages written."""
    person, now = factories.person(), clock.now()
    rows = [
        notifications.message_row(
            "bench", key=f"b:{n}", person_id=person.id, address=person.email, now=now + timedelta(days=1)
        )
        for n in range(10_000)
    ]
    start = time.perf_counter()
    with db.transaction():
        notifications.queue_rows(rows)
    return {"messages_per_second": round(10_000 / (time.perf_counter() - start))}


def report(app: Flask) -> Row:
    """Jenjang by kecamatan over 2,000 enrolments."""
    for n in range(2):
        course = factories.diklat(f"Laporan {n}").id
        for id in people(1000):
            with db.transaction():
                enrolment.join(course, id, actor=ACTOR, now=clock.now(), accept_overlap=True)
    start = time.perf_counter()
    dimensions = [reports.Dimension.JENJANG, reports.Dimension.KECAMATAN]
    found = reports.participation(dimensions, reports.Filters(), visible_to=ACTOR)
    assert found.total_kepesertaan >= 2000
    return {"milliseconds": round((time.perf_counter() - start) * 1000, 1)}


SCENARIOS: dict[str, Callable[[Flask], Row]] = {f.__name__: f for f in (catalogue, rush, issuing, queueing, report)}


def measure(name: str) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({"CALAKAN_DATA_DIR": folder, "CALAKAN_TESTING": "1"})
        app = create_app(settings)
        with app.app_context():
            upgrade()
            with db.transaction():
                ensure_places(now=clock.now())
                ensure_choices()
            row = SCENARIOS[name](app)
            db.engine().dispose()
        return row


def main() -> None:
    wanted = sys.argv[1:] or list(SCENARIOS)
    if set(wanted) - set(SCENARIOS):
        sys.exit(f"bench: the scenarios are {', '.join(SCENARIOS)}")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
    print(machine)
    rows = {}
    for name in wanted:
        rows[name] = measure(name)
        print(f"{name:12} {'  '.join(f'{k}={v}' for k, v in rows[name].items())}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
