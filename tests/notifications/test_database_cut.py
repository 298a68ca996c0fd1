"""The database goes away in the middle of a delivery: the letter in hand is listed at most, all others leave once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services, tasks
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import SmtpSink

COUNT = 5
Deliver = Callable[[SmtpSink], int]


@pytest.fixture
def deliver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Deliver:
    """Five messages are due; this sends them."""

    def compose(message: Message, now: datetime) -> Letter:
        return Letter(message.key, "Isi.\n")

    composed_by(monkeypatch, "test.letter", compose)
    person, now = factories.person(), clock.now()
    with db.transaction():
        services.queue_rows(
            services.message_row("test.letter", key=f"m{n}", person_id=person.id, address=person.email, now=now)
            for n in range(COUNT)
        )
    settings = app.extensions["calakan.settings"]
    return lambda sink: tasks.sweep(replace(settings, smtp_url=sink.url))


@pytest.fixture
def postgres_only(database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("connections of a server")


@pytest.fixture
def sqlite_only(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a file that others can lock")


def cut(app: Flask) -> None:
    """End every other connection of this database, as a restarting server or a firewall does."""
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def before_statement(number: int, act: Callable[[], None], *, among: str) -> Iterator[None]:
    """Do something once, just before the given statement of those that begin so reaches the database."""
    seen: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(among):
            seen.append(statement)
            if len(seen) == number:
                act()

    sa.event.listen(db.engine(), "before_cursor_execute", look)
    try:
        yield
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", look)
    assert len(seen) >= number


def outcome(sink: SmtpSink, deliver: Deliver) -> tuple[Counter[str], Counter[WorkState]]:
    """What came and what is told of it, after a worker had time to find what was left behind."""
    db.session().rollback()
    with time_machine.travel(clock.now() + claims.LEASE + timedelta(seconds=1)):
        deliver(sink)
    came = Counter(str(one.message["Subject"]) for one in sink.messages)
    db.session().rollback()
    return came, Counter(db.session().scalars(sa.select(Message.state)))


ALL_ONCE = Counter({f"m{n}": 1 for n in range(COUNT)})


@pytest.mark.usefixtures("postgres_only")
def test_a_cut_while_the_mail_server_has_the_letter_leaves_no_trace(app: Flask, deliver: Deliver) -> None:
    with SmtpSink(meanwhile=lambda number: cut(app) if number == 2 else None) as sink:
        assert deliver(sink) == COUNT
        assert outcome(sink, deliver) == (ALL_ONCE, {WorkState.DONE: COUNT})


@pytest.mark.usefixtures("postgres_only")
@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_a_cut_inside_a_transaction_leaves_one_doubt_at_most(app: Flask, deliver: Deliver, number: int) -> None:
    with SmtpSink() as sink:
        with before_statement(number, lambda: cut(app), among="UPDATE message"), pytest.raises(OperationalError):
            deliver(sink)
        came, states = outcome(sink, deliver)
    assert came == ALL_ONCE
    assert states[WorkState.UNCERTAIN] <= 1
    assert states[WorkState.DONE] + states[WorkState.UNCERTAIN] == COUNT


class Outsider:
    """A program that locks the file, such as a copy of the database made by hand."""

    def __init__(self, app: Flask) -> None:
        path = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
        assert path is not None
        # The same library: two of them in one process do not see each other's locks.
        self.connection = db.sqlite_driver().connect(path, isolation_level=None, check_same_thread=False)

    def lock(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self.connection.rollback()


@pytest.mark.usefixtures("sqlite_only")
def test_a_file_that_is_locked_for_a_moment_is_waited_for(app: Flask, deliver: Deliver) -> None:
    outsider = Outsider(app)

    def meanwhile(number: int) -> None:
        if number == 2:
            outsider.lock()
            threading.Timer(0.5, outsider.release).start()

    with SmtpSink(meanwhile=meanwhile) as sink:
        assert deliver(sink) == COUNT
        assert outcome(sink, deliver) == (ALL_ONCE, {WorkState.DONE: COUNT})


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """Our connections wait a fifth of a second for a locked file, not ten."""

    def shorten(connection: Any, *rest: Any) -> None:
        connection.execute("PRAGMA busy_timeout=200")

    sa.event.listen(db.engine(), "checkout", shorten)
    yield
    sa.event.remove(db.engine(), "checkout", shorten)
    db.engine().dispose()


@pytest.mark.usefixtures("sqlite_only", "impatient")
def test_a_file_that_stays_locked_leaves_one_doubt(app: Flask, deliver: Deliver) -> None:
    outsider = Outsider(app)
    with SmtpSink(meanwhile=lambda number: outsider.lock() if number == 2 else None) as sink:
        with pytest.raises(OperationalError, match="locked"):
            deliver(sink)
        outsider.release()
        assert len(sink.messages) == 2
        assert outcome(sink, deliver) == (ALL_ONCE, {WorkState.DONE: COUNT - 1, WorkState.UNCERTAIN: 1})
