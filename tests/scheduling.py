"""Which tests are asked on which database, and which run in one worker, one after the other."""

from __future__ import annotations

import os
from collections import defaultdict
from zlib import crc32

import pytest
from xdist.scheduler import LoadScopeScheduling

# Here the two databases may answer differently in each case; elsewhere the cases of a test ask for the same statements.
EVERY_CASE = (
    "tests/audit/",
    "tests/concurrency/",
    "tests/hostile/test_forms.py::test_the_form_of_the_table_is_accepted",
    "tests/kernel/",
    "tests/reports/",
    "tests/tables/",
)
# What these ask by way of pages, the tests of the services have asked of both databases.
BY_PAGES = ("tests/hostile/", "tests/security/test_every_request.py", "tests/security/test_limits.py", "tests/web/")
# What needs most of the machine, or measures time on it.
ALONE = (
    "tests/browser/",
    "tests/stack/test_supervisor.py",
    "tests/stack/test_reload.py",
    "tests/stack/test_counting.py",
    "tests/concurrency/test_broker_away.py",
    "tests/bench/test_bench.py",
)


class OneHeavyAtATime(LoadScopeScheduling):
    """The heavy ones are the first unit of work; each of the others is a unit of its own.

    By path and not by `xdist_group`: who hands out the work has collected nothing and knows ids of tests alone
    (xdist 3.8 adds the group to them, which pytest 9.2 does not let it).
    """

    def _split_scope(self, nodeid: str) -> str:
        return "heavy" if nodeid.startswith(ALONE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneHeavyAtATime | None:
    return OneHeavyAtATime(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SQLite is asked everything. PostgreSQL is asked each test, and a quarter of its cases; always the same ones."""
    left_out = _left_out_on_postgresql(items)
    if os.environ.get("TEST_CLOCK"):
        left_out |= {item for item in items if item.get_closest_marker("real_clock")}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _left_out_on_postgresql(items: list[pytest.Item]) -> set[pytest.Item]:
    """Of `any_database` and BY_PAGES, where no statement is in doubt, nine of ten even when a test has only one case."""
    left_out: set[pytest.Item] = set()
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if getattr(item, "callspec", None) is None or item.callspec.params.get("database_url") != "postgresql":
            continue
        by_pages = item.nodeid.startswith(BY_PAGES) and not item.nodeid.startswith(EVERY_CASE)
        if by_pages or item.get_closest_marker("any_database"):
            left_out |= {item} if crc32(item.nodeid.encode()) % 10 else set()
        elif not item.nodeid.startswith(EVERY_CASE):
            cases[item.nodeid.partition("[")[0]].append(item)
    for found in cases.values():
        found.sort(key=lambda item: crc32(item.nodeid.encode()))
        left_out.update(found[-(-len(found) // 4) :])
    return left_out
