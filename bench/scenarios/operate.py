"""What whoever runs a site waits for: a start, a database that comes back, a restore."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.runner import Bench, Row, Wrong
from bench.site import Site, _end, _environ, stopwatch
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.stack import port
from tests.servers.postgres import PostgresServer

NAME = "operate"
TITLE = "a start (all processes, to the first page), a database away, a district backed up and restored; kept: 5 s, 5 s, 90 s"
START_S, OUTAGE_S, RESTORE_S, AWAY_S, PATIENCE_S = 5, 5, 90, 5, 120


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        yield {"what": "start", "database": kind, **_started(bench, kind)}
        if kind == "PostgreSQL":
            yield {"what": "database away", "database": kind, **_away(bench)}
        yield {"what": "district", "database": kind, **_restored(bench, kind)}


def _started(bench: Bench, kind: str) -> Row:
    """The second one: the first also makes the demo."""
    site = Site(bench.databases, kind)
    try:
        _end(_up(site))
        begin = time.perf_counter()
        _up(site)
        seconds = time.perf_counter() - begin
    finally:
        site.close()
    return {"start_s": round(seconds, 2), "kept": "yes" if seconds < START_S else "no"}


def _up(site: Site) -> subprocess.Popen[bytes]:
    process = site.start_stack()
    site.wait(lambda: port.answers(site.settings) and _status(site, "/diklat") == 200, process, PATIENCE_S)
    return process


def _away(bench: Bench) -> Row:
    """For somebody who is logged in, so that no page is answered without the database."""
    with Site(bench.databases, "PostgreSQL") as site:
        [visitor] = site.visitors(site.people(1))
        db.session().rollback()
        site.start_web()
        server = bench.databases.server
        assert isinstance(server, PostgresServer)
        told = {_status(site, "/saya", visitor.cookie)}
        db.engine().dispose()
        server.stop()
        until = time.monotonic() + (1 if bench.small else AWAY_S)
        while time.monotonic() < until:
            told.add(_status(site, "/saya", visitor.cookie))
        server.start()
        with stopwatch() as measured:
            while (status := _status(site, "/saya", visitor.cookie)) != 200:
                told.add(status)
                if time.monotonic() > until + PATIENCE_S:
                    raise Wrong("no good answer after the database is back")
    if not told <= {200, 503}:
        raise Wrong(f"answers were {sorted(told)}")
    return {"good_again_s": round(measured[0], 2), "kept": "yes" if measured[0] < OUTAGE_S else "no"}


def _restored(bench: Bench, kind: str) -> Row:
    with Site(bench.databases, kind) as site:
        if bench.small:
            site.people(50)
        else:
            district.ensure_district(now=clock.now())
        db.session().rollback()
        file = site.folder.with_suffix(".tar.gz")
        with stopwatch() as backup:
            _calakan(site, "backup", file)
    empty = Site(bench.databases, kind)
    try:
        with stopwatch() as restore:
            _calakan(empty, "restore", file)
    finally:
        empty.close()
    size = file.stat().st_size
    file.unlink()
    kept = "yes" if restore[0] < RESTORE_S else "no"
    return {
        "mb": round(size / 1e6, 1),
        "backup_s": round(backup[0], 1),
        "restore_s": round(restore[0], 1),
        "kept": kept,
    }


def _calakan(site: Site, *words: str | Path) -> None:
    command = [sys.executable, "-m", "calakan", *map(str, words)]
    done = subprocess.run(command, env={**_environ(), **site.environ}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"{words[0]}: {done.stdout[-500:]}{done.stderr[-500:]}")


def _status(site: Site, path: str, cookie: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        return connection.getresponse().status
    finally:
        connection.close()
