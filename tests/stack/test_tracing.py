"""One id from the proxy to logs, tasks, letters and error pages; slow statements; what is counted along the way."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan import logs, work
from calakan.background import REQUEST_ID
from calakan.bell import Bell
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db, meters, statements, trace
from calakan.notifications import tasks
from calakan.notifications.channels.interface import Parcel
from calakan.notifications.channels.rfc5322 import mail_of
from calakan.notifications.letters import Letter
from calakan.notifications.models import Message
from calakan.web import away
from tests import factories
from tests.conftest import make_app

OWN = re.compile(r"[0-9a-f]{12}")
GIVEN = "0f3c1d2e-4b5a-6978-8a9b-acbdcedfe0f1"


@pytest.fixture
def behind_a_proxy(database_url: str, tmp_path: Path) -> FlaskClient:
    return make_app(database_url, tmp_path, CALAKAN_TRUSTED_PROXIES="1").test_client()


def counted(name: str, **labels: str) -> float:
    return meters.REGISTRY.get_sample_value(name, labels) or 0.0


def test_each_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    first, second = (client.get("/livez").headers["X-Request-ID"] for _ in range(2))
    assert OWN.fullmatch(first)
    assert OWN.fullmatch(second)
    assert first != second
    assert trace.current() == trace.Trace()


def test_a_proxy_that_is_not_declared_gives_no_id(client: FlaskClient) -> None:
    assert OWN.fullmatch(client.get("/livez", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"])


def test_that_of_a_declared_proxy_is_taken(behind_a_proxy: FlaskClient) -> None:
    assert behind_a_proxy.get("/livez", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] == GIVEN


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>", "é" * 12])
def test_one_that_could_not_stand_everywhere_is_made_anew(behind_a_proxy: FlaskClient, given: str) -> None:
    answer = behind_a_proxy.get("/livez", headers={"X-Request-ID": given.encode().decode("latin-1")})
    assert OWN.fullmatch(answer.headers["X-Request-ID"])


def test_a_kept_page_has_the_id_of_whoever_asks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["calakan.pages"], "seconds", 60)
    ids = {app.test_client().get("/").headers["X-Request-ID"] for _ in range(3)}
    app.extensions["calakan.pages"].clear()
    assert len(ids) == 3


@pytest.mark.parametrize("error", [ValueError("a bug"), OSError(28, "No space left on device")])
def test_a_page_of_an_error_says_it_and_the_log_too(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setitem(app.view_functions, "diklat.home", fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    shown: list[str] = []
    caplog.handler.addFilter(logs.Traced())
    caplog.handler.setFormatter(logs.JsonLines())
    monkeypatch.setattr(logging.Handler, "handleError", lambda *_: shown.append("broken"))
    answer = app.test_client().get("/")
    request_id = answer.headers["X-Request-ID"]
    assert f'<b class="mono">{request_id}</b>' in answer.text
    assert (away.FULL[0] in answer.text) == isinstance(error, OSError)
    assert shown == []
    assert [record.trace for record in caplog.records] == [trace.Trace(request_id, "diklat.home")]  # type: ignore[attr-defined]  # the filter's


def line_of(formatter: logging.Formatter, message: str) -> str:
    record = logging.LogRecord("calakan.x", logging.WARNING, "", 0, message, (), None)
    logs.Traced().filter(record)
    return formatter.format(record)


def test_a_line_of_the_log_says_request_and_endpoint() -> None:
    text = logging.Formatter(logs.LINE)
    with trace.carrying("diklat.home", GIVEN):
        found = json.loads(line_of(logs.JsonLines(), "two\nlines"))
        assert line_of(text, "x").endswith(f"WARNING calakan.x x [{GIVEN}]")
    assert (found["request"], found["what"], found["event"]) == (GIVEN, "diklat.home", "two\nlines")
    outside = json.loads(line_of(logs.JsonLines(), "x"))
    assert "request" not in outside
    assert line_of(text, "x").endswith("WARNING calakan.x x")


def test_a_ring_carries_the_id_of_whoever_asked_first() -> None:
    rung: list[tuple[str, str]] = []
    begun, slow, done = threading.Event(), threading.Event(), threading.Event()

    def send(queue: str) -> None:
        begun.set()
        slow.wait(60)
        rung.append((queue, trace.current_id()))
        if queue == "b":
            done.set()

    bell = Bell(send)
    with trace.carrying("x", "request-a"):
        bell.ring("a")
    assert begun.wait(60)
    for number in range(3):
        with trace.carrying("x", f"request-b{number}"):
            bell.ring("b")
    slow.set()
    assert done.wait(60)
    assert rung == [("a", "request-a"), ("b", "request-b0")]


def test_a_task_goes_on_under_the_id_and_is_counted(app: Flask) -> None:
    seen: list[trace.Trace] = []
    celery = app.extensions["celery"]
    task = celery.tasks["notifications.sweep"]
    before = counted("calakan_tasks_total", task="notifications.sweep", outcome="done")

    @sa.event.listens_for(db.engine(), "checkout")
    def _look(*_: Any) -> None:
        seen.append(trace.current())

    try:
        task.apply(headers={REQUEST_ID: GIVEN})
        task.apply()
    finally:
        sa.event.remove(db.engine(), "checkout", _look)
    ids = list(dict.fromkeys(found.id for found in seen))
    assert ids[0] == GIVEN
    assert OWN.fullmatch(ids[1])
    assert {found.what for found in seen} == {"notifications.sweep"}
    assert counted("calakan_tasks_total", task="notifications.sweep", outcome="done") == before + 2


def test_a_task_that_fails_is_counted_as_such() -> None:
    with pytest.raises(ZeroDivisionError), work.carried_out("x.fails", ""):
        _ = 1 / 0
    assert counted("calakan_tasks_total", task="x.fails", outcome="failed") == 1
    assert counted("calakan_task_seconds_count", task="x.fails") == 1
    assert work.counted("x.rows", lambda settings: 7)(None) == 7  # type: ignore[arg-type]  # it reads none
    assert counted("calakan_task_rows_total", task="x.rows") == 7


def test_a_letter_knows_its_request_and_how_it_ended_is_counted(app: Flask) -> None:
    person, course = factories.person().id, factories.diklat().id
    before = counted("calakan_hand_overs_total", channel="mail", outcome="sent")
    with trace.carrying("enrolment.join", GIVEN), db.transaction():
        enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now())
    assert {message.request_id for message in db.session().scalars(sa.select(Message))} == {GIVEN}
    sent = tasks.deliver_due(app.extensions["calakan.settings"])
    assert counted("calakan_hand_overs_total", channel="mail", outcome="sent") == before + sent > before


def test_the_head_of_a_mail_says_it() -> None:
    def heads(request_id: str) -> str:
        letter = Letter(subject="Halo", text="Halo")
        parcel = Parcel(letter, "k", "x", "a@example.org", "A", clock.now(), request_id=request_id)
        return mail_of(parcel, sender="b@example.org").decode()

    assert f"X-Request-ID: {GIVEN}\r\n" in heads(GIVEN)
    assert "X-Request-ID" not in heads("")


@pytest.fixture
def watched(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    statements.watch(engine, slow_ms=1)
    yield engine
    engine.dispose()


def test_a_slow_statement_is_logged_with_its_endpoint_and_without_its_values(
    watched: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    slow = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)\n"
        "SELECT count(*) FROM n WHERE CAST(i AS TEXT) <> :secret"
    )
    with trace.carrying("diklat.home"), watched.connect() as connection:
        connection.execute(slow, {"secret": "rahasia-sekali"})
    [line] = [record.getMessage() for record in caplog.records if "count(*)" in record.getMessage()]
    assert re.match(r"slow statement: \d+ ms in diklat.home: WITH RECURSIVE", line)
    assert "rahasia" not in line
    assert "\n" not in line
    assert counted("calakan_slow_statements_total", what="diklat.home") >= 1


def test_connections_in_use_are_counted(watched: sa.Engine) -> None:
    before = counted("calakan_database_connections")
    with watched.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        assert counted("calakan_database_connections") == before + 1
    assert counted("calakan_database_connections") == before


def test_answers_are_counted_by_endpoint_and_never_by_address(client: FlaskClient) -> None:
    before = counted("calakan_requests_total", endpoint="health.livez", status="200")
    # Of any status: others may have been refused here before.
    timed = counted("calakan_request_seconds_count", endpoint="health.livez")
    nowhere = counted("calakan_requests_total", endpoint="-", status="404")
    client.get("/livez")
    client.get("/tidak/ada/rahasia")
    assert counted("calakan_requests_total", endpoint="health.livez", status="200") == before + 1
    assert counted("calakan_requests_total", endpoint="-", status="404") == nowhere + 1
    assert counted("calakan_request_seconds_count", endpoint="health.livez") == timed + 1
    assert "rahasia" not in client.get("/metrics").text
