"""A whole installation of its own for one scenario: database, data folder, and the real processes on it."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer

import config
from calakan.app import create_app
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.people.models import Person
from calakan.people.services import accounts
from calakan.stack import die_with, port
from calakan.stack.commands import commands
from tests.servers.broker import start_broker
from tests.servers.postgres import PostgresServer

ACTOR = system("bench")
DATABASES = ("SQLite", "PostgreSQL")
READY_SECONDS = 60


class Databases:
    """One empty, migrated database of each kind, copied for every site."""

    def __init__(self) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="calakan-bench-", dir="/tmp"))  # short enough for a socket
        self._postgres: PostgresServer | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_: object) -> None:
        if self._postgres is not None:
            self._postgres.__exit__()
        shutil.rmtree(self._place, ignore_errors=True)

    def folder(self) -> Path:
        made = self._place / str(next(self._numbers))
        made.mkdir()
        return made

    def url(self, kind: str, folder: Path) -> str:
        """A fresh copy with places and lists, nothing else."""
        return self._sqlite(folder) if kind == "SQLite" else self._postgresql(folder)

    @property
    def server(self) -> PostgresServer | None:
        """Once a site on it was asked for."""
        return self._postgres

    def _sqlite(self, folder: Path) -> str:
        first = self._place / "first.sqlite3"
        if not first.exists():
            _fill_database(f"sqlite:///{first}", self.folder())
        shutil.copyfile(first, folder / "calakan.sqlite3")
        return f"sqlite:///{folder / 'calakan.sqlite3'}"

    def _postgresql(self, folder: Path) -> str:
        if self._postgres is None:
            # As in production: what is committed is on the disk.
            self._postgres = PostgresServer(fsync="on", synchronous_commit="on", full_page_writes="on")
            self._postgres.__enter__()
            _fill_database(self._postgres.create_database("first"), self.folder())
        return self._postgres.create_database(f"site{folder.name}", template="first")


def _fill_database(url: str, folder: Path) -> None:
    app = create_app(
        config.load({"CALAKAN_DATA_DIR": str(folder), "CALAKAN_DATABASE_URL": url, "CALAKAN_TESTING": "1"})
    )
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        if db.engine().dialect.name == "sqlite":
            with db.engine().connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine().dispose()


@dataclass(frozen=True)
class Visitor:
    """A log-in made beforehand: the row is in the database, the cookie is signed, the token fits the cookie."""

    person_id: int
    cookie: str
    csrf_token: str


class Site:
    """Settings, an application in this process for preparing, and real servers as they are started."""

    def __init__(self, databases: Databases, kind: str, **settings: object) -> None:
        self.folder = databases.folder()
        self.port = _free_port()
        self.environ = {
            "CALAKAN_DATA_DIR": str(self.folder),
            "CALAKAN_DATABASE_URL": databases.url(kind, self.folder),
            "CALAKAN_PORT": str(self.port),
            "CALAKAN_BASE_URL": f"http://127.0.0.1:{self.port}",
            **{f"CALAKAN_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.settings = config.load(self.environ)
        self.log = self.folder / "log"
        self._open = contextlib.ExitStack()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Site:
        self.app = create_app(self.settings)
        self._open.enter_context(self.app.app_context())
        self._open.callback(self._forget)
        self.broker = start_broker(self.settings)
        assert self.broker is not None
        self._open.callback(_end, self.broker)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def _forget(self) -> None:
        with contextlib.suppress(
            sa.exc.DBAPIError
        ):  # on a busy machine the database ends what was open and idle for a minute
            db.session().rollback()
        db.engine().dispose()

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """The web or the worker, with the product's own command."""
        return self.spawn(commands(self.settings)[name])

    def spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                env={**_environ(), **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with, os.getpid()),
            )
        self._open.callback(_end, process)
        return process

    def start_stack(self) -> subprocess.Popen[bytes]:
        """Everything under the supervisor, as `./run` does. It brings its own broker, so not inside `with site`."""
        return self.spawn([sys.executable, "-m", "calakan", "run"])

    def start_web(self) -> subprocess.Popen[bytes]:
        process = self.start("web")
        self.wait(lambda: port.answers(self.settings), process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Returns when it has taken its first task."""
        process = self.start("worker")
        celery = self.app.extensions["celery"]
        celery.send_task("enrolment.repair_seats", ignore_result=True)
        with celery.connection_for_read() as connection:
            client = connection.default_channel.client
            self.wait(lambda: client.llen("celery") == 0 and client.hlen("unacked") == 0, process)
        return process

    def wait(self, ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = READY_SECONDS) -> None:
        """`ready` may ask the database: twenty times a second, so that the question takes no part in the answer."""
        deadline = time.monotonic() + seconds
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def people(self, count: int) -> list[int]:
        """That many complete people of real schools."""
        rows = itertools.islice(district.people_rows(random.Random(1), clock.now()), count)
        with db.transaction() as session:
            district.insert_rows(Person, rows)
            return list(session.scalars(sa.select(Person.id).order_by(Person.id.desc()).limit(count)))[::-1]

    def visitors(self, people: Sequence[int]) -> list[Visitor]:
        """Each with a log-in of the same kind that the log-in page makes."""
        now = clock.now()
        with db.transaction():
            secrets_ = [accounts.log_in(id, device="bench", now=now) for id in people]
        return [_visitor(self.app, id, secret) for id, secret in zip(people, secrets_, strict=True)]


def _visitor(app: Flask, person_id: int, secret: str) -> Visitor:
    raw = hashlib.sha1(secrets.token_bytes(32)).hexdigest()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # ours has it
    kept: dict[str, Any] = {"_permanent": True, "_user_id": secret, "_fresh": True, "csrf_token": raw}
    kept["day"] = clock.today().isoformat()  # it was here today
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]  # it is set
    return Visitor(person_id, f"calakan={serializer.dumps(kept)}", str(token))


def _environ() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")}
    return {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", **kept}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def stopwatch() -> Iterator[list[float]]:
    """The seconds stand in the list when the block is over."""
    measured: list[float] = []
    begin = time.perf_counter()
    yield measured
    measured.append(time.perf_counter() - begin)
