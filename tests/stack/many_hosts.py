"""A site on two hosts with data folders of their own, one database, one broker and one bucket; anything may be killed.

Run as a process of its own (`test_many_hosts.py`), because its application would take the place of the tests' own.
"""

from __future__ import annotations

import http.client
import itertools
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

import config
from bench import courses
from bench.site import Visitor, _visitor
from calakan.app import create_app
from calakan.attendance import services as attendance
from calakan.certificates.models import Certificate
from calakan.diklat.models import LiveSession
from calakan.diklat.services import states
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from calakan.office.services import change_settings
from calakan.people.models import SecondFactor
from calakan.people.services import accounts
from calakan.reports import services as exports
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Filters
from calakan.stack import die_with
from calakan.web.sessions import cookie_name
from tests import factories
from tests.servers.broker import BrokerServer
from tests.servers.bucket import BucketServer
from tests.servers.ports import free_port
from tests.servers.postgres import PostgresServer
from tests.servers.smtp import SmtpSink

PEOPLE, PATIENCE = 8, 120.0
SETTLED = (WorkState.DONE, WorkState.DROPPED)
# What a killed process was handing over may have left: it is nobody's until its lease ends, and uncertain from then on.
IN_HAND, KILLED_WORKERS = (WorkState.HANDING, WorkState.UNCERTAIN), 2


class Host:
    """Its processes, as anything may start them, and its own data folder, which is lost with it."""

    def __init__(self, place: Path, shared: dict[str, str]) -> None:
        self.port = free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")}
        self.environ = {**clean, **shared, "CALAKAN_DATA_DIR": str(place), "CALAKAN_PORT": str(self.port)}
        self.log = place.with_suffix(".log")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def calakan(self, *words: str) -> None:
        done = subprocess.run(self._command(*words), env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def start(self, name: str) -> None:
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                self._command("serve", name), env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=partial(die_with, os.getpid()),
            )  # fmt: skip

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "calakan", *words]

    def kill(self, name: str) -> None:
        """All of it, without a warning."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def clean(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def ask(self, method: str, path: str, visitor: Visitor | None = None, body: str = "") -> tuple[int, bytes]:
        """Raises OSError, http.client.HTTPException."""
        heads = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded"}
        if visitor is not None:
            heads["Cookie"] = visitor.cookie
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, heads)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Site:
    """What people see behind a balancer: whoever gets no answer from one host asks the other."""

    def __init__(self, hosts: list[Host]) -> None:
        self.hosts, self.turn = hosts, itertools.count()

    def ask(self, method: str, path: str, visitor: Visitor | None = None, body: str = "") -> tuple[int, bytes]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return self.hosts[next(self.turn) % len(self.hosts)].ask(method, path, visitor, body)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise AssertionError(f"nobody answers {path}")

    def post(self, path: str, visitor: Visitor, **typed: str) -> None:
        body = "&".join(f"{name}={value}" for name, value in {"csrf_token": visitor.csrf_token, **typed}.items())
        status, text = self.ask("POST", path, visitor, body)
        assert status in (302, 303), (path, status, text.decode()[-2000:])


def until(happened: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.2)


def count(*which: sa.ColumnElement[bool]) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).where(*which)) or 0


def end_leases() -> None:
    """Who takes over what the dead held would wait for minutes."""
    with db.transaction() as session:
        for model in (Certificate, Message, Export):
            table = db.table(model)
            held = table.c.state == WorkState.CLAIMED
            session.execute(sa.update(table).where(held).values(lease_until=clock.now() - timedelta(seconds=1)))


@contextmanager
def shared_servers(place: Path) -> Iterator[tuple[dict[str, str], BucketServer]]:
    with ExitStack() as opened:
        postgres = opened.enter_context(PostgresServer())
        broker = opened.enter_context(BrokerServer(tcp=True))
        bucket = opened.enter_context(BucketServer())
        mails = opened.enter_context(SmtpSink())
        yield (
            {
                "CALAKAN_ENV": "production",
                "CALAKAN_BASE_URL": "https://diklat.example.org",
                "CALAKAN_DATABASE_URL": postgres.create_database("site"),
                "CALAKAN_REDIS_URL": broker.client_url,
                "CALAKAN_FILES_URL": bucket.url,
                "CALAKAN_KEYS_DIR": str(place / "keys"),
                "CALAKAN_SECRET_KEY": "s" * 40,
                "CALAKAN_DATA_KEYS": "d" * 40,
                "CALAKAN_SMTP_URL": mails.url,
                "CALAKAN_WEB_WORKERS": "1",
                "CALAKAN_TASK_WORKERS": "1",
            },
            bucket,
        )


def ring(folder: Path) -> list[tuple[str, bytes]]:
    return sorted((path.name, path.read_bytes()) for path in folder.glob("[!.]*"))


def main() -> None:
    logging.getLogger("mail.log").propagate = False
    with tempfile.TemporaryDirectory(prefix="cal-", dir="/tmp") as folder, ExitStack() as opened:
        place = Path(folder)
        shared, bucket = opened.enter_context(shared_servers(place))
        operator, *hosts = [Host(place / name, shared) for name in ("operator", "one", "two")]
        operator.calakan("certificates", "make-keys", str(place / "keys"), "--organisation", "Dinas Pendidikan")
        made = ring(place / "keys")
        operator.calakan("prepare")
        for host in hosts:
            opened.callback(host.clean)
            for name in ("web", "worker", "beat"):  # a second beat is harmless
                host.start(name)
        app = create_app(config.load(operator.environ))
        try:
            with app.app_context():
                whole_job(app, Site(hosts), bucket, place)
        except BaseException:
            for host in hosts:
                print(host.log.read_text()[-5000:])
            raise
        operator.calakan("audit")
        operator.calakan("backup", str(place / "backup.tar.gz"))
        assert ring(place / "keys") == made
        folders = [Path(host.environ["CALAKAN_DATA_DIR"]) for host in hosts]
        left = {path.name.partition(".")[0] for folder in folders for path in folder.iterdir()}
        assert left <= {"beat-schedule", "house", "exports"}, left
        assert [path for folder in folders for path in folder.glob("exports/*")] == []
        print("the whole job is done")


def whole_job(app: Flask, site: Site, bucket: BucketServer, place: Path) -> None:
    one, two = site.hosts
    people = [factories.person(f"Guru {'ABCDEFGHIJ'[n]}").id for n in range(PEOPLE)]
    admin = factories.person("Admin", Role.ADMIN).id
    now = clock.now()
    with db.transaction() as session:
        session.add(SecondFactor(person_id=admin, secret="x", created_at=now, confirmed_at=now))
        secrets = {id: accounts.log_in(id, device="uji", now=now) for id in (*people, admin)}
    prefix = cookie_name("https:")
    visitors = {id: _visitor(app, id, secret) for id, secret in secrets.items()}
    visitors = {id: Visitor(id, f"{prefix}={v.cookie.partition('=')[2]}", v.csrf_token) for id, v in visitors.items()}
    course = courses.published("Dua rumah", starts_at=now + timedelta(days=3), days=1)
    slug = courses.slug(course)
    for number, id in enumerate(people):
        if number == PEOPLE // 2:
            one.kill("web")
        site.post(f"/diklat/{slug}/daftar", visitors[id])
        site.post(f"/diklat/{slug}/daftar", visitors[id])  # twice is once
    assert count(Enrolment.diklat_id == course) == PEOPLE
    one.start("web")

    with db.transaction() as session:
        at = {"starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(minutes=179)}
        session.execute(sa.update(LiveSession).where(LiveSession.diklat_id == course).values(at))
        session_id = session.scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == course)).one()
    with db.transaction():
        code = attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now()).code
    for number, id in enumerate(people):
        if number == PEOPLE // 2:
            two.kill("web")
        site.post("/hadir", visitors[id], kode=code)
    two.start("web")

    bucket.pause()  # papers are drawn and cannot be stored; then whoever holds them dies
    with db.transaction() as session:
        at = {"starts_at": now - timedelta(minutes=181), "ends_at": now - timedelta(minutes=1)}
        session.execute(sa.update(LiveSession).where(LiveSession.diklat_id == course).values(at))
    with db.transaction():
        states.close(course, actor=factories.SYSTEM, now=clock.now())
    until(lambda: count(Certificate.state == WorkState.CLAIMED), "a worker takes the papers")
    for name in ("worker", "beat"):
        one.kill(name)
    assert count(Certificate.state == WorkState.DONE) == 0
    bucket.resume()
    end_leases()
    until(lambda: count(Certificate.state == WorkState.DONE) == PEOPLE, "the other host makes the papers")
    one.start("worker")
    two.kill("worker")
    with db.transaction():
        asker = Actor(person_id=admin, name="Admin", roles=frozenset({Role.ADMIN}))
        exports.ask(ExportKind.PARTICIPANTS, ExportFormat.CSV, Filters(), by=[], actor=asker, now=clock.now())
    until(lambda: count(Export.state == WorkState.DONE) == 1, "the first host makes the file")
    until(lambda: count(Message.state.not_in((*SETTLED, *IN_HAND))) == 0, "all letters have left")
    assert count(Message.state.in_(IN_HAND)) <= KILLED_WORKERS  # of one process each
    check(site, visitors, admin, place)


def names_the_house(host: Host) -> bool:
    return b"Rumah Guru" in host.ask("GET", "/")[1]


def check(site: Site, visitors: dict[int, Visitor], admin: int, place: Path) -> None:
    """Each host shows each paper, the same bytes, and says that it is valid; the key ring says so without any host."""
    db.session().rollback()
    papers = [(row.person_id, row.code, row.serial) for row in db.session().scalars(sa.select(Certificate))]
    assert sorted(serial or 0 for *_, serial in papers) == list(range(1, PEOPLE + 1))
    [export] = db.session().scalars(sa.select(Export.code)).all()
    sent = Counter(tuple(row) for row in db.session().execute(sa.select(Message.person_id, Message.kind)))
    assert max(sent.values()) == 1, sent
    db.session().rollback()
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), programme_name="Rumah Guru")
    for host in site.hosts:
        for person_id, code, _ in papers:
            status, content = host.ask("GET", f"/saya/sertifikat/{code}.pdf", visitors[person_id])
            assert (status, content[:5]) == (200, b"%PDF-")
            file = place / f"{code}.pdf"
            assert not file.exists() or file.read_bytes() == content
            file.write_bytes(content)
            assert b"Sertifikat sah" in host.ask("GET", f"/s/{code}")[1]
        status, content = host.ask("GET", f"/kelola/ekspor/{export}/unduh", visitors[admin])
        assert (status, content.count(b"\r\n")) == (200, 1 + PEOPLE), content[:500]
        until(partial(names_the_house, host), "each host knows the house by its new name")
    host.calakan("certificates", "verify", str(file), "--offline")


if __name__ == "__main__":
    main()
