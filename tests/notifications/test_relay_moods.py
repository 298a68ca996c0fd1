"""Each mood of a mail server, from the first try until it is well again: what is told of every letter, and what arrived."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services, tasks
from calakan.notifications.channels import relay
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from tests import factories
from tests.kinds import composed_by
from tests.servers.smtp import Mode, SmtpSink

DONE, FAILED, PENDING, UNCERTAIN = WorkState.DONE, WorkState.FAILED, WorkState.PENDING, WorkState.UNCERTAIN
COUNT = 4


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of four people, each with a letter that is due."""

    def compose(message: Message, now: datetime) -> Letter:
        return Letter(message.key, "Isi.\n")

    composed_by(monkeypatch, "test.letter", compose)
    monkeypatch.setattr(relay, "TIMEOUT_SECONDS", 0.5)
    people = [(one.id, one.email) for one in (factories.person() for _ in range(COUNT))]
    with db.transaction():
        services.queue_rows(
            services.message_row("test.letter", key=address, person_id=id, address=address, now=clock.now())
            for id, address in people
        )
    return [address for _, address in people]


def states() -> Counter[WorkState]:
    db.session().rollback()
    return Counter(db.session().scalars(sa.select(Message.state)))


@pytest.mark.parametrize(
    ("mode", "at_first", "in_the_end", "tries"),
    [
        ("ok", {DONE: 4}, {DONE: 4}, 1),
        ("slow", {DONE: 4}, {DONE: 4}, 1),
        ("temporary", {PENDING: 4}, {DONE: 4}, 3),
        ("permanent", {DONE: 3, FAILED: 1}, {DONE: 3, FAILED: 1}, 1),
        ("drop", {UNCERTAIN: 4}, {UNCERTAIN: 4}, 1),
        ("refuse", {PENDING: 4}, {DONE: 4}, 1),
        ("hang", {PENDING: 4}, {DONE: 4}, 1),
    ],
)
def test_letters_through_a_mood(
    app: Flask,
    waiting: list[str],
    mode: Mode,
    at_first: dict[WorkState, int],
    in_the_end: dict[WorkState, int],
    tries: int,
) -> None:
    with SmtpSink(mode, delay=0.1, refused={waiting[0]}) as sink:
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        now = clock.now()
        tasks.sweep(settings)
        assert states() == at_first
        if mode in ("drop", "refuse", "hang"):
            sink.mode = "ok"
        for minutes in (10, 20, 40):
            with time_machine.travel(now + timedelta(minutes=minutes)):
                tasks.sweep(settings)
        assert states() == in_the_end
        came = Counter(one.recipients[0] for one in sink.messages)
        assert came == Counter(waiting[1:] if mode == "permanent" else waiting)
        assert set(sink.attempts.values()) == {tries}
