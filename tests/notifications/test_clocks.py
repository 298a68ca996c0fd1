"""Clocks that jump and machines in other zones: the same letters, each once, at the hours of Jakarta."""

from __future__ import annotations

import time as clock_of_the_machine
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions
from calakan.enrolment import tasks as enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import tasks
from calakan.notifications.models import Message
from tests import factories
from tests.servers.smtp import SmtpSink

DAY = date(2027, 3, 10)
HOUR = timedelta(hours=1)
PEOPLE = 3


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), round(hour % 1 * 60)))


@pytest.fixture
def clockwork(app: Flask) -> Iterator[time_machine.Traveller]:
    """Three people of one session at 13.00 on the day, enrolled long before."""
    with time_machine.travel(at(9, -60), tick=False) as traveller:
        id = factories.diklat("Numerasi", days=80).id
        plan = sessions.SessionPlan(title="Numerasi", starts_at=at(13), ends_at=at(15))
        with db.transaction():
            sessions.change(diklat_queries.sessions_of(id)[0].id, plan, actor=factories.SYSTEM, now=clock.now())
        factories.enrol(id, factories.crowd(PEOPLE))
        yield traveller


def beat(app: Flask, sink: SmtpSink) -> None:
    settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
    enrolment.queue_reminders(settings)
    tasks.sweep(settings)


def a_day(traveller: time_machine.Traveller, offset: Callable[[datetime], timedelta]) -> Iterator[datetime]:
    """From the morning before until the session is over; yields what the time really is: each ten minutes around the
    hours at which letters leave or clocks jump, each hour between them."""
    moment = at(5, -1)
    while moment < at(15):
        traveller.move_to(moment + offset(moment))
        yield moment
        between_them = at(10, -1) <= moment < at(19, -1) or at(21, -1) <= moment < at(4)
        moment += HOUR if between_them else timedelta(minutes=10)


def between(begin: datetime, end: datetime, jump: timedelta) -> Callable[[datetime], timedelta]:
    return lambda moment: jump if begin <= moment < end else timedelta(0)


@pytest.mark.parametrize(
    "offset",
    [
        between(at(0), at(0), HOUR),
        between(at(6.5, -1), at(6.75, -1), HOUR),  # seven o'clock comes twice
        between(at(7, -1), at(15), HOUR),
        between(at(7, -1), at(7.25, -1), -HOUR),
        between(at(7.25, -1), at(9, -1), -HOUR),  # and here it comes again after the letter left
        between(at(12.25), at(12.75), -HOUR),
        between(at(11.5), at(11.75), HOUR),
        between(at(20, -1), at(6), HOUR),
        between(at(20, -1), at(6), -HOUR),
    ],
)
def test_a_clock_that_jumps_an_hour_repeats_and_skips_nothing(
    app: Flask, clockwork: time_machine.Traveller, offset: Callable[[datetime], timedelta]
) -> None:
    with SmtpSink() as sink:
        for _ in a_day(clockwork, offset):
            beat(app, sink)
        subjects = Counter(str(one.message["Subject"]) for one in sink.messages)
        pairs = Counter((one.recipients, one.message["Subject"]) for one in sink.messages)
    assert subjects == {"Besok: Numerasi": PEOPLE, "Sebentar lagi: Numerasi": PEOPLE}
    assert set(pairs.values()) == {1}


def test_a_clock_that_jumps_forward_while_letters_are_handed_over_doubles_none(
    app: Flask, clockwork: time_machine.Traveller
) -> None:
    """Another worker takes what the first one seems to have died with; the first one notices and leaves it alone."""

    def jump(number: int) -> None:
        if number == 1:
            clockwork.shift(HOUR)
            with app.app_context():
                tasks.sweep(settings)
                db.db.session.remove()

    clockwork.move_to(at(7, -1))
    with SmtpSink(meanwhile=jump) as sink:
        settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
        beat(app, sink)
        assert set(Counter(one.recipients for one in sink.messages).values()) == {1}
        assert len(sink.messages) == PEOPLE
    assert Counter(db.session().scalars(sa.select(Message.state))) == {WorkState.DONE: 2, WorkState.UNCERTAIN: 1}


@pytest.mark.parametrize("jump", [timedelta(0), -HOUR])
def test_what_a_dead_worker_held_does_not_wait_for_the_clock_to_catch_up(
    app: Flask, clockwork: time_machine.Traveller, jump: timedelta
) -> None:
    clockwork.move_to(at(9, -1))
    with SmtpSink() as sink:
        enrolment.queue_reminders(app.extensions["calakan.settings"])
        with db.transaction():
            claims.claim(Message, now=clock.now(), limit=PEOPLE)  # and the worker dies
        clockwork.shift(jump)
        for _ in range(3):
            clockwork.shift(claims.LEASE)
            beat(app, sink)
        assert len(sink.messages) == PEOPLE


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jakarta", "America/New_York"])
def test_the_machines_zone_is_nobodys_business(
    app: Flask, clockwork: time_machine.Traveller, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    clock_of_the_machine.tzset()
    try:
        with SmtpSink() as sink:
            went = []
            for moment in a_day(clockwork, between(at(0), at(0), HOUR)):
                before = len(sink.messages)
                beat(app, sink)
                went += [clock.local(moment).strftime("%d %H.%M")] * (len(sink.messages) - before)
            letters = {str(one.message["Subject"]): one.message for one in sink.messages}
    finally:
        monkeypatch.undo()
        clock_of_the_machine.tzset()
    assert went == ["09 07.00"] * PEOPLE + ["10 12.00"] * PEOPLE
    assert letters["Besok: Numerasi"]["Date"] == "Tue, 09 Mar 2027 00:00:00 +0000"
    assert "13.00–15.00 WIB" in letters["Besok: Numerasi"].get_content()
