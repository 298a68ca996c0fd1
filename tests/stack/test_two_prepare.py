"""Two hosts that prepare one new database at the same time: one does it, the other waits and finds it done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from calakan.cli import run
from calakan.kernel import db
from tests.servers.postgres import PostgresServer
from tests.servers.stack import ROOT

pytestmark = pytest.mark.real_clock


def _started(folder: Path, url: str) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")}
    environ |= {"CALAKAN_DATA_DIR": str(folder), "CALAKAN_DATABASE_URL": url}
    words = [sys.executable, "-m", "calakan", "prepare"]
    return subprocess.Popen(words, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.fixture(params=["postgresql", "sqlite"])
def hosts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, list[Path]]]:
    """A database without anything in it, and the data folders of two who prepare it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'site.sqlite3'}", [tmp_path / "one"] * 2
        return
    with PostgresServer() as server:
        yield server.create_database("site"), [tmp_path / "one", tmp_path / "two"]


def test_two_at_once_make_one_database(hosts: tuple[str, list[Path]]) -> None:
    url, folders = hosts
    both = [_started(folder, url) for folder in folders]
    told = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum("First start: making the demo" in text for text in told) == 1, told
    assert sum("waiting for another one" in text for text in told) == 1, told


def test_whoever_comes_second_begins_when_the_first_has_ended(app: Flask) -> None:
    settings = app.extensions["calakan.settings"]
    db.session().rollback()
    entered: list[str] = []
    with run._alone(settings):
        entered.append("first")
    with run._alone(settings):
        entered.append("second")
    assert entered == ["first", "second"]
