"""The whole stack under half an hour of mixed load: what it holds at the end beside what it held when it was warm."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench import load, processes
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan.stack.port import answers

NAME = "endurance"
TITLE = (
    "30 minutes of pages and wrong log-ins: memory (PSS) and open files of the whole stack at rest, before and after"
)
PATHS = ["/", "/diklat", "/masuk", "/statistik", "/periksa", "/diklat?cari=ajar", "/tidak-ada", "/readyz"]
CONNECTIONS = 8
MORE_MEMORY = 1.2  # reliability: at most a fifth more
MORE_FILES = 10


def run(bench: Bench) -> Iterator[Row]:
    rest = bench.size(60, 1)
    for kind in bench.kinds:
        site = Site(bench.databases, kind)
        try:
            stack = site.start_stack()
            site.wait(lambda: answers(site.settings), stack)  # noqa: B023  # called at once
            _ask(site, bench.size(120, 1))  # until caches are full and templates built
            before = _held(stack.pid, rest)
            asked = _ask(site, bench.size(1800, 1))
            after = _held(stack.pid, rest)
        finally:
            site.close()
        yield {"database": kind, "requests": asked, **_named("before", before), **_named("after", after)}
        if not bench.small and (after[0] > before[0] * MORE_MEMORY or after[1] > before[1] + MORE_FILES):
            raise Wrong(f"{kind}: {before} MB and files became {after}")


def _ask(site: Site, seconds: float) -> int:
    """How many requests were answered; none with an error of the server. Raises Wrong."""
    end, asked = time.monotonic() + seconds, 0
    wrong = load.post("/masuk", "email=x@example.org&password=salah", host=site.host)
    batch = [*[load.get(path, host=site.host) for path in PATHS], wrong] * 25
    while time.monotonic() < end:
        done = load.send(site.port, batch, connections=CONNECTIONS)
        asked += len(done.answers)
        if broken := {answer.status for answer in done.answers if answer.status >= 500}:
            raise Wrong(f"answers {broken}")
    return asked


def _held(pid: int, rest: float) -> tuple[float, int]:
    """Megabytes and open files of all processes, once they have come to rest for so many seconds."""
    time.sleep(rest)
    found = processes.below(pid)
    files = sum(len(list(Path(f"/proc/{process.pid}/fd").iterdir())) for process in found)
    return round(sum(process.pss_mb for process in found), 1), files


def _named(when: str, held: tuple[float, int]) -> Row:
    return {f"pss_mb_{when}": held[0], f"files_{when}": held[1]}
