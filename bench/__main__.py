"""`./run bench [--small] [scenario …]`: real servers, both databases; every figure of the documents comes from here."""

from __future__ import annotations

import logging
import sys

from bench import machine, runner
from bench.scenarios import (
    alike,
    calendars,
    checkins,
    checks,
    cut,
    decisions,
    doors,
    duplicates,
    endurance,
    enqueue,
    exams,
    exports,
    faults,
    hall,
    inputs,
    issuing,
    lists,
    memory,
    pages,
    papers,
    reminders,
    report,
    request,
    roster,
    rush,
    search,
    size,
    speakers,
    transcripts,
    year,
)

SCENARIOS: list[runner.Scenario] = [
    memory,
    pages,
    checks,
    rush,
    issuing,
    papers,
    enqueue,
    reminders,
    faults,
    report,
    exports,
    speakers,
    calendars,
    lists,
    roster,
    duplicates,
    search,
    checkins,
    exams,
    transcripts,
    decisions,
    hall,
    alike,
    doors,
    year,
    cut,
    size,
    endurance,
    request,
    inputs,
]


def main() -> int:
    names = [name for name in sys.argv[1:] if name != "--small"]
    known = {scenario.NAME: scenario for scenario in SCENARIOS}
    runner.unknown(names, known)
    logging.basicConfig(level=logging.WARNING)  # before the application asks for more
    chosen = [known[name] for name in names] or SCENARIOS
    return runner.run(chosen, small="--small" in sys.argv, measured_on=machine.description())


if __name__ == "__main__":
    sys.exit(main())
