"""What operators are told: alive, ready, stuck, and the figures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment import services as enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from tests import factories
from tests.conftest import make_app


def figures(client: FlaskClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = [line for line in answer.get_data(as_text=True).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def one_message() -> None:
    person, course = factories.person().id, factories.diklat().id
    with db.transaction():
        enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now())


def test_ready_until_work_is_stuck(app: Flask, client: FlaskClient) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        one_message()
        assert client.get("/readyz").get_json() == {
            "ready": True,
            "database": True,
            "writes": "ok",
            "stuck": [],
            "resting": {},
            "stalled_seconds": {"messages": 0, "certificates": 0, "exports": 0, "calendars": 0},
            "oldest_seconds": {"messages": 0, "certificates": 0, "exports": 0, "calendars": 0},
        }
    with time_machine.travel(now + timedelta(seconds=60), tick=False):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["stuck"]) == (503, ["messages"])
        assert answer.get_json()["stalled_seconds"]["messages"] == 60
        assert client.get("/livez").status_code == 200


def test_a_long_queue_that_moves_is_not_stuck_and_a_frozen_worker_is(app: Flask, client: FlaskClient) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        one_message()
    with db.transaction():
        claims.claim(Message, now=now + timedelta(seconds=50), limit=1)
    with time_machine.travel(now + timedelta(seconds=70), tick=False):
        assert client.get("/readyz").get_json()["stalled_seconds"]["messages"] == 20
    with time_machine.travel(now + timedelta(seconds=110), tick=False):
        assert client.get("/readyz").status_code == 503


def test_finished_and_future_work_is_not_stuck(app: Flask, client: FlaskClient) -> None:
    one_message()
    with db.transaction() as session:
        message = session.query(Message).one()
        message.state, message.sent_at = WorkState.DONE, clock.now()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert client.get("/readyz").status_code == 200


def test_a_lost_database_is_told(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"ready": False, "database": False})


def test_the_figures_are_those_of_the_database(app: Flask, client: FlaskClient) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        one_message()
    with time_machine.travel(now + timedelta(seconds=90), tick=False):
        found = figures(client)
    assert found['calakan_queue_rows{queue="messages",state="pending"}'] == 1
    assert found['calakan_queue_rows{queue="messages",state="failed"}'] == 0
    assert found['calakan_queue_oldest_due_seconds{queue="messages"}'] == 90
    assert found['calakan_queue_stalled_seconds{queue="messages"}'] == 90
    assert found['calakan_people{active="true"}'] == 1
    assert found['calakan_enrolments{state="confirmed"}'] == 1
    assert [name for name in found if name.startswith("calakan_build_info")]


def test_seats_are_those_of_diklat_ahead_with_a_quota(app: Flask, client: FlaskClient) -> None:
    small, unlimited, draft = (
        factories.diklat(quota=1).id,
        factories.diklat().id,
        factories.diklat(quota=9, publish=False),
    )
    for number in range(3):
        person = factories.person(f"Guru {number}").id
        for course in (small, unlimited):
            with db.transaction():
                enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
    found = figures(client)
    assert draft.quota == 9
    assert [found[f'calakan_seats{{state="{state}"}}'] for state in ("offered", "taken", "waiting")] == [1, 1, 2]
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert figures(client)['calakan_seats{state="offered"}'] == 0


def test_the_figures_say_when_the_database_or_the_disk_is_away(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = figures(client)
    assert (up["calakan_database_up"], up["calakan_writable"]) == (1, 1)
    monkeypatch.setattr("calakan.web.writing.trouble", lambda data_dir: "files")
    assert figures(client)["calakan_writable"] == 0
    away = make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path).test_client()
    found = figures(away)
    assert found["calakan_database_up"] == 0
    assert [name for name in found if name.startswith("calakan_requests_total")]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.9", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 404),
    ],
)
def test_without_a_token_only_this_host_may_look(
    app: Flask, client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_with_a_token_only_its_bearer_may_look(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    settings = app.extensions["calakan.settings"]
    monkeypatch.setitem(app.extensions, "calakan.settings", replace(settings, metrics_token="rahasia-panjang"))
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer salah"}).status_code == 404
    answer = client.get(
        "/metrics",
        headers={"Authorization": "Bearer rahasia-panjang"},
        environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert answer.status_code == 200
