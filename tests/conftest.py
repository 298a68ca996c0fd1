"""Databases, the application, and clients. Real commits; tables are emptied after each test."""

from __future__ import annotations

import gc
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

import config
from calakan.app import connect, create_app
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Actor
from calakan.office import house
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.people.services import accounts
from calakan.web import limits
from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401  (hooks)
from tests.servers.postgres import open_server
from tests.snapshots import Offices
from tests.undoing import Undoing
from tests.world import World, open_channels

NUMBERS_AGAIN = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE last_value IS NOT NULL AND sequencename != ALL(:kept)
"""
KEPT = {"alembic_version", "kecamatan", "village", "school", "school_source", "choice"}


def pytest_configure(config: pytest.Config) -> None:
    """`TEST_CLOCK=2026-12-31T16:30:00Z` is when the run begins, for this process (real servers keep the real clock)."""
    claims.SHIFT_SECONDS = 3600.0  # by the real clock: on a busy machine a thousand letters take longer than a round
    given = os.environ.get("TEST_CLOCK")
    if given:
        travel = time_machine.travel(datetime.fromisoformat(given), tick=True)
        travel.start()
        config.add_cleanup(travel.stop)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the collection made lives until the end: nobody needs to look through it for rubbish after each few tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def unlimited() -> None:
    """Nobody is asked to wait for what another test did, nor because another application of this process has limits."""
    limits.limiter.enabled = limits.giving_back.enabled = False


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    with open_server() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"calakan_{uuid.uuid4().hex[:8]}"
    server.create_database(name)
    yield server.url(name)


def make_app(database_url: str, data_dir: Path, **environ: str) -> Flask:
    settings = config.load(
        {
            "CALAKAN_DATABASE_URL": database_url,
            "CALAKAN_DATA_DIR": str(data_dir),
            "CALAKAN_TESTING": "1",
            "CALAKAN_PUSH_HOSTS": "none",
            "CALAKAN_BASE_URL": "http://calakan.test",
            **environ,
        }
    )
    return create_app(settings)


def dont_wait_for_the_disk(connection: Any, record: Any) -> None:
    """No test pulls the plug, and each commit would take some milliseconds.

    Rows that nobody put in an order come the other way round: PostgreSQL promises none and keeps one until it vacuums.
    """
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA reverse_unordered_selects=ON")


def wait_on_a_busy_machine(connection: Any, record: Any) -> None:
    """Two dozen threads that stand in one line for a lock may take longer than a person at a page would wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'")
        cursor.execute("SET statement_timeout = '120s'")
    connection.commit()


def fill(app: Flask) -> None:
    """The schema, places and lists."""
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    sqlite = sa.make_url(database_url).database if database_url.startswith("sqlite") else None
    template = os.environ.get("TEST_TEMPLATE") if sqlite else None  # a filled file, of `./run mutants`
    if sqlite and template:
        shutil.copyfile(template, sqlite)
    app = make_app(database_url, tmp_path_factory.mktemp("data"))
    with app.app_context():
        sa.event.listen(db.engine(), "connect", dont_wait_for_the_disk if sqlite else wait_on_a_busy_machine)
    if template is None:
        fill(app)
    yield app
    with app.app_context():
        db.engine().dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    migrated_app.config["WTF_CSRF_ENABLED"] = False
    connect(migrated_app.extensions["calakan.settings"])  # another test may have made another application
    with migrated_app.app_context():
        house.refresh()
        yield migrated_app
        db.session().rollback()
    with migrated_app.app_context():
        empty_tables()


@cache
def all_tables() -> tuple[list[str], str]:
    """Their names, those that point at others first, and the question which of them hold something."""
    names = [table.name for table in reversed(db.Base.metadata.sorted_tables) if table.name not in KEPT]
    names.sort(key=lambda name: name != "person")  # the trail is only let go where there are no people any more
    return names, " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)


def empty_tables() -> None:
    """All but places and lists; those that are empty already are not touched, and numbers begin at one again."""
    tables, written = all_tables()
    with db.transaction() as session:
        _let_go_of_the_trail(session)
        while names := {name for (name,) in session.connection().exec_driver_sql(written)}:
            for table in tables:  # again, for what triggers noted of the first time
                if table in names:
                    session.connection().exec_driver_sql(f"DELETE FROM {table}")
        if db.engine().dialect.name == "postgresql":
            session.execute(sa.text(NUMBERS_AGAIN), {"kept": [f"{name}_id_seq" for name in KEPT]})


def _let_go_of_the_trail(session: Any) -> None:
    """For this transaction: people may go first, and what refers to them after them."""
    postgresql = db.engine().dialect.name == "postgresql"
    asked = "SET LOCAL session_replication_role = replica" if postgresql else "PRAGMA defer_foreign_keys = ON"
    session.execute(sa.text(asked))


@pytest.fixture(scope="session")
def offices(migrated_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Offices:
    return Offices(migrated_app, tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def world(migrated_app: Flask, offices: Offices) -> Iterator[World]:
    """A small office that the tests of a module share: they look at it, or undo what they do (`tests.undoing`)."""
    connect(migrated_app.extensions["calakan.settings"])
    with migrated_app.app_context():
        made = offices.open()
    yield made
    with migrated_app.app_context():
        empty_tables()


@pytest.fixture
def shared(world: World) -> Iterator[World]:
    """The shared office, with an application context for one test."""
    world.app.config["WTF_CSRF_ENABLED"] = False
    open_channels()
    house.connect(world.app.extensions["calakan.settings"].data_dir)
    with world.app.app_context():
        house.refresh()
        yield world
        db.session().rollback()
        db.db.session.remove()


@pytest.fixture
def undone(shared: World) -> Iterator[Undoing]:
    """Requests of this test change nothing, and what they would have changed is known."""
    with Undoing() as watching:
        yield watching


@pytest.fixture
def client_of(app: Flask) -> Callable[[Actor | int | None], FlaskClient]:
    """A browser of this person; None is nobody."""

    def open_client(who: Actor | int | None) -> FlaskClient:
        client = app.test_client()
        person_id = who.person_id if isinstance(who, Actor) else who
        if person_id is not None:
            with db.transaction():
                secret = accounts.log_in(person_id, device="test", now=clock.now())
            with client.session_transaction() as session:
                session["_user_id"] = secret
                session["_fresh"] = True
        return client

    return open_client


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
