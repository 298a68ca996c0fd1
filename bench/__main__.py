"""`./run bench [--small] [--html FILE] [scenario …]`: real servers, both databases; every figure of the documents comes from here."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

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
    flame,
    hall,
    inputs,
    issuing,
    lists,
    meanwhile,
    memory,
    operate,
    pages,
    papers,
    reminders,
    report,
    request,
    roster,
    rush,
    search,
    share,
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
    share,
    meanwhile,
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
    flame,
    operate,
]


def main() -> int:
    names, html = [name for name in sys.argv[1:] if name != "--small"], None
    if "--html" in names and (at := names.index("--html")) + 1 < len(names):
        html = Path(names.pop(at + 1))
        names.pop(at)
    known = {scenario.NAME: scenario for scenario in SCENARIOS}
    runner.unknown(names, known)
    logging.basicConfig(level=logging.WARNING)  # before the application asks for more
    chosen = [known[name] for name in names] or SCENARIOS
    return runner.run(chosen, small="--small" in sys.argv, measured_on=machine.description(), html=html)


if __name__ == "__main__":
    sys.exit(main())
