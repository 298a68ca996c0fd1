"""Delivery letter by letter: what a crash leaves, and that nothing leaves that stopped being true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, services, tasks
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Outcome, Parcel, Result
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from calakan.notifications.ways import Way as Channel
from tests import factories
from tests.kinds import composed_by


class Way:
    """A channel that does what the test says with the number of the letter."""

    def __init__(self, on_send: Callable[[int], None]) -> None:
        self.sent: list[str] = []
        self.on_send = on_send

    def send(self, parcel: Parcel) -> Result:
        self.on_send(len(self.sent) + 1)
        self.sent.append(parcel.letter.subject)
        return Result(Outcome.SENT)

    def close(self) -> None:
        pass


class Killed(BaseException):
    """Stands for a process that is gone."""


@pytest.fixture
def untrue() -> set[str]:
    """Keys of messages that are no longer wanted."""
    return set()


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch, untrue: set[str]) -> int:
    """Five messages that are due."""

    def compose(message: Message, now: datetime) -> Letter | None:
        return None if message.key in untrue else Letter(message.key, "Isi.\n")

    composed_by(monkeypatch, "test.letter", compose)
    person, now = factories.person(), clock.now()
    with db.transaction():
        services.queue_rows(
            services.message_row("test.letter", key=f"m{n}", person_id=person.id, address=person.email, now=now)
            for n in range(5)
        )
    return 5


def states() -> list[WorkState]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message.state).order_by(Message.id)))


def test_a_crash_leaves_one_uncertain_letter_and_the_rest_goes_later(
    app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die_at_the_third(number: int) -> None:
        if number == 3:
            raise Killed

    settings = app.extensions["calakan.settings"]
    first, second = Way(die_at_the_third), Way(lambda number: None)
    ways = iter([first, second])
    monkeypatch.setattr(opening, "open_channel", lambda way, settings: next(ways))
    with pytest.raises(Killed):
        tasks.deliver_due(settings)
    done, claimed = WorkState.DONE, WorkState.CLAIMED
    assert states() == [done, done, WorkState.HANDING, claimed, claimed]
    with time_machine.travel(clock.now() + claims.LEASE + timedelta(seconds=1)):
        assert tasks.sweep(settings) == 2
    assert states() == [done, done, WorkState.UNCERTAIN, done, done]
    assert (first.sent, second.sent) == (["m0", "m1"], ["m3", "m4"])


def test_behind_a_slow_server_letters_are_composed_again(
    app: Flask, waiting: int, untrue: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:

        def slow(number: int) -> None:
            traveller.shift(tasks.FRESH + timedelta(seconds=1))
            if number == 2:
                untrue.add("m3")  # cancelled while the second one was on its way

        way = Way(slow)
        monkeypatch.setattr(opening, "open_channel", lambda channel, settings: way)
        assert tasks.deliver_due(app.extensions["calakan.settings"]) == 5
    assert way.sent == ["m0", "m1", "m2", "m4"]
    assert states()[3] is WorkState.DROPPED


def test_a_letter_whose_claim_was_lost_is_not_sent(app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_third(number: int) -> None:
        if number == 1:
            with db.transaction() as session:
                session.execute(sa.update(Message).where(Message.key == "m2").values(claim_token="another"))

    way = Way(lose_the_third)
    monkeypatch.setattr(opening, "open_channel", lambda channel, settings: way)
    tasks.deliver_due(app.extensions["calakan.settings"])
    assert way.sent == ["m0", "m1", "m3", "m4"]
    assert states()[2] is WorkState.CLAIMED


def test_a_letter_that_cannot_be_composed_does_not_hold_the_others(
    app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compose(message: Message, now: datetime) -> Letter | None:
        if message.key == "m1":
            db.session().execute(sa.text("SELECT no_such_column FROM message"))
        return Letter(message.key, "Isi.\n")

    composed_by(monkeypatch, "test.letter", compose)
    way = Way(lambda number: None)
    monkeypatch.setattr(opening, "open_channel", lambda channel, settings: way)
    assert tasks.deliver_due(app.extensions["calakan.settings"]) == 5
    assert way.sent == ["m0", "m2", "m3", "m4"]
    assert states()[1] is WorkState.FAILED


class Answering(Way):
    """A channel that ends every hand-over alike."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(lambda number: None)
        self.outcome = outcome

    def send(self, parcel: Parcel) -> Result:
        super().send(parcel)
        return Result(self.outcome, "apa kata server")


@pytest.mark.parametrize(
    ("outcome", "state", "left"),
    [
        (Outcome.SENT, WorkState.DONE, True),
        (Outcome.UNCERTAIN, WorkState.UNCERTAIN, True),
        (Outcome.REFUSED, WorkState.FAILED, False),
    ],
)
def test_what_may_have_left_counts_against_the_cap(
    app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, state: WorkState, left: bool
) -> None:
    monkeypatch.setattr(opening, "open_channel", lambda channel, settings: Answering(outcome))
    assert tasks.deliver_due(app.extensions["calakan.settings"]) == 5
    assert set(states()) == {state}
    now, day = clock.now(), timedelta(days=1)
    assert {at is not None for at in db.session().scalars(sa.select(Message.sent_at))} == {left}
    assert budget.left(Channel.MAIL, {day: 9}, now=now) == {day: 4 if left else 9}


def test_a_letter_is_tried_eight_times_and_no_ninth(app: Flask, waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    way = Answering(Outcome.LATER)
    monkeypatch.setattr(opening, "open_channel", lambda channel, settings: way)
    settings, tried = app.extensions["calakan.settings"], []
    for day in range(claims.MOST_ATTEMPTS + 2):
        with time_machine.travel(clock.now() + timedelta(days=day)):
            tasks.deliver_due(settings)
        tried.append(len(way.sent))
    most = 5 * claims.MOST_ATTEMPTS
    assert tried[-3:] == [most] * 3
    assert tried[claims.MOST_ATTEMPTS - 2] < most
    assert set(states()) == {WorkState.FAILED}
    assert set(db.session().scalars(sa.select(Message.attempts))) == {claims.MOST_ATTEMPTS}
    assert set(db.session().scalars(sa.select(Message.last_error))) == {"apa kata server"}
