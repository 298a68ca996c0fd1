"""Two workers on one queue, a broker that is away, and what happens with the claim switched off."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services, tasks
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import SmtpSink


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """40 messages that are due."""
    composed_by(monkeypatch, "test.letter", lambda message, now: Letter(message.key, "Isi.\n"))
    person, now = factories.person(), clock.now()
    with db.transaction():
        services.queue_rows(
            services.message_row("test.letter", key=f"m{n}", person_id=person.id, address=person.email, now=now)
            for n in range(40)
        )
    return 40


def work(app: Flask, sink: SmtpSink, workers: int) -> list[BaseException]:
    """That many workers at once on the queue."""
    settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
    barrier, failures = threading.Barrier(workers), []

    def run() -> None:
        with app.app_context():
            try:
                barrier.wait()
                tasks.deliver_due(settings)
            except BaseException as error:
                failures.append(error)
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_two_workers_send_each_message_once(app: Flask, waiting: int) -> None:
    with SmtpSink() as sink:
        assert work(app, sink, 2) == []
        subjects = Counter(received.message["Subject"] for received in sink.messages)
    assert subjects == Counter({f"m{n}": 1 for n in range(waiting)})
    db.session().rollback()
    assert db.session().scalars(sa.select(Message.state).distinct()).all() == [WorkState.DONE]


def test_without_the_claim_the_same_workers_double(app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with claims switched off the test above would fail."""

    def claim_nothing(model: type[db.Base], **options: object) -> tuple[str, list[int]]:
        if monkeypatch_seen.setdefault(threading.get_ident(), 0):
            return "", []
        monkeypatch_seen[threading.get_ident()] = 1
        ids = db.session().scalars(sa.select(Message.id).order_by(Message.id)).all()
        return "same", list(ids)

    monkeypatch_seen: dict[int, int] = {}
    monkeypatch.setattr(claims, "claim", claim_nothing)
    monkeypatch.setattr(claims, "step", lambda *args, **values: True)
    with db.transaction() as session:
        session.execute(sa.update(Message).values(state=WorkState.CLAIMED, claim_token="same"))
    with SmtpSink() as sink:
        work(app, sink, 2)
        assert len(sink.messages) == 2 * waiting


def test_temporary_refusals_are_tried_later_and_final_ones_are_not(app: Flask, waiting: int) -> None:
    with SmtpSink("temporary", failures=1) as sink:
        assert work(app, sink, 1) == []
    states = set(db.session().scalars(sa.select(Message.state)))
    assert WorkState.PENDING in states
    assert WorkState.FAILED not in states


def test_a_lost_reply_is_uncertain_and_not_repeated(app: Flask, waiting: int) -> None:
    with SmtpSink("drop") as sink:
        assert work(app, sink, 1) == []
        before = len(sink.messages)
        sink.mode = "ok"
        assert work(app, sink, 1) == []
        assert len(sink.messages) == before
    assert set(db.session().scalars(sa.select(Message.state))) == {WorkState.UNCERTAIN}
