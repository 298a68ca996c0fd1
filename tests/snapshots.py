"""A SQLite database and its files as they stood at one moment, put back in milliseconds; building the same again takes a second."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask

from calakan.kernel import clock, db
from tests.world import World, build


class Snapshot:
    """Of the database and the files of the application in whose context it is made; `put_back` asks for the same one.

    The library of the application alone opens the file: another one that closes it would end its locks.
    """

    def __init__(self, data_dir: Path, kept: Path) -> None:
        self._files, self._kept = data_dir / "files", kept
        shutil.copytree(self._files, kept, dirs_exist_ok=True)
        self._memory = db.sqlite_driver().connect(":memory:", check_same_thread=False)
        with _driver() as source:
            source.backup(self._memory)

    def put_back(self) -> None:
        shutil.copytree(self._kept, self._files, dirs_exist_ok=True)
        with _driver() as target:
            self._memory.backup(target)


@contextmanager
def _driver() -> Iterator[Any]:
    """A connection in the words of SQLite's own library; no other of this process is open."""
    db.db.session.remove()
    db.engine().dispose()
    with db.engine().connect() as connection:
        yield connection.connection.driver_connection


class Offices:
    """The small office of `tests.world`, built once a worker, or again when its hours and codes grow old.

    On PostgreSQL it is built each time: to copy a database nobody may be connected to it, and threads of older tests may be.
    """

    AGE = 600.0  # seconds

    def __init__(self, app: Flask, kept: Path) -> None:
        self._app, self._place = app, kept
        self._built: tuple[World, Snapshot, float, date] | None = None

    def open(self) -> World:
        """As if it had just been built; in the application's context, on a database without people."""
        if db.engine().dialect.name != "sqlite":
            return build(self._app)
        if self._built is None or self._is_old(*self._built[2:]):
            began, day = time.monotonic(), clock.today()
            world = build(self._app)
            data_dir = self._app.extensions["calakan.settings"].data_dir
            self._built = (_apart(world), Snapshot(data_dir, self._place), began, day)
            return world
        self._built[1].put_back()
        return _apart(self._built[0])

    def _is_old(self, began: float, day: date) -> bool:
        """What was today when it was built is yesterday after midnight, in the zone of the house."""
        return time.monotonic() - began > self.AGE or clock.today() != day


def _apart(world: World) -> World:
    """One whose names and addresses a test may change without changing those of the next."""
    named = {field.name: getattr(world, field.name) for field in fields(world) if field.name != "app"}
    return World(world.app, **deepcopy(named))
