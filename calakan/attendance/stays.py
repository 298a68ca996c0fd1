"""How long the lines about one person say that he was there, each counted once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Stretch:
    """What one line claims: `fewest` to `most` minutes inside the session.

    With `whole` the time from `start` to `end` counts as it lies there; `spanned` has those, and an absence in between.
    Lines of one `file` may add up where they say no hours; those of two files may be the same minutes again.
    """

    fewest: float
    most: float
    start: datetime | None = None
    end: datetime | None = None
    whole: bool = False
    file: int | None = None


def least_and_most(
    stretches: Sequence[Stretch], starts_at: datetime, ends_at: datetime, *, length: float
) -> tuple[float, float] | None:
    """At least and at most so many minutes in the session; None where nothing says.

    The union of all hours, since two devices are still one person. Durations without hours may be of one time or of two.
    """
    if not stretches:
        return None
    spanned = [row for row in stretches if row.start is not None and row.end is not None]
    whole = [row for row in spanned if row.whole]
    fewest = [union(whole, starts_at, ends_at), *(row.fewest for row in stretches if not row.whole)]
    most = min(union(spanned, starts_at, ends_at), sum(row.most for row in spanned)) if spanned else 0.0
    totals: dict[int | None, float] = defaultdict(float)
    for row in stretches:
        if row.start is None or row.end is None:
            totals[row.file] += row.most
    return max(fewest), min(most + sum(set(totals.values())), length)


def union(stretches: Sequence[Stretch], starts_at: datetime, ends_at: datetime) -> float:
    """Minutes between the two that lie in any of the stretches."""
    spans = sorted(
        (max(row.start, starts_at), min(row.end, ends_at))
        for row in stretches
        if row.start is not None and row.end is not None
    )
    total, until = timedelta(), starts_at
    for start, end in spans:
        start = max(start, until)
        if end > start:
            total += end - start
            until = end
    return total.total_seconds() / 60
