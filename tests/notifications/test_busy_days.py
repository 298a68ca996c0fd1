"""A day with more reminders than the relay takes in an hour, two beats on it, and a beat that was away."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask

from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions
from calakan.enrolment import reminders
from calakan.enrolment import tasks as enrolment
from calakan.kernel import clock, codes, db
from calakan.notifications import tasks
from calakan.office import services as office
from tests import factories
from tests.servers.smtp import SmtpSink

DAY = date(2027, 3, 10)
HOUR = timedelta(hours=1)


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), round(hour % 1 * 60)))


@pytest.fixture
def clockwork(app: Flask) -> Iterator[time_machine.Traveller]:
    """Everybody enrols two months before the day."""
    with time_machine.travel(at(9, -60), tick=False) as traveller:
        yield traveller


def course(title: str, start: datetime, people: list[int]) -> None:
    id = factories.diklat(title, days=80).id
    plan = sessions.SessionPlan(title=title, starts_at=start, ends_at=start + timedelta(hours=2))
    with db.transaction():
        sessions.change(diklat_queries.sessions_of(id)[0].id, plan, actor=factories.SYSTEM, now=clock.now())
    factories.enrol(id, people)


def beat(app: Flask, sink: SmtpSink) -> None:
    """What the beat asks for every minute, done at once."""
    settings = replace(app.extensions["calakan.settings"], smtp_url=sink.url)
    enrolment.queue_reminders(settings)
    tasks.sweep(settings)


def hours(first: float, last: float, *, step: float = 0.25) -> list[float]:
    return [first + step * n for n in range(int((last - first) / step) + 1)]


def most_in_an_hour(went: list[tuple[datetime, int]]) -> int:
    return max(sum(count for then, count in went if moment - HOUR < then <= moment) for moment, _ in went)


@pytest.mark.parametrize(
    ("cap", "by_hour", "most"),
    [
        (100, {7: 100, 8: 100, 9: 40}, 100),
        pytest.param(0, {7: 240}, 240, marks=pytest.mark.any_database),  # the control: nothing else slows them
    ],
)
def test_three_diklat_on_one_day_stay_below_what_the_relay_takes_in_an_hour(
    app: Flask, clockwork: time_machine.Traveller, cap: int, by_hour: dict[int, int], most: int
) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), mail_per_hour=cap)
    people = factories.crowd(240)
    for number, start in enumerate((13, 15, 16)):
        course(f"Diklat {number}", at(start), people[number * 80 : number * 80 + 80])
    went: list[tuple[datetime, int]] = []
    with SmtpSink() as sink:
        for hour in hours(6.75, 10):
            clockwork.move_to(at(hour, -1))
            before = len(sink.messages)
            beat(app, sink)
            went.append((clock.now(), len(sink.messages) - before))
        received = Counter(one.recipients[0] for one in sink.messages)
    assert (len(received), set(received.values())) == (240, {1})
    assert most_in_an_hour(went) == most
    assert {clock.local(moment).hour: count for moment, count in went if count} == by_hour


def two_beats(app: Flask, sink: SmtpSink) -> Counter[str]:
    """How many letters each person has after both beats asked at the same moment."""
    barrier = threading.Barrier(2)

    def run() -> None:
        with app.app_context():
            barrier.wait()
            beat(app, sink)
            db.db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(one.recipients[0] for one in sink.messages)


def test_two_beats_at_the_same_moment_remind_once(app: Flask, clockwork: time_machine.Traveller) -> None:
    course("Numerasi", at(13), factories.crowd(40))
    with SmtpSink() as sink:
        for moment, together in ((at(7, -1), 1), (at(7.5, -1), 1), (at(12), 2), (at(12.5), 2)):
            clockwork.move_to(moment)
            assert list(two_beats(app, sink).values()) == [together] * 40


def test_without_their_keys_two_beats_would_remind_twice(
    app: Flask, clockwork: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what keeps the second beat quiet is the key of each reminder."""
    row_of = reminders._row
    monkeypatch.setattr(reminders, "_row", lambda item, now: row_of(item, now) | {"key": codes.code(26)})
    course("Numerasi", at(13), factories.crowd(40))
    with SmtpSink() as sink:
        clockwork.move_to(at(7, -1))
        assert list(two_beats(app, sink).values()) == [2] * 40


@pytest.mark.parametrize(
    ("awake", "expected"),
    [
        # Away over the morning, back within the hour: each once.
        ([*hours(5, 6.75), *hours(7.75, 12)], {"Besok: Numerasi": 1}),
        # Away until the evening's end: the morning letter is for that day and no longer leaves.
        ([*hours(5, 6.75), *hours(21, 22)], {}),
    ],
)
def test_after_a_beat_that_was_away_each_leaves_once_or_never(
    app: Flask, clockwork: time_machine.Traveller, awake: list[float], expected: dict[str, int]
) -> None:
    course("Numerasi", at(13), factories.crowd(1))
    with SmtpSink() as sink:
        for hour in awake:
            clockwork.move_to(at(hour, -1))
            beat(app, sink)
        assert Counter(str(one.message["Subject"]) for one in sink.messages) == expected


@pytest.mark.parametrize(("hour", "letters"), [(12.75, 1), (13.25, 0)])
def test_the_hour_before_is_never_announced_once_it_began(
    app: Flask, clockwork: time_machine.Traveller, hour: float, letters: int
) -> None:
    course("Numerasi", at(13), factories.crowd(1))
    with SmtpSink() as sink:
        clockwork.move_to(at(hour))
        beat(app, sink)
        assert len(sink.messages) == letters
