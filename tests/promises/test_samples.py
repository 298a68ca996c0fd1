"""The curves of a day: what is noted, for how long, and that what is not known is a gap and no zero."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db, meters
from calakan.notifications import services
from calakan.people.models import Role
from calakan.promises import curves, samples
from calakan.promises.models import Sample
from config import Settings
from tests import factories

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["calakan.settings"]
    return found


def take(settings: Settings, at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return samples.take(settings)


def noted() -> list[datetime]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Sample.at).order_by(Sample.at)))


def test_it_is_noted_once_in_five_minutes_whoever_asks(settings: Settings) -> None:
    assert [take(settings, NOON + timedelta(minutes=minutes)) for minutes in (0, 4, 5, 9, 12)] == [1, 0, 1, 0, 1]


def test_what_is_older_than_a_day_goes_and_what_a_wrong_clock_left_too(settings: Settings) -> None:
    for hours in (-25, -23, 0):
        take(settings, NOON + timedelta(hours=hours))
    assert noted() == [NOON - timedelta(hours=23), NOON]
    take(settings, NOON + timedelta(days=400))  # somebody turned the clock
    assert noted() == [NOON + timedelta(days=400)]
    take(settings, NOON)  # and back
    assert noted() == [NOON]


def test_a_year_of_notes_is_no_more_than_a_day_of_them(settings: Settings) -> None:
    with db.transaction() as session:
        times = [NOON - timedelta(minutes=5 * n) for n in range(1, 2000)]
        rows = [{"slot": samples.slot(at), "at": at, "run": "", "counted": None, "asked": {}} for at in times]
        session.execute(sa.insert(Sample), rows)
    take(settings, NOON)
    assert len(noted()) == curves.SLOTS + 1


def test_letters_that_wait_and_the_size_of_things_are_noted(settings: Settings) -> None:
    person = factories.person("Sri Rahayu")
    with db.transaction():
        early = NOON - timedelta(minutes=7)
        services.queue("people.reset_password", key="x", person_id=person.id, address=person.email, now=early)
    take(settings, NOON)
    asked = db.session().scalars(sa.select(Sample.asked)).one()
    assert (asked["letters"], asked["oldest_s"]) == (1, 420)
    assert asked["database_bytes"] > 100_000
    assert asked["free_bytes"] > 0


def test_of_many_hosts_none_tells_its_own_share_as_if_it_were_all(settings: Settings) -> None:
    take(replace(settings, files_url="s3://key:secret@bucket?endpoint=http://127.0.0.1:9"), NOON)
    one = db.session().scalars(sa.select(Sample)).one()
    assert (one.counted, one.asked["free_bytes"]) == (None, None)


def test_a_process_that_counts_alone_tells_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(meters.VARIABLE, raising=False)
    take(settings, NOON)
    assert db.session().scalars(sa.select(Sample.counted)).one() is None


@pytest.mark.any_database
def test_what_several_processes_counted_is_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "from calakan.kernel import meters\n"
        "meters.requests.labels('a', '200').inc(3)\nmeters.requests.labels('b', '503').inc()\n"
        "meters.request_seconds.labels('a').observe(0.2)\nmeters.tasks.labels('t', 'failed').inc()"
    )
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], env={meters.VARIABLE: str(tmp_path)}, check=True, timeout=60)
    (tmp_path / meters.SINCE).write_text("start")
    monkeypatch.setenv(meters.VARIABLE, str(tmp_path))
    run, counted = samples._counted()
    assert counted is not None
    assert (run, counted["requests"], counted["errors"], counted["tasks_failed"]) == (
        "start", 8, 2, 2,
    )  # fmt: skip
    assert (counted["within"]["0.1"], counted["within"]["0.25"], counted["within"]["+Inf"]) == (0, 2, 2)


def a_sample(minutes: int, requests: int | None, *, run: str = "one", slow: int = 0, **asked: Any) -> Sample:
    at = NOON - timedelta(minutes=minutes)
    counted = None
    if requests is not None:
        within = {"0.1": requests - slow, "1.0": requests, "+Inf": requests}
        counted = {"requests": requests, "errors": 0, "tasks_failed": 0, "within": within}
    return Sample(slot=samples.slot(at), at=at, run=run, counted=counted, asked=asked)


def curve(name: str, *found: Sample) -> curves.Curve:
    return next(one for one in curves.drawn(found, NOON) if one.name == name)


@pytest.mark.any_database
def test_a_line_goes_from_note_to_note_and_breaks_where_one_is_missing() -> None:
    line = curve("requests", *(a_sample(minutes, 100 - minutes) for minutes in (30, 25, 20, 10, 5, 0)))
    assert (line.path.count("M"), line.path.count("L"), line.last, line.most) == (2, 2, 5, 5)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("before", "one"),
    [
        (a_sample(5, 10), a_sample(0, 30, run="two")),  # started anew, and counted on beyond the old sum
        (a_sample(5, 10), a_sample(0, 4)),
        (a_sample(5, None), a_sample(0, 30)),
        (a_sample(5, 10), a_sample(0, None)),
        (a_sample(10, 10), a_sample(0, 30)),
    ],
    ids=["another start", "less", "not known before", "not known now", "a note missing"],
)
def test_what_cannot_be_known_is_a_gap_and_no_zero(before: Sample, one: Sample) -> None:
    line = curve("requests", before, one)
    assert (line.path, line.last, line.most) == ("", None, None)


@pytest.mark.any_database
def test_the_time_of_an_answer_is_unknown_where_nobody_asked() -> None:
    assert curve("slow", a_sample(5, 10), a_sample(0, 10)).last is None
    assert curve("slow", a_sample(5, 0), a_sample(0, 100, slow=10)).last == pytest.approx(0.1 + 0.9 * 5 / 10)
    assert curve("slow", a_sample(5, 0), a_sample(0, 100)).last == pytest.approx(0.095)
    endless = a_sample(0, 100)
    endless.counted = {**(endless.counted or {}), "within": {"0.1": 0, "1.0": 50, "+Inf": 100}}
    assert curve("slow", a_sample(5, 0), endless).last is None, "longer than the last step, by how much nobody knows"


@pytest.mark.any_database
def test_nothing_happened_is_a_line_at_the_bottom() -> None:
    line = curve("requests", a_sample(10, 7), a_sample(5, 7), a_sample(0, 7))
    assert (line.last, line.most) == (0, 0)
    assert line.path.endswith("60.0")


def test_the_page_draws_what_is_known_and_says_where_nothing_is(
    settings: Settings, client_of: Callable[[int], FlaskClient]
) -> None:
    client = client_of(factories.person("Admin", Role.ADMIN).id)
    assert client.get("/kelola/pemeriksaan").get_data(as_text=True).count("Tidak ada angka.") == 8
    now = clock.now()
    take(settings, now - timedelta(minutes=5))
    take(settings, now)
    html = client.get("/kelola/pemeriksaan").get_data(as_text=True)
    assert len(re.findall('class="curve"', html)) == 4  # what was counted in this process alone is not known
    assert "Kini 0, tertinggi 0 surat" in " ".join(html.split())
