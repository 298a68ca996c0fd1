"""Many simulated years, each from its seed; then years with something switched off, which have to be noticed.

Each processor plays years of its own, on a database of its own.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import sqlalchemy as sa
from flask import Flask

import config
from bench.runner import Bench, Row, Wrong
from bench.year import controls, driver, world
from calakan.app import create_app
from calakan.kernel import db
from tests.conftest import dont_wait_for_the_disk, empty_tables

NAME = "year"
TITLE = "a year from one seed: people act, processes die, clocks turn; a model of its own is asked after each step"
FIRST, SEEDS, MOST_SEEDS = 1, 200, 50


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        places = [(bench.databases.folder(), kind) for _ in range(1 if bench.small else os.cpu_count() or 1)]
        given = [(str(folder), bench.databases.url(kind, folder)) for folder, kind in places]
        yield {"database": kind} | _together(given, bench.size(SEEDS, 1))
        app = _app(*given[0])
        years = Years(app)
        for name, without in controls.CONTROLS.items():
            if bench.small or (kind == "SQLite" and name == "lock"):
                continue  # the suite has the small one; SQLite has one writer, whatever we do
            with without():
                yield {"database": kind, "without": name, "noticed_at_seed": years.until_noticed(name)}
        with app.app_context():
            db.engine().dispose()


def _app(folder: str, url: str) -> Flask:
    environ = {"CALAKAN_DATA_DIR": folder, "CALAKAN_DATABASE_URL": url}
    app = create_app(config.load({**environ, "CALAKAN_TESTING": "1", "CALAKAN_PUSH_HOSTS": "none"}))
    if url.startswith("sqlite"):
        with app.app_context():
            sa.event.listen(db.engine(), "connect", dont_wait_for_the_disk)
    return app


def _together(given: list[tuple[str, str]], seeds: int) -> Row:
    """Every process takes each so many-th seed. Raises runner.Wrong with the seed."""
    begin = time.perf_counter()
    shares = [range(FIRST + first, FIRST + seeds, len(given)) for first in range(len(given))]
    if len(given) == 1:
        told = [_play(given[0], shares[0])]
    else:
        with ProcessPoolExecutor(len(given), get_context("spawn")) as processes:
            told = list(processes.map(_play, given, shares))
    if wrong := [line for _, _, line in told if line]:
        raise Wrong("\n".join(wrong))
    return {
        "seeds": seeds,
        "processes": len(given),
        "steps": sum(steps for steps, _, _ in told),
        "seconds": round(time.perf_counter() - begin),
        "busiest_cpu_s": round(max(cpu for _, cpu, _ in told)),  # what it would take with nobody beside it
    }


def _play(given: tuple[str, str], seeds: range) -> tuple[int, float, str]:
    """How many steps, the processor's seconds, and what was wrong."""
    years, steps, begin = Years(_app(*given)), 0, time.process_time()
    for seed in seeds:
        try:
            steps += years.one(seed).total()
        except driver.Wrong as error:
            return steps, 0, str(error)
    return steps, time.process_time() - begin, ""


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

    def until_noticed(self, name: str) -> int:
        """The number of the first seed that fails. Raises runner.Wrong when none of fifty does."""
        for number in range(1, MOST_SEEDS + 1):
            try:
                self.one(FIRST + number - 1)
            except driver.Wrong:
                return number
        raise Wrong(f"without {name}, nothing was noticed in {MOST_SEEDS} seeds")
