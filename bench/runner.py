"""Runs scenarios one after the other and prints their rows. Knows nothing about what they measure."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench import page
from bench.site import DATABASES, Databases

RESULTS = Path(__file__).parent / "results" / "latest.json"
Row = dict[str, object]


class Wrong(Exception):
    """What was measured is not only slow but wrong."""


@dataclass(frozen=True)
class Bench:
    """`small` asks for the same in seconds, to see that it still runs.

    `kinds`: both databases; in a small run scenarios with real servers take turns, because each start costs a second or two.
    """

    databases: Databases
    small: bool
    kinds: tuple[str, ...] = DATABASES

    def size(self, whole: int, small: int) -> int:
        return small if self.small else whole


class Scenario(Protocol):
    NAME: str
    TITLE: str

    def run(self, bench: Bench) -> Iterator[Row]: ...


def run(scenarios: Iterable[Scenario], *, small: bool, measured_on: dict[str, str], html: Path | None = None) -> int:
    """0, or 1 when a scenario was wrong. Results of a small run are not kept; `html` is where a page of them goes."""
    print("Measured on: " + ", ".join(f"{name} {value}" for name, value in measured_on.items()))
    print("Sizes: small, figures without meaning" if small else "Sizes: whole")
    results: dict[str, dict[str, Any]] = {}
    wrong = 0
    with Databases() as databases:
        for number, scenario in enumerate(scenarios):
            bench = Bench(databases, small, (DATABASES[number % 2],) if small else DATABASES)
            print(f"\n{scenario.NAME}: {scenario.TITLE}", flush=True)
            begin, rows = time.perf_counter(), []
            try:
                for row in scenario.run(bench):
                    rows.append(row)
                    print("  " + "  ".join(f"{name}={value}" for name, value in row.items()), flush=True)
            except Wrong as error:
                print(f"  WRONG: {error}", flush=True)
                wrong = 1
            print(f"  ({time.perf_counter() - begin:.0f} s with preparation)", flush=True)
            results[scenario.NAME] = {"title": scenario.TITLE, "rows": rows}
    if not small:
        _keep(results, measured_on)
    if html is not None:
        html.write_text(page.page(results, measured_on, small=small), encoding="utf-8")
        print(f"\nAs a page with charts: {html}", flush=True)
    return wrong


def _keep(results: dict[str, dict[str, Any]], measured_on: dict[str, str]) -> None:
    """Scenarios that were not run now keep their older rows, measured on the same machine."""
    kept: dict[str, object] = {}
    if RESULTS.exists():
        before = json.loads(RESULTS.read_text())
        kept = before["scenarios"] if before.get("measured_on") == measured_on else {}
    RESULTS.parent.mkdir(exist_ok=True)
    whole = {"measured_on": measured_on, "scenarios": {**kept, **results}}
    RESULTS.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def unknown(names: list[str], scenarios: Iterable[str]) -> None:
    """Leave when a name is not a scenario."""
    if set(names) - set(scenarios):
        sys.exit(f"usage: bench [--small] [--html FILE] [{' | '.join(scenarios)}]")
