"""Where the slowest of the pages of every day spends its time in a real web process, as a flame graph."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench import courses, load, processes
from bench.runner import RESULTS, Bench, Row, Wrong
from bench.scenarios.meanwhile import _pages
from bench.site import Site
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import PersonRole

NAME = "flame"
TITLE = "the slowest of the pages of every day, and where a web process spends its time with it (a file of its own)"


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind, web_workers=1) as site:
            ids = [courses.published(f"Kelas {n}", starts_at=clock.now() + timedelta(days=5 + n)) for n in range(12)]
            everybody = site.people(bench.size(400, 20))
            courses.enrol(ids[0], everybody)
            with db.transaction() as session:
                session.add(PersonRole(person_id=everybody[0], role=Role.PANITIA))
            desk, visitor = site.visitors(everybody[:2])
            slugs = [courses.slug(id) for id in ids[:1]] * 3
            db.session().rollback()
            web = site.start_web()
            pages = dict.fromkeys(_pages(slugs, 5), desk.cookie) | {"/diklat": visitor.cookie, "/saya": visitor.cookie}
            took = {path: _took(site, path, cookie, bench.size(20, 3)) for path, cookie in pages.items()}
            slowest = max(took, key=lambda path: took[path])
            file = RESULTS.with_name(f"flame-{kind.lower()}.svg")
            _record(site, web.pid, slowest, pages[slowest], file, seconds=bench.size(20, 2))
            yield {"database": kind, "page": slowest, "p50_ms": took[slowest], "flame_graph": str(file)}


def _took(site: Site, path: str, cookie: str, count: int) -> float:
    request = load.get(path, host=site.host, cookie=cookie)
    load.send(site.port, [request] * 3)
    answers = load.send(site.port, [request] * count).answers
    if {answer.status for answer in answers} != {200}:
        raise Wrong(f"{path} answers {sorted({answer.status for answer in answers})}")
    return load.quantile([answer.seconds for answer in answers], 0.5)


def _record(site: Site, master: int, path: str, cookie: str, file: Path, *, seconds: int) -> None:
    """The one web process is watched from outside while it answers this page again and again."""
    file.parent.mkdir(exist_ok=True)
    worker = processes.below(master)[1].pid
    over = threading.Event()
    request = load.get(path, host=site.host, cookie=cookie)

    def ask() -> None:
        while not over.is_set():
            load.send(site.port, [request] * 10)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(worker), "--nonblocking"]
        done = subprocess.run(
            [*command, "--duration", str(seconds), "--rate", "200", "--output", str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        over.set()
        asking.join()
    if done.returncode or not file.exists():
        raise Wrong(f"py-spy says: {done.stderr[-500:]}")
