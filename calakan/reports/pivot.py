"""A report as a table of two sides: the last dimension across, the others down. Margins are counted, not added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calakan.reports import labels
from calakan.reports.terms import OF_DIKLAT, Count, Dimension, Key, Measure, Report, Row
from calakan.reports.turnout import Turnout

MOST_COLUMNS = 16
MOST_COUNTED = 300_000  # rows that a page counts while somebody waits; a file takes its time
# A diklat of two topics counts under both, so even participations do not add up to their total.
_OVERLAPPING = {Dimension.TOPIC}


def for_screen(by: Sequence[Dimension], turnout: Turnout) -> list[Dimension]:
    """As many of these dimensions, the first first, as a page can count in good time."""
    kept = list(by)
    while len(kept) > 1 and turnout.most_rows(kept) > MOST_COUNTED:
        kept.pop()
    return kept


@dataclass(frozen=True)
class Line:
    keys: tuple[Key, ...]
    values: Sequence[int]
    total: int


@dataclass(frozen=True)
class Pivot:
    columns: Sequence[Key]
    lines: Sequence[Line]
    foot: Sequence[int]
    total: int


def pivot(report: Report, turnout: Turnout) -> Pivot | None:
    """None for one dimension, or where the last one has more values than a page can show beside each other."""
    if len(report.dimensions) < 2:
        return None
    count = report.filters.count
    across = turnout.rows(report.dimensions[-1:])
    if not 0 < len(across) <= MOST_COLUMNS:
        return None
    down = turnout.rows(report.dimensions[:-1])
    cells = {tuple(key.code for key in row.keys): row.value(count) for row in report.rows}
    columns = [row.keys[0] for row in across]
    lines = [
        Line(
            row.keys,
            [cells.get((*(key.code for key in row.keys), column.code), 0) for column in columns],
            row.value(count),
        )
        for row in down
    ]
    total = report.total_unik if count is Count.PESERTA else report.total_kepesertaan
    return Pivot(columns, lines, [row.value(count) for row in across], total)


def adds_up(report: Report, count: Count) -> bool:
    """Whether the rows add up to the total: people only where a person has one value of each dimension."""
    if not _OVERLAPPING.isdisjoint(report.dimensions):
        return False
    return count is Count.KEPESERTAAN or OF_DIKLAT.isdisjoint(report.dimensions)


def ordered(report: Report, wanted: str) -> list[Row]:
    """By a count, a measure or the n-th dimension, `-` before it for the other way; anything else leaves the rows as they are."""
    backwards, name = wanted.startswith("-"), wanted.removeprefix("-")
    if name in set(Count):
        return sorted(report.rows, key=lambda row: row.value(Count(name)), reverse=backwards)
    if name in report.filters.measures:
        at = report.filters.measures.index(Measure(name))
        known = [row for row in report.rows if row.more[at] is not None]
        # What is not known comes last, whichever way the others stand.
        return [
            *sorted(known, key=lambda row: row.more[at] or 0, reverse=backwards),
            *(row for row in report.rows if row.more[at] is None),
        ]
    if name in {str(place) for place, _ in enumerate(report.dimensions, start=1)}:
        place = int(name) - 1
        ranks = {key: rank for rank, key in enumerate(dict.fromkeys(row.keys[place] for row in _by(report, place)))}
        return sorted(report.rows, key=lambda row: ranks[row.keys[place]], reverse=backwards)
    return list(report.rows)


def _by(report: Report, place: int) -> list[Row]:
    """In the natural order of one dimension: time, level, name."""
    dimension = report.dimensions[place]
    return sorted(report.rows, key=lambda row: labels.order(dimension, row.keys[place]))
