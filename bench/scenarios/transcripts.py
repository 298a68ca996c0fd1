"""The papers over a year of everybody who holds a certificate, in one bundle, and made by each holder at the same time."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load, processes
from bench.runner import Bench, Row, Wrong
from bench.scenarios import issuing
from bench.site import ACTOR, Site, stopwatch
from calakan.certificates import tasks as certificates
from calakan.certificates.yearly.models import YearPaper
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store
from calakan.people.models import PersonRole
from calakan.reports import services, tasks
from calakan.reports.documents import transcripts
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Filters

NAME = "transcripts"
TITLE = "papers over a year drawn, signed, stored and bundled by a worker; then asked for one by one over HTTP, 8 connections"
PEOPLE, BY_THEMSELVES, LIMIT = 5000, 500, 30.0


def run(bench: Bench) -> Iterator[Row]:
    people, alone = bench.size(PEOPLE, 20), bench.size(BY_THEMSELVES, 5)
    for kind in bench.kinds:
        with Site(bench.databases, kind, task_workers=2) as site:
            yield {"database": kind, "way": "one bundle", **_bundled(site, people)}
        with Site(bench.databases, kind, task_workers=2) as site:
            yield {"database": kind, "way": "each by himself", **_asked(site, alone)}


def _bundled(site: Site, people: int) -> Row:
    ids = _with_papers(site, people)
    worker = site.start_worker()
    before = processes.seconds_of_processor(worker.pid)
    with stopwatch() as took:
        with db.transaction():
            actor = Actor(person_id=ids[0], name="bench", roles=frozenset({Role.ADMIN}))
            _make_admin(ids[0])
            id = services.ask(
                ExportKind.TRANSCRIPTS, ExportFormat.ZIP, Filters(), by=[], actor=actor, now=clock.now()
            ).id
        site.wait(lambda: _state(id) is not WorkState.PENDING and _state(id) is not WorkState.CLAIMED, worker, 600)
    worked = processes.seconds_of_processor(worker.pid) - before
    _check_bundle(site, id, people)
    return {
        "people": people,
        "seconds": round(took[0], 1),
        "s_of_processor": round(worked, 1),
        "per_s": round(people / took[0]),
        "kept": "yes" if took[0] < LIMIT else "no",
    }


def _make_admin(person_id: int) -> None:
    db.session().add(PersonRole(person_id=person_id, role=Role.ADMIN))


def _state(id: int) -> WorkState:
    db.session().rollback()
    return db.session().scalars(sa.select(Export.state).where(Export.id == id)).one()


def _check_bundle(site: Site, id: int, people: int) -> None:
    """One paper for each, and every file in it is the one whose hash was registered."""
    db.session().rollback()
    found = db.session().get_one(Export, id)
    if found.state is not WorkState.DONE:
        raise Wrong(f"the bundle ended {found.state}: {found.last_error}")
    registered = {row.number: row.sha256 for row in _papers(site, people)}
    with zipfile.ZipFile(tasks.shelf(site.settings).path(found.code)) as bundle:
        text = bundle.read(transcripts.LIST).decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        there = {line["Nomor rekap"]: hashlib.sha256(bundle.read(line["Berkas"])).hexdigest() for line in lines}
    if there != registered:
        raise Wrong(f"{len(there)} papers in the bundle, {len(registered)} registered")


def _asked(site: Site, people: int) -> Row:
    ids = _with_papers(site, people)
    visitors = site.visitors(ids)
    path = f"/saya/rekap-{clock.today().year}"
    db.session().rollback()
    site.start_web()
    asked = [load.post(path, f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie) for one in visitors]
    done = load.send(site.port, asked, connections=8)
    _check(site, done.answers, people)
    return {
        "people": people,
        "seconds": round(done.seconds, 1),
        "per_s": done.per_second,
        "p95_ms": done.milliseconds(0.95),
    }


def _with_papers(site: Site, count: int) -> list[int]:
    """So many people with a certificate each."""
    course = courses.published("Terbit", starts_at=clock.now() - timedelta(days=30))
    ids = site.people(count)
    courses.enrol(course, ids)
    with db.transaction():
        states.close(course, actor=ACTOR, now=clock.now())
    while issuing.issued() < count:
        certificates.issue_due(site.settings)
    return ids


def _check(site: Site, answers: Sequence[load.Answer], people: int) -> None:
    """Each was sent to his paper."""
    if {(answer.status, answer.headers.get("location", "")[:12]) for answer in answers} != {(303, "/saya/rekap/")}:
        raise Wrong(f"answers were {dict(Counter(answer.status for answer in answers))}")
    _papers(site, people)


def _papers(site: Site, people: int) -> Sequence[YearPaper]:
    """One paper for each, and every file is the one whose hash was registered."""
    db.session().rollback()
    store = Store(site.settings.data_dir / "files")
    rows = db.session().scalars(sa.select(YearPaper).order_by(YearPaper.id)).all()
    if len({row.person_id for row in rows}) != people or len(rows) != people:
        raise Wrong(f"{len(rows)} papers of {people} people")
    for row in rows:
        if hashlib.sha256(store.get(row.sha256)).hexdigest() != row.sha256:
            raise Wrong(f"the file of {row.number} is not the one that was made")
    return rows
