"""What may leave now, by cap and by clock."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, night, ways
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.office.services import change_settings
from tests.notifications.acting import SECOND, SYSTEM, message

pytestmark = pytest.mark.usefixtures("by_day")


def test_what_may_leave_now(two: tuple[int, int]) -> None:
    ani, _ = two
    now = clock.now()
    hour, day = timedelta(hours=1), timedelta(days=1)
    for sent_at, state, way in (
        (now - hour, WorkState.DONE, Way.MAIL), (now - hour + SECOND, WorkState.DONE, Way.MAIL),
        (None, WorkState.CLAIMED, Way.MAIL), (None, WorkState.HANDING, Way.MAIL), (None, WorkState.PENDING, Way.MAIL),
        (now, WorkState.DONE, Way.TELEGRAM),
    ):  # fmt: skip
        message(ani, sent_at=sent_at, state=state, channel=way)
    assert budget.left(Way.MAIL, {hour: 10, day: 3}, now=now) == {hour: 7, day: 0}
    assert budget.left(Way.TELEGRAM, {hour: 1}, now=now) == {hour: 0}
    assert budget.left(Way.PUSH, {}, now=now) == {}
    minute = timedelta(minutes=1)
    for free, worth in (
        ({minute: 0}, True),
        ({hour: 0}, False),
        ({minute: 0, hour: 1}, True),
        ({minute: 1, hour: 0}, False),
    ):
        assert budget.worth_waiting(free) is worth


def test_a_cap_of_the_office_stands_above_that_of_the_provider(app: Flask) -> None:
    ways.connect({Way.MAIL: {timedelta(hours=1): 5, timedelta(days=1): 50}})
    with db.transaction():
        change_settings(actor=SYSTEM, now=clock.now(), mail_per_hour=2)
    assert budget.caps(office_settings(), Way.MAIL) == {timedelta(hours=1): 2, timedelta(days=1): 50}


@pytest.mark.parametrize(
    ("limits", "minutes", "most"),
    [
        ({}, 60, None), ({60: 4}, 60, 4), ({60: 4}, 61, 8), ({60: 4}, 1, 4), ({60: 4}, 0, 0), ({60: 4}, -5, 0),
        ({60: 4, 1440: 5}, 180, 5), ({1: 1, 60: 4}, 60, 4),
    ],
)  # fmt: skip
def test_how_many_can_leave_between_two_instants(limits: dict[int, int], minutes: int, most: int | None) -> None:
    spans = {timedelta(minutes=span): cap for span, cap in limits.items()}
    now = clock.now()
    assert budget.capacity(spans, now, now + timedelta(minutes=minutes)) == most


def test_when_the_last_has_left() -> None:
    now, hour = clock.now(), timedelta(hours=1)
    waits = [budget.done_at({hour: 4}, number, now) - now for number in (0, 1, 4, 5, 9)]
    assert waits == [timedelta(0), timedelta(0), timedelta(0), hour, 2 * hour]
    assert budget.done_at({}, 99, now) == now
    assert budget.done_at({hour: 4, 24 * hour: 8}, 9, now) == now + 24 * hour


def test_a_channel_that_rests_lets_nothing_through(two: tuple[int, int]) -> None:
    now = clock.now()
    with db.transaction():
        budget.rest(Way.TELEGRAM, now + SECOND, trouble="x" * 400)
    assert [list(budget.resting(at)) for at in (now, now + SECOND)] == [[Way.TELEGRAM], []]
    assert len(budget.resting(now)[Way.TELEGRAM].trouble) == 300
    settings = office_settings()
    assert budget.flowing(settings, now) == [Way.MAIL, Way.WHATSAPP, Way.PUSH]
    late = clock.instant(clock.today(), time(22))
    assert budget.flowing(settings, late) == [Way.MAIL]
    ways.connect({Way.MAIL: {timedelta(hours=1): 1}, Way.PUSH: {}})
    message(two[0], state=WorkState.CLAIMED)
    assert budget.flowing(settings, now) == [Way.PUSH]


@pytest.mark.parametrize(("hour", "minute", "sleeps"), [(20, 59, False), (21, 0, True), (4, 59, True), (5, 0, False)])
def test_when_people_sleep(hour: int, minute: int, sleeps: bool) -> None:
    at = clock.instant(clock.today(), time(hour, minute))
    assert night.quiet(at) is sleeps
    woken = clock.instant(clock.today() + timedelta(days=1 if hour >= 21 else 0), time(5))
    assert night.waking(at) == (woken if sleeps else at)
