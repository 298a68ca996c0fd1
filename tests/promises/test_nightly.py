"""The backup of each night: when, by whom, how many are kept, and what happens where there is no room."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

import config
from calakan import wiring
from calakan.background import LONG_SECONDS, USUAL_SECONDS
from calakan.kernel import archive, clock
from calakan.promises import nightly
from tests import factories

Make = Callable[..., config.Settings]


@pytest.fixture
def make(app: Flask, tmp_path: Path) -> Make:
    """Settings with a folder of its own."""

    def settings(**changed: Any) -> config.Settings:
        found: config.Settings = app.extensions["calakan.settings"]
        return replace(found, **{"backup_dir": str(tmp_path / "nights"), "backup_keep": 3, **changed})

    return settings


def at(day: int, hour: int = 3) -> time_machine.travel:
    return time_machine.travel(datetime(2026, 6, day, hour, 30, tzinfo=clock.place()), tick=False)


def test_one_each_night_and_the_newest_are_kept(make: Make) -> None:
    settings, written = make(), []
    factories.person("Sri Rahayu")
    for day in range(1, 6):
        with at(day):
            written.append((nightly.run(settings), nightly.run(settings)))
    assert written == [(1, 0)] * 5
    assert list(nightly.kept(settings)) == [date(2026, 6, 5), date(2026, 6, 4), date(2026, 6, 3)]
    newest = next(iter(nightly.kept(settings).values()))
    found = archive.read_through(newest, "", keep=lambda name, content: None)
    assert found.rows["person"] == 1
    assert newest.stat().st_mode & 0o777 == 0o600


def test_rows_kept_for_an_upgrade_go_after_a_week(make: Make, tmp_path: Path) -> None:
    settings = make(data_dir=tmp_path, backup_keep=0)
    place = tmp_path / "upgrades"
    place.mkdir()
    with at(9):
        for name, days in (("old.rows", 8), ("new.rows", 6), ("old", 30)):
            (place / name).touch()
            made = clock.now().timestamp() - days * 86_400
            os.utime(place / name, (made, made))
        assert nightly.run(settings) == 0
    assert {path.name for path in place.iterdir()} == {"new.rows", "old"}


def test_not_before_the_hour_and_made_up_for_in_the_morning(make: Make) -> None:
    settings = make()
    with at(1, hour=0):
        assert nightly.run(settings) == 0
    with at(1, hour=10):
        assert nightly.run(settings) == 1


def test_none_where_none_are_wanted(make: Make) -> None:
    with at(1):
        assert nightly.run(make(backup_keep=0)) == 0
    assert not nightly.folder(make()).exists()


def test_with_a_passphrase_it_is_sealed(make: Make) -> None:
    settings = make(backup_passphrase="sandi yang panjang")
    with at(1):
        assert nightly.run(settings) == 1
    (sealed,) = nightly.kept(settings).values()
    assert sealed.name == "calakan-2026-06-01.tar.gz.sealed"
    assert archive.read_through(sealed, "sandi yang panjang", keep=lambda name, content: None).rows


def test_what_is_not_ours_is_neither_counted_nor_taken_away(make: Make) -> None:
    settings = make(backup_keep=1)
    place = nightly.folder(settings)
    place.mkdir()
    (place / "calakan-2026-05-01.tar.gz.copy").write_bytes(b"by hand")
    for day in (1, 2):
        with at(day):
            nightly.run(settings)
    assert sorted(path.name for path in place.iterdir() if path.name != ".lock") == [
        "calakan-2026-05-01.tar.gz.copy", "calakan-2026-06-02.tar.gz"
    ]  # fmt: skip


def test_while_another_worker_writes_this_one_does_not(make: Make) -> None:
    settings = make()
    nightly.folder(settings).mkdir()
    with at(1), (nightly.folder(settings) / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert nightly.run(settings) == 0
    with at(1):
        assert nightly.run(settings) == 1


def test_without_room_none_is_begun_and_the_old_ones_stay(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = make(backup_keep=1)
    with at(1):
        nightly.run(settings)
    size = next(iter(nightly.kept(settings).values())).stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2 * size - 1))
    with at(2), caplog.at_level(logging.ERROR):
        assert nightly.run(settings) == 0
        assert nightly.age_days(settings, clock.now()) == 1
    assert "no nightly backup" in caplog.text
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2 * size))
    with at(2):
        assert nightly.run(settings) == 1


def test_a_broken_one_leaves_the_last_and_no_piece(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make(backup_keep=1)
    with at(1):
        nightly.run(settings)

    def full(*args: object, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "read_through", full)
    with at(2), pytest.raises(OSError, match="No space"):
        nightly.run(settings)
    assert [path.name for path in nightly.folder(settings).iterdir() if path.name != ".lock"] == [
        "calakan-2026-06-01.tar.gz"
    ]


def test_how_old_the_newest_is(make: Make) -> None:
    settings = make()
    assert nightly.age_days(settings, clock.now()) is None
    with at(1):
        nightly.run(settings)
        assert nightly.age_days(settings, clock.now() + timedelta(days=3)) == 3


def test_it_may_take_hours_and_nothing_else_may(app: Flask) -> None:
    celery = app.extensions["celery"]
    limits = {name: celery.tasks[name].time_limit for name in wiring.WORK}
    assert {name for name, seconds in limits.items() if seconds == LONG_SECONDS} == {"backup.nightly"}
    assert set(limits.values()) == {LONG_SECONDS, USUAL_SECONDS}
