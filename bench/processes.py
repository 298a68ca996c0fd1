"""Who runs below a process, and how much memory each takes (Linux's /proc). PSS shares what is shared."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MB = 1024  # /proc counts in KiB


@dataclass(frozen=True)
class Process:
    pid: int
    command: str
    name: str  # its own word for itself, up to 15 bytes
    pss_mb: float
    peak_rss_mb: float


def below(pid: int) -> list[Process]:
    """The process and all that it started, in order of their ids."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # gone meanwhile
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return [measured for one in sorted(found) if (measured := _measure(one)) is not None]


def seconds_of_processor(pid: int) -> float:
    """What the process and all below it have worked so far, with those of them that have ended and were waited for: on a machine
    that others share it says more than a clock.
    """
    ticks = 0
    for process in below(pid):
        try:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return ticks / os.sysconf("SC_CLK_TCK")


def _measure(pid: int) -> Process | None:
    place = Path(f"/proc/{pid}")
    try:
        command = (place / "cmdline").read_text().replace("\0", " ").strip()
        name = (place / "comm").read_text().strip()
        pss = _figure((place / "smaps_rollup").read_text(), "Pss:")
        peak = _figure((place / "status").read_text(), "VmHWM:")
    except OSError:
        return None
    return Process(pid, command, name, round(pss / MB, 1), round(peak / MB, 1)) if command else None


def _figure(text: str, name: str) -> int:
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name))
