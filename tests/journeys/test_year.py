"""Simulated years: nothing that people were told is lost or done twice, whatever dies; and what would break it is noticed."""

from __future__ import annotations

import pytest
from flask import Flask

from bench.scenarios.year import Years
from bench.year import controls
from bench.year.driver import Wrong
from calakan.kernel import db

SEEDS = {"sqlite": 10, "postgresql": 1}
NOTICED_WITHIN = 12


@pytest.mark.timeout(600)
def test_years_go_well(app: Flask) -> None:
    years = Years(app)
    for seed in range(1, SEEDS[db.engine().dialect.name] + 1):
        years.one(seed)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["lock", "counter"])
def test_a_year_without_what_keeps_the_promise_is_noticed(app: Flask, name: str) -> None:
    if db.engine().dialect.name == ("sqlite" if name == "lock" else "postgresql"):
        pytest.skip("SQLite has one writer, whatever we do; the counter is the same on both")
    with controls.CONTROLS[name]():
        found = Years(app).until_noticed(name)
        assert found <= NOTICED_WITHIN
        with pytest.raises(Wrong, match=rf"^seed {found}: "):
            Years(app).one(found)


def test_the_same_seed_is_the_same_year(app: Flask) -> None:
    years = Years(app)
    assert years.one(7) == years.one(7)
