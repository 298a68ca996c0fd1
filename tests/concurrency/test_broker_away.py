"""A real web server whose broker refuses connections, or accepts them and never answers: pages work, nothing is lost."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications import tasks as notification_tasks
from calakan.notifications.models import Message
from calakan.people import passwords
from calakan.people.models import Person
from tests import factories
from tests.servers.broker import BrokerServer
from tests.servers.ports import free_port
from tests.servers.smtp import SmtpSink

ROOT = Path(__file__).parents[2]
PASSWORD = "jambu kuning di kebun belakang"
# One second until the broker is given up, and room for a log-in; a busy machine is known by its usual pages.
SLOWED = 3.0


@pytest.fixture
def broker() -> Iterator[BrokerServer]:
    with BrokerServer(tcp=True) as server:
        yield server


@pytest.fixture
def site(app: Flask, broker: BrokerServer, tmp_path: Path) -> Iterator[str]:
    """gunicorn as in production, on the database of this test."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")} | {
        "CALAKAN_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "CALAKAN_DATA_DIR": str(tmp_path),
        "CALAKAN_REDIS_URL": broker.client_url,
        "CALAKAN_PORT": str(port),
        "CALAKAN_WEB_WORKERS": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:calakan.stack.gunicorn_conf"]
    log = (tmp_path / "web.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not _answers(base):
            assert process.poll() is None, (tmp_path / "web.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "web.log").read_text()
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/livez", timeout=2):
            return True
    except OSError:
        return False


class Visitor:
    """A browser without pictures: keeps cookies, finds the token, takes the time."""

    def __init__(self, base: str) -> None:
        self.base, self.slowest = base, 0.0
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def open(self, path: str, typed: dict[str, str] | None = None) -> tuple[str, str]:
        data = urllib.parse.urlencode(typed).encode() if typed is not None else None
        begin = time.monotonic()
        with self.opener.open(f"{self.base}{path}", data, timeout=30) as answer:
            text = answer.read().decode()
        self.slowest = max(self.slowest, time.monotonic() - begin)
        return answer.geturl(), text

    def send(self, path: str, page: str, typed: dict[str, str]) -> tuple[str, str]:
        """The form of a page, with its token."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.open(page)[1])
        assert found is not None
        return self.open(path, {**typed, "csrf_token": found[1]})


def the_slowest(site: str, *paths: str) -> float:
    visitor = Visitor(site)
    for path in paths:
        visitor.open(path)
    return visitor.slowest


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_pages_and_enrolment_work_without_a_broker(app: Flask, broker: BrokerServer, site: str, how: str) -> None:
    course, teacher = factories.diklat("Numerasi", quota=5), factories.person()
    slug, person_id, email, expected = course.slug, teacher.id, teacher.email, passwords.hashed(PASSWORD)
    with db.transaction() as session:
        session.get_one(Person, person_id).password_hash = expected
    paths = ("/", "/diklat", f"/diklat/{slug}", "/periksa", "/masuk")
    usual = the_slowest(site, *paths, *paths)
    getattr(broker, how)()
    visitor = Visitor(site)
    for path in paths:
        visitor.open(path)
    # The log-in counts its tries in the broker, the enrolment rings the workers.
    address, _ = visitor.send("/masuk", "/masuk", {"email": email, "password": PASSWORD})
    assert address == f"{site}/hari-ini"
    address, text = visitor.send(f"/diklat/{slug}/daftar", f"/diklat/{slug}", {})
    assert address == f"{site}/diklat/{slug}/terdaftar", text[:2000]
    visitor.open("/saya")
    assert visitor.slowest < SLOWED + 5 * usual, f"a page took {visitor.slowest:.1f} s, usually {usual:.1f} s"
    db.session().rollback()
    enrolment = db.session().scalars(sa.select(Enrolment)).one()
    assert (enrolment.person_id, enrolment.state) == (person_id, EnrolmentState.CONFIRMED)
    db.session().rollback()
    # The sweep finds what no ring announced, once.
    with SmtpSink() as sink:
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        assert notification_tasks.sweep(settings) == 1
        assert notification_tasks.sweep(settings) == 0
        assert [received.recipients for received in sink.messages] == [(email,)]
    assert db.session().scalars(sa.select(Message.state)).all() == [WorkState.DONE]
