"""Many simulated years, each from its seed; then years with something switched off, which have to be noticed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from flask import Flask

import config
from bench.runner import Bench, Row, Wrong
from bench.year import controls, driver, world
from calakan.app import create_app
from calakan.kernel import db
from tests.conftest import empty_tables

NAME = "year"
TITLE = "a year from one seed: people act, processes die, clocks turn; a model of its own is asked after each step"
FIRST, SEEDS, MOST_SEEDS = 1, 200, 50


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        folder = bench.databases.folder()
        settings = config.load(
            {
                "CALAKAN_DATA_DIR": str(folder),
                "CALAKAN_DATABASE_URL": bench.databases.url(kind, folder),
                "CALAKAN_TESTING": "1",
                "CALAKAN_PUSH_HOSTS": "none",
            }
        )
        app = create_app(settings)
        years = Years(app)
        yield {"database": kind} | years.many(bench.size(SEEDS, 1))
        for name, without in controls.CONTROLS.items():
            if bench.small or (kind == "SQLite" and name == "lock"):
                continue  # the suite has the small one; SQLite has one writer, whatever we do
            with without():
                yield {"database": kind, "without": name, "noticed_at_seed": years.until_noticed(name)}
        with app.app_context():
            db.engine().dispose()


class Years:
    """One after the other on one database."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def one(self, seed: int) -> Counter[str]:
        """What happened in it. Raises driver.Wrong."""
        with self.app.app_context():
            try:
                return driver.Year(self.app, seed).play()
            finally:
                world.forget_process()
                empty_tables()

    def many(self, seeds: int) -> Row:
        """Raises runner.Wrong with the seed."""
        begin, happened = time.perf_counter(), Counter[str]()
        for seed in range(FIRST, FIRST + seeds):
            try:
                happened += self.one(seed)
            except driver.Wrong as error:
                raise Wrong(str(error)) from error
        return {"seeds": seeds, "steps": happened.total(), "seconds": round(time.perf_counter() - begin)}

    def until_noticed(self, name: str) -> int:
        """The number of the first seed that fails. Raises runner.Wrong when none of fifty does."""
        for number in range(1, MOST_SEEDS + 1):
            try:
                self.one(FIRST + number - 1)
            except driver.Wrong:
                return number
        raise Wrong(f"without {name}, nothing was noticed in {MOST_SEEDS} seeds")
