"""A database of release 1, with people, seats, presence and papers in it, becomes what it is today, and nothing of it is lost.

The dumps beside this file are never made anew: they have the schema of the first revision, filled with the demo.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from calakan.kernel import db
from calakan.promises import invariants
from tests.conftest import make_app

HERE, MIGRATIONS = Path(__file__).parent, Path(__file__).parents[2] / "migrations"
# What people hold, by columns that were there from the beginning.
FACTS = {
    "person": "id, email, name, school_id",
    "diklat": "id, slug, title, state, quota, jp",
    "live_session": "id, diklat_id, title, starts_at, ends_at",
    "enrolment": "id, code, diklat_id, person_id, state",
    "presence": "live_session_id, person_id",
    "certificate": "id, code, person_id, diklat_id, number, serial, status, sha256",
    "message": "id, key, state",
    "audit_entry": "id, act, at",
}
KILLED_AFTER = (40, 180)  # statements; all migrations together are more
KILLED = """
import os, signal, sys
import sqlalchemy as sa
from flask_migrate import upgrade
from calakan.app import create_app
from calakan.kernel import db
app = create_app()
with app.app_context():
    left = int(sys.argv[1])
    def count(*_):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    sa.event.listen(db.engine(), "after_cursor_execute", count)
    upgrade()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def release_1(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    dump = (HERE / f"release-1.{request.param}.sql").read_text()
    url = f"sqlite:///{tmp_path / 'first.sqlite3'}"
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres"), f"first_{tmp_path.name[-20:]}".lower()
        server.create_database(name)
        url = server.url(name)
    app = make_app(url, tmp_path)
    with app.app_context():
        raw: Any = db.engine().raw_connection()
        if request.param == "sqlite":
            raw.driver_connection.executescript("PRAGMA foreign_keys=OFF;" + dump)
        else:
            raw.driver_connection.execute(dump)
            raw.driver_connection.commit()
        raw.close()
        db.engine().dispose()  # the dump leaves settings behind in its connection
        yield app
        db.session().rollback()
        db.engine().dispose()


def facts() -> dict[str, list[tuple[str, ...]]]:
    found = {
        table: [tuple(map(str, row)) for row in db.session().execute(sa.text(f"SELECT {columns} FROM {table}"))]
        for table, columns in FACTS.items()
    }
    db.session().rollback()
    return {table: sorted(rows) for table, rows in found.items()}


def is_whole(before: dict[str, list[tuple[str, ...]]]) -> None:
    assert facts() == before
    (head,) = ScriptDirectory(str(MIGRATIONS)).get_heads()
    assert db.session().scalar(sa.text("SELECT version_num FROM alembic_version")) == head
    broken = invariants.broken()
    assert [line for line in broken if not line.startswith("trail-broken")] == []
    db.session().rollback()


def test_there_is_something_to_lose(release_1: Flask) -> None:
    assert all(facts().values())


def test_each_migration_is_passed_on_its_own(release_1: Flask) -> None:
    before = facts()
    for revision in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())):
        if revision.down_revision is not None:
            upgrade(revision=revision.revision)
    is_whole(before)


def test_the_newest_step_goes_down_and_up_again(release_1: Flask) -> None:
    before = facts()
    upgrade()
    downgrade()
    assert facts() == before
    upgrade()
    is_whole(before)


def test_all_steps_go_down_with_the_data_in_place(release_1: Flask) -> None:
    before = facts()
    upgrade()
    downgrade(revision="0001")
    assert facts() == before
    upgrade()
    is_whole(before)


@pytest.mark.parametrize("statements", KILLED_AFTER)
def test_killed_in_the_middle_it_begins_where_it_was(release_1: Flask, tmp_path: Path, statements: int) -> None:
    before = facts()
    db.engine().dispose()
    environ = {
        "CALAKAN_DATA_DIR": str(tmp_path),
        "CALAKAN_DATABASE_URL": release_1.extensions["calakan.settings"].database_url,
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(statements)], env=environ, cwd=MIGRATIONS.parent, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert facts() == before
    db.engine().dispose()
    upgrade()
    is_whole(before)
