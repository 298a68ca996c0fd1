"""A hall that types one code: nobody waits for anybody else, each is noted once, and whoever decides about all waits for them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import checking_in, queries, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.models import Decision, Evidence
from calakan.diklat.models import DiklatState, LiveSession
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from tests import factories
from tests.completion.courses import Course, nine
from tests.concurrency.test_once import at_once

PATIENCE = 60


def typed(person_id: int, code: str) -> Answer:
    return checking_in.check_in(person_id, code, actor=factories.SYSTEM, now=clock.now()).answer


def test_four_taps_of_one_person_are_one_sign(app: Flask) -> None:
    course = Course("Ani", "Budi", "Cici")
    with time_machine.travel(nine(1), tick=False):
        with db.transaction():
            code = services.open_check_in(course.sessions[0], minutes=30, actor=factories.SYSTEM, now=clock.now()).code
        tried = at_once(app, [lambda id=id: typed(id, code) for id in course.people for _ in range(4)])
        assert Counter(tried) == {Answer.PRESENT: 3, Answer.ALREADY: 9}
        assert queries.present_count(course.sessions[0]) == 3
        for model in (Evidence, Decision):
            assert db.session().scalar(sa.select(sa.func.count()).select_from(model)) == 3


def holding(app: Flask, act: str, session_id: int) -> tuple[threading.Event, threading.Thread]:
    """Another transaction that holds the session until it is told."""
    held, go = threading.Event(), threading.Event()

    def run() -> None:
        with app.app_context():
            with db.transaction():
                getattr(db, act)(LiveSession, session_id)
                held.set()
                assert go.wait(PATIENCE)
            db.db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(PATIENCE)
    return go, thread


@pytest.mark.parametrize(
    ("held", "mine", "waits"), [("share", "share", False), ("share", "lock", True), ("lock", "share", True)]
)
def test_who_types_shares_the_session_and_who_decides_has_it_alone(
    app: Flask, held: str, mine: str, waits: bool
) -> None:
    if db.engine().dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    course = Course("Ani")
    go, thread = holding(app, held, course.sessions[0])
    done = threading.Event()

    def run() -> None:
        with app.app_context():
            with db.transaction():
                getattr(db, mine)(LiveSession, course.sessions[0])
            done.set()
            db.db.session.remove()

    other = threading.Thread(target=run)
    other.start()
    try:
        if waits:
            deadline = time.monotonic() + PATIENCE
            while not waiting() and time.monotonic() < deadline:
                time.sleep(0.01)
            assert waiting()
            assert not done.is_set()
        else:
            assert done.wait(PATIENCE)
    finally:
        go.set()
        thread.join()
        other.join()
    assert done.is_set()


def waiting() -> bool:
    """Whether anybody waits for a lock that is no row's."""
    db.session().rollback()
    return bool(
        db.session().scalar(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
    )


def in_a_thread(
    app: Flask, act: Callable[[], object], told: list[object], go: threading.Event | None = None
) -> tuple[threading.Event, threading.Thread]:
    """A transaction that acts and, with `go`, commits once it is told."""
    acted = threading.Event()

    def run() -> None:
        with app.app_context():
            try:
                with db.transaction():
                    told.append(act())
                    acted.set()
                    assert go is None or go.wait(PATIENCE)
            except DomainError as error:
                told.append(error)
            finally:
                acted.set()
                db.db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return acted, thread


def until_somebody_waits() -> bool:
    deadline = time.monotonic() + PATIENCE
    while not waiting() and time.monotonic() < deadline:
        time.sleep(0.01)
    return waiting()


@pytest.mark.parametrize("how", ["close", "cancel"])
@pytest.mark.parametrize("first", ["code", "end"])
def test_a_diklat_ends_before_or_after_a_code_and_never_between(app: Flask, how: str, first: str) -> None:
    """Whoever comes second waits: a code that was taken counts when the diklat is closed, and none is taken afterwards."""
    if db.engine().dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    course, start = Course("Ani"), nine(1)
    (ani,), diklat_id = course.people, course.id
    with time_machine.travel(start, tick=False), db.transaction():
        code = services.open_check_in(course.sessions[0], minutes=30, actor=factories.SYSTEM, now=start).code
    over = start + timedelta(days=30)
    more = {"reason": "Listrik padam"} if how == "cancel" else {}

    def end() -> object:
        return getattr(states, how)(diklat_id, actor=factories.SYSTEM, now=over, **more).state

    def type_it() -> object:
        return checking_in.check_in(ani, code, actor=factories.SYSTEM, now=start).answer

    acts, told, go = (type_it, end) if first == "code" else (end, type_it), list[object](), threading.Event()
    acted, one = in_a_thread(app, acts[0], told, go)
    assert acted.wait(PATIENCE)
    _, other = in_a_thread(app, acts[1], told)
    try:
        assert until_somebody_waits()
        assert len(told) == 1
    finally:
        go.set()
        one.join()
        other.join()
    ended = DiklatState.CLOSED if how == "close" else DiklatState.CANCELLED
    assert told == ([Answer.PRESENT, ended] if first == "code" else [ended, Answer.FINAL])
    assert queries.present_count(course.sessions[0]) == (first == "code")
