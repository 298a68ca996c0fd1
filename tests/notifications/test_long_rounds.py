"""A relay that is away for hours, rounds that are longer than a task may be, workers that die: no letter is lost or stuck."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services, tasks
from calakan.notifications.channels import relay
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import SmtpSink

DONE, PENDING, DROPPED = WorkState.DONE, WorkState.PENDING, WorkState.DROPPED
COUNT = 10
SWEEP = timedelta(seconds=30)


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Ten letters that are due, the last of which is worthless after an hour. When they were written."""

    def compose(message: Message, now: datetime) -> Letter:
        return Letter(message.key, "Isi.\n")

    composed_by(monkeypatch, "test.letter", compose)
    person, now = factories.person(), clock.now()
    with db.transaction():
        services.queue_rows(
            services.message_row(
                "test.letter", key=f"m{n}", person_id=person.id, address=person.email, now=now,
                expires_at=now + timedelta(hours=1) if n == COUNT - 1 else None,
            )
            for n in range(COUNT)
        )  # fmt: skip
    return now


def rows() -> list[tuple[WorkState, int]]:
    db.session().rollback()
    return [tuple(row) for row in db.session().execute(sa.select(Message.state, Message.attempts).order_by(Message.id))]


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_relay_that_is_away_for_hours_costs_no_letter_a_try(
    app: Flask, client: FlaskClient, waiting: datetime, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight tries would be over after two hours; each visit costs one letter's time, not that of all."""
    usual, visits = relay.TIMEOUT_SECONDS, range(0, 60 * 6, 20)
    monkeypatch.setattr(relay, "TIMEOUT_SECONDS", 0.3)
    tries: list[int] = []
    opened = smtplib.SMTP.connect

    def connect(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        return opened(*args, **kwargs)

    monkeypatch.setattr(smtplib.SMTP, "connect", connect)
    with SmtpSink(mode) as sink:
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        for minutes in visits:
            with time_machine.travel(waiting + timedelta(minutes=minutes), tick=False):
                tasks.sweep(settings)
                told = client.get("/readyz").get_json()
                assert told["resting"]["mail"], told
                assert 'calakan_channel_resting{channel="mail"} 1.0' in client.get("/metrics").text
        assert Counter(rows()) == {(PENDING, 0): COUNT - 1, (DROPPED, 0): 1}  # by its own kind
        assert len(tries) == len(visits)
        monkeypatch.setattr(relay, "TIMEOUT_SECONDS", usual)
        sink.mode = "ok"
        with time_machine.travel(waiting + timedelta(hours=6, minutes=5), tick=False):
            tasks.sweep(settings)
            assert client.get("/readyz").get_json()["resting"] == {}
        assert Counter(rows()) == {(DONE, 1): COUNT - 1, (DROPPED, 0): 1}
        assert len(sink.messages) == COUNT - 1


def test_a_relay_that_does_not_know_us_rests_too(app: Flask, waiting: datetime) -> None:
    """A wrong password is the office's fault, not that of each letter."""
    with SmtpSink() as sink:
        settings = replace(
            app.extensions["calakan.settings"], smtp_url=sink.url.replace("smtp://", "smtp://kantor:salah@")
        )
        tasks.sweep(settings)
        assert Counter(rows()) == {(PENDING, 0): COUNT}
        assert sink.messages == []


def test_a_shift_ends_between_letters_and_rings_for_the_next(
    app: Flask, waiting: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is in a worker's hands when it is over, so no time limit can hit one."""
    monkeypatch.setattr(claims, "SHIFT_SECONDS", 0.6)
    rung: list[str] = []
    monkeypatch.setattr(db, "_ring", rung.append)
    with SmtpSink("slow", delay=0.25) as sink:
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        settled = tasks.deliver_due(settings)
        assert 0 < settled < COUNT
        assert rung[-1] == services.QUEUE
        assert Counter(state for state, _ in rows()) == {DONE: settled, PENDING: COUNT - settled}
        while rung:
            rung.clear()
            tasks.deliver_due(settings)
        assert Counter(state for state, _ in rows()) == {DONE: COUNT}
        assert len(sink.messages) == COUNT


def test_a_slow_round_keeps_its_claim(app: Flask, waiting: datetime) -> None:
    """Longer than the lease, with a sweep beside it that frees what dead workers held: nobody takes it away."""
    each = 0.8 * tasks.FRESH
    assert each < Message.lease < COUNT * each
    travelling = time_machine.travel(waiting, tick=False)

    def beside(number: int) -> None:
        traveller.shift(each)
        with app.app_context():
            with db.transaction():
                claims.release_expired(Message, now=clock.now())
            db.db.session.remove()

    with travelling as traveller, SmtpSink(meanwhile=beside) as sink:
        tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))
        assert Counter(rows()) == {(DONE, 1): COUNT}
        assert len(sink.messages) == COUNT


WORKER = """
import os, sys, config
from calakan.app import create_app
from calakan.notifications import letters, tasks
from calakan.notifications.priorities import Priority
app = create_app(config.load())
with app.app_context():
    compose = lambda message, now: letters.Letter(message.key, "Isi.")
    letters._kinds["test.letter"] = letters.LetterKind("test.letter", compose, priority=Priority.USUAL, topic=None)
    tasks.deliver_due(app.extensions["calakan.settings"])
"""


@pytest.mark.real_clock
def test_what_a_killed_worker_had_taken_waits_a_minute_at_most(
    app: Flask, client: FlaskClient, waiting: datetime, tmp_path: Path
) -> None:
    """One letter is doubtful, the others go with the next sweeps; /readyz tells of them from the beginning."""
    with SmtpSink("slow", delay=60) as sink:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")},
            "CALAKAN_DATABASE_URL": app.extensions["calakan.settings"].database_url,
            "CALAKAN_DATA_DIR": str(tmp_path),
            "CALAKAN_SMTP_URL": sink.url,
            "CALAKAN_TESTING": "1",
        }
        worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=Path(__file__).parents[2], env=environ)
        deadline = time.monotonic() + 60
        while not any(state is WorkState.HANDING for state, _ in rows()):
            assert worker.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        sink.mode = "ok"
        dead_at = clock.now()
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        for sweeps in (1, 2):
            with time_machine.travel(dead_at + sweeps * SWEEP + timedelta(seconds=1), tick=False):
                assert client.get("/readyz").get_json()["oldest_seconds"]["messages"] >= 30 * sweeps
                tasks.sweep(settings)
        assert Counter(state for state, _ in rows()) == {DONE: COUNT - 1, WorkState.HANDING: 1}
        with time_machine.travel(dead_at + claims.LEASE + SWEEP, tick=False):
            tasks.sweep(settings)
        assert Counter(state for state, _ in rows()) == {DONE: COUNT - 1, WorkState.UNCERTAIN: 1}
