"""The relay's caps hold over all workers together, and what cannot wait leaves first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, services, tasks
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from calakan.office import services as office
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import SmtpSink

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
Writer = Callable[..., None]


@pytest.fixture
def write(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Writer:
    person = factories.person()
    id, address = person.id, person.email

    def put(kind: str, count: int) -> None:
        composed_by(monkeypatch, kind, lambda message, now: Letter(message.key, "Isi.\n"))
        with db.transaction():
            services.queue_rows(
                services.message_row(kind, key=f"{kind}{n}", person_id=id, address=address, now=clock.now())
                for n in range(count)
            )

    return put


def cap(**values: int) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), **values)


def work(app: Flask, sink: SmtpSink, workers: int) -> None:
    settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)

    def run() -> None:
        with app.app_context():
            try:
                tasks.deliver_due(settings)
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()


def test_three_workers_together_stay_below_the_cap_of_an_hour(app: Flask, write: Writer) -> None:
    with time_machine.travel(NOON, tick=False) as traveller, SmtpSink() as sink:
        cap(mail_per_hour=20)
        write("enrolment.day_reminder", 50)
        sent = []
        for minutes in (0, 30, 29, 2, 60):
            traveller.shift(timedelta(minutes=minutes))
            work(app, sink, 3)
            sent.append(len(sink.messages))
        assert sent == [20, 20, 20, 40, 50]
    assert set(db.session().scalars(sa.select(Message.state))) == {WorkState.DONE}


def test_without_the_count_the_cap_would_be_passed(app: Flask, write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: whoever does not count what went takes the whole cap again and again."""
    with time_machine.travel(NOON, tick=False), SmtpSink() as sink:
        cap(mail_per_hour=5)
        write("enrolment.day_reminder", 50)
        monkeypatch.setattr(budget, "left", lambda way, limits, now: dict(limits))
        work(app, sink, 1)
        assert len(sink.messages) == 50


def test_a_cap_of_a_second_is_waited_for(app: Flask, write: Writer) -> None:
    with SmtpSink() as sink:
        cap(mail_per_second=4)
        write("enrolment.session_moved", 10)
        work(app, sink, 1)
        assert len(sink.messages) == 10
    went = sorted(db.session().scalars(sa.select(Message.sent_at)))
    assert went[8] - went[0] >= timedelta(seconds=1.9)
    assert all(later - first > timedelta(seconds=0.9) for first, later in zip(went, went[4:], strict=False))


def test_what_cannot_wait_leaves_first(app: Flask, write: Writer) -> None:
    with time_machine.travel(NOON, tick=False), SmtpSink() as sink:
        cap(mail_per_hour=4)
        for kind in ("feedback.digest", "enrolment.broadcast", "enrolment.day_reminder", "enrolment.reminder"):
            write(kind, 1)
        write("enrolment.session_cancelled", 2)
        work(app, sink, 1)
        assert [str(r.message["Subject"]) for r in sink.messages] == [
            "enrolment.session_cancelled0", "enrolment.session_cancelled1", "enrolment.reminder0",
            "enrolment.day_reminder0",
        ]  # fmt: skip


def test_the_planner_counts_over_every_span() -> None:
    limits = {timedelta(hours=1): 500, timedelta(days=1): 1200}
    assert budget.capacity({}, NOON, NOON + timedelta(hours=1)) is None
    assert budget.capacity(limits, NOON, NOON + timedelta(hours=2)) == 1000
    assert budget.capacity(limits, NOON, NOON + timedelta(hours=14)) == 1200
    assert budget.capacity(limits, NOON, NOON) == 0
    assert budget.done_at(limits, 1000, NOON) == NOON + timedelta(hours=1)
    assert budget.done_at(limits, 1201, NOON) == NOON + timedelta(days=1)
    assert budget.done_at({}, 9999, NOON) == NOON
