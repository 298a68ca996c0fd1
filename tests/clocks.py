"""The rooms under eight clocks: `./run clocks [pytest arguments]` begins the SQLite half of their tests at each.

Left out is what drives real processes, whose clock is the real one. Prints one line a clock, and below it what failed;
ends with 1 if anything did.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
# When a run begins, in which zone the machine is, and what is odd about it (WIB is seven hours ahead of UTC).
CLOCKS = (
    ("2026-11-30T14:10:00Z", "Asia/Jakarta", "21.10 WIB on the last day of a month"),
    ("2026-11-30T16:50:00Z", "America/New_York", "ten minutes to midnight WIB, and to a new month"),
    ("2026-12-31T16:30:00Z", "UTC", "half an hour to midnight WIB, and to a new year"),
    ("2026-12-31T23:30:00Z", "Pacific/Kiritimati", "a new year in WIB, an old one in UTC"),
    ("2027-01-31T05:00:00Z", "Asia/Jakarta", "a month that the next one has no such day of"),
    ("2028-02-29T10:00:00Z", "America/New_York", "a leap day"),
    ("2026-12-06T17:05:00Z", "UTC", "Monday in WIB, Sunday in UTC"),
    ("2027-03-31T22:00:00Z", "Pacific/Kiritimati", "a new quarter in WIB, an old one in UTC"),
)
ELSEWHERE = ("architecture", "bench", "browser", "journeys", "mutants", "servers", "stack")


def main(arguments: Sequence[str]) -> int:
    words = ["-k", "not postgresql", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", *arguments]
    if not any(word.startswith("tests") for word in arguments):
        words += [f"--ignore=tests/{name}" for name in ELSEWHERE]
    return max([run(*clock, words) for clock in CLOCKS])


def run(moment: str, zone: str, odd: str, words: Sequence[str]) -> int:
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        env={**os.environ, "TEST_CLOCK": moment, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    counts = re.findall(r"^.*\b(?:passed|failed|errors?)\b.* in .*$", done.stdout, re.M)
    told = counts[-1].strip(" =") if counts else f"no result: {done.stderr[-500:]}"
    print(f"{moment} {zone:18} {time.monotonic() - begin:4.0f} s  {told}  ({odd})", flush=True)
    for line in re.findall(r"^(?:FAILED|ERROR) .*$", done.stdout, re.M):
        print(f"    {line}", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
