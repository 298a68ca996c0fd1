"""The notes of a day as lines to draw. A gap stays a gap: where nothing was noted, or nothing can be known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from calakan.promises import samples
from calakan.promises.models import Sample

SLOTS = int(samples.KEPT / samples.EVERY)
HEIGHT = 60
SHARE = 0.95
Value = float | None
Counted = dict[str, Any]
Interval = Callable[[Sample, Sample], Value]


@dataclass(frozen=True)
class Curve:
    """`path` is drawn in a box of SLOTS by HEIGHT; without any value it is empty, and so are `last` and `most`."""

    name: str
    path: str
    last: Value
    most: Value


def drawn(found: Sequence[Sample], now: datetime) -> list[Curve]:
    """Each curve of the last day, by its name."""
    newest = samples.slot(now)
    return [_curve(name, _by_place(found, value, newest)) for name, value in _VALUES.items()]


def _by_place(found: Sequence[Sample], value: Interval, newest: int) -> dict[int, float]:
    """0 is a day ago, SLOTS is now."""
    told = {one.slot - newest + SLOTS: value(before, one) for before, one in pairwise([_NONE, *found])}
    return {place: number for place, number in told.items() if number is not None and 0 <= place <= SLOTS}


def _curve(name: str, values: dict[int, float]) -> Curve:
    most = max(values.values(), default=None)
    path = []
    for place, value in values.items():
        y = HEIGHT - (HEIGHT * value / most if most else 0)
        if place - 1 in values:
            path.append(f"L{place} {y:.1f}")
        else:
            path.append(f"M{place} {y:.1f}h.1")  # a dot, where it stands alone
    return Curve(name, "".join(path), values.get(SLOTS, values.get(SLOTS - 1)), most)


def _counted(before: Sample, one: Sample) -> tuple[Counted, Counted] | None:
    """The sums of both, where they were counted since one start, and no note is missing between."""
    if before.counted is None or one.counted is None or before.run != one.run or one.slot - before.slot != 1:
        return None
    return before.counted, one.counted


def _more(name: str) -> Interval:
    def value(before: Sample, one: Sample) -> Value:
        sums = _counted(before, one)
        more: int = sums[1][name] - sums[0][name] if sums else -1
        return more if more >= 0 else None

    return value


def _asked(name: str, unit: float = 1) -> Interval:
    def value(_: Sample, one: Sample) -> Value:
        found: int | None = one.asked.get(name)
        return None if found is None else found / unit

    return value


def _slow(before: Sample, one: Sample) -> Value:
    """Within so many seconds 95 of 100 answers came, as far as the steps of the histogram tell.

    Unknown without any, and where more than 5 of 100 took longer than its last step.
    """
    sums = _counted(before, one)
    if sums is None:
        return None
    earlier, later = sums[0]["within"], sums[1]["within"]
    steps = sorted((float(step), count - earlier.get(step, 0)) for step, count in later.items())
    if not steps or steps[-1][1] <= 0:
        return None
    wanted, low, below = SHARE * steps[-1][1], 0.0, 0
    for step, count in steps:
        if count >= wanted:
            return None if math.isinf(step) else low + (step - low) * (wanted - below) / ((count - below) or 1)
        low, below = step, count
    return None


_NONE = Sample(slot=-1, run="", counted=None, asked={})
_VALUES: dict[str, Interval] = {
    "requests": _more("requests"),
    "errors": _more("errors"),
    "slow": _slow,
    "letters": _asked("letters"),
    "oldest": _asked("oldest_s", 60),
    "tasks_failed": _more("tasks_failed"),
    "database": _asked("database_bytes", 1e6),
    "free": _asked("free_bytes", 1e9),
}
