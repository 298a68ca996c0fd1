"""The whole stack as `./run` starts it, when nobody asks for anything."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import load, processes
from bench.runner import Bench, Row
from bench.site import Site
from calakan.stack.port import answers

NAME = "memory"
TITLE = "resident memory (PSS) of the idle stack with default settings, after a first look at the catalogue"
PAGES = 40
_NAMES = {
    "calakan.stack.become": "supervisor",
    "calakan-web": "web",
    "calakan-worker": "worker",
    "calakan-beat": "beat",
    "calakan.stack.loader": "loader",  # after those that it has made
    "valkey-server": "broker",
    "redis-server": "broker",
}


def run(bench: Bench) -> Iterator[Row]:
    site = Site(bench.databases, "SQLite")
    try:
        stack = site.start_stack()
        site.wait(lambda: answers(site.settings), stack)
        time.sleep(bench.size(20, 2))  # the worker and the beat come after the web; their first round passes
        load.send(site.port, [load.get("/diklat", host=site.host)] * PAGES, connections=4)
        time.sleep(bench.size(10, 1))
        found = processes.below(stack.pid)
    finally:
        site.close()
    for process in found:
        words = f"{process.name} {process.command}"
        name = next((name for part, name in _NAMES.items() if part in words), process.command[:40])
        yield {"process": name, "pss_mb": process.pss_mb, "peak_rss_mb": process.peak_rss_mb}
    yield {"process": "total", "pss_mb": round(sum(process.pss_mb for process in found), 1), "of": len(found)}
