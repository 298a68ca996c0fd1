"""The benchmarks still run, and a wrong result is not taken for a slow one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from bench import courses, load, page, runner
from bench.__main__ import SCENARIOS
from bench.runner import Bench, Row, Wrong
from bench.scenarios import alike, rush
from calakan.kernel import clock
from tests import factories

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)
def test_every_scenario_runs_at_its_smallest(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--html", str(tmp_path / "page.html")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    wrong = [line for line in done.stdout.splitlines() if "WRONG" in line]
    assert (wrong, done.returncode) == ([], 0), done.stdout[-3000:] + done.stderr[-3000:]
    titles = [line.partition(":")[0] for line in done.stdout.splitlines() if line and line[0].islower()]
    assert titles == [scenario.NAME for scenario in SCENARIOS]
    made = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert [name for name in titles if f"id='{name}'" not in made] == []
    assert "data:image/svg+xml;base64," in made


def test_a_page_of_results_has_a_table_a_chart_and_no_markup_of_theirs() -> None:
    rows = [
        {"database": "SQLite", "page": "/x?<b>", "p99_ms": 12.5, "kept": "yes"},
        {"database": "PostgreSQL", "per_s": 3},
    ]
    made = page.page({"a": {"title": "<i>", "rows": rows}}, {"cores": "2"}, small=False)
    assert made.count("<rect ") == 2
    assert ("&lt;b&gt;" in made, "<b>" in made, "<i>" in made) == (True, False, False)
    assert "<td></td>" in made, "what a row has not measured stays empty"


def test_an_unknown_scenario_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "memory | pages | checks" in done.stderr


class Broken:
    NAME, TITLE = "broken", "promises nothing"

    def run(self, bench: Bench) -> Iterator[Row]:
        yield {"figure": 1}
        raise Wrong("one too many")


def test_a_wrong_scenario_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.run([Broken()], small=True, measured_on={}) == 1
    assert "WRONG: one too many" in capsys.readouterr().out


def test_a_seat_too_many_is_wrong(app: Flask) -> None:
    course = courses.published("Rebutan", starts_at=clock.now() + timedelta(days=10), quota=None)
    people = [factories.person(f"Guru {n}").id for n in range(3)]
    courses.enrol(course, people)
    answer = load.Answer(302, 0.1, {"location": "/diklat/rebutan/terdaftar"}, b"")
    done = load.Run([answer] * 3, 1.0)
    assert rush._check(course, done, "/diklat/rebutan/daftar", people=3, seats=3) == (3, 0)
    with pytest.raises(Wrong, match="3 of 2 seats sold"):
        rush._check(course, done, "/diklat/rebutan/daftar", people=3, seats=2)
    late = load.Answer(500, 0.1, {}, b"")
    with pytest.raises(Wrong, match="answers were"):
        rush._check(course, load.Run([answer, answer, late], 1.0), "/diklat/rebutan/daftar", people=3, seats=3)


def test_two_samples_are_told_apart_by_their_ranks() -> None:
    near = [0.01 + 0.0001 * (n % 17) for n in range(200)]
    assert alike.alike(near, list(near)) > 0.9
    assert alike.alike(near, [second + 0.00005 for second in near]) > alike.LEAST_P / 10
    assert alike.alike(near, [second + 0.002 for second in near]) < 1e-6
    assert alike.alike([second + 0.002 for second in near], near) < 1e-6
