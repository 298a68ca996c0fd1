"""What a run had of the machine: a process that does nothing beside it, the disk, and what all others took of the cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import processes
from bench.load import quantile

SLEEP_SECONDS, SYNC_SECONDS = 0.002, 0.03


class Beside:
    """Measures for as long as the block lasts; then `row` has the figures."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on the disk of the database."""
        self._file = folder / "yardstick"
        self.row: dict[str, object] = {}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.yardstick", str(self._file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._began = time.perf_counter(), *_used()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        began, all_before, ours_before = self._began
        seconds, (all_after, ours_after) = time.perf_counter() - began, _used()
        stalls, syncs = json.loads(self._process.communicate()[0])
        whole = seconds * (os.cpu_count() or 1)
        ours = ours_after - ours_before
        self.row = {
            "cores_ours": f"{ours / whole:.0%}",
            "cores_others": f"{max(all_after - all_before - ours, 0) / whole:.0%}",
            "idle_stall_ms": round(1000 * max(stalls), 1),
            "sync_p99_ms": quantile(syncs, 0.99),
        }


def _used() -> tuple[float, float]:
    """Seconds of processor that everybody used so far, and that we and all below us did."""
    times = [int(figure) for figure in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    everybody = (sum(times) - times[3] - times[4]) / os.sysconf("SC_CLK_TCK")
    return everybody, processes.seconds_of_processor(os.getpid())


def _measure(path: str) -> tuple[list[float], list[float]]:
    """How much longer than asked for each sleep was, and how long the disk took for each page, until nobody listens."""
    os.set_blocking(0, False)
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    stalls, syncs, synced = [0.0], [0.0], time.perf_counter()
    while _wanted():
        begin = time.perf_counter()
        time.sleep(SLEEP_SECONDS)
        stalls.append(time.perf_counter() - begin - SLEEP_SECONDS)
        if time.perf_counter() - synced > SYNC_SECONDS:
            synced = time.perf_counter()
            os.pwrite(file, b"." * 4096, 0)
            os.fdatasync(file)
            syncs.append(time.perf_counter() - synced)
    return stalls, syncs


def _wanted() -> bool:
    try:
        return bool(os.read(0, 1))
    except BlockingIOError:
        return True


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1])))
