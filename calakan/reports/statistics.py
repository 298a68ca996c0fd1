"""Counts for everyone, without giving anybody away: fixed tables, a day old, small cells hidden (Permenkominfo 1/2023)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from calakan.kernel.actor import system
from calakan.kernel.askable import Askable
from calakan.reports import queries
from calakan.reports.terms import Dimension, Filters, Key, Row

FEWEST = 5
CACHE = "public, max-age=3600"
# No filters and no crossings: the difference of two overlapping tables would show the cells that each of them hides.
DIMENSIONS = (Dimension.JENJANG, Dimension.KECAMATAN, Dimension.MONTH, Dimension.JABATAN)


class Hidden(Askable):
    """Why a cell has no numbers: too few persons, or because it would give such a cell away."""

    SMALL = "small"
    COMPLEMENTARY = "complementary"


@dataclass(frozen=True)
class Cell:
    """One line of a public table; the numbers are None where they are hidden."""

    key: Key
    people: int | None
    participations: int | None
    hidden: Hidden | None = None


@dataclass(frozen=True)
class Table:
    """`people` and `participations` are the totals; None where even they would tell too much."""

    dimension: Dimension
    cells: Sequence[Cell]
    people: int | None
    participations: int | None
    until: date


def table(dimension: Dimension, *, today: date) -> Table:
    """Participation in diklat that began before today. Raises ValueError for a dimension that is not public."""
    if dimension not in DIMENSIONS:
        raise ValueError(dimension)
    until = today - timedelta(days=1)
    report = queries.participation([dimension], Filters(until=until), visible_to=system("statistics"))
    hidden = suppressed([row.unik for row in report.rows])
    # With every cell hidden the total alone could betray them.
    telling = len(hidden) < len(report.rows) or not report.rows
    return Table(
        dimension=dimension,
        cells=[_cell(row, hidden.get(position)) for position, row in enumerate(report.rows)],
        people=report.total_unik if telling else None,
        participations=report.total_kepesertaan if telling else None,
        until=until,
    )


def _cell(row: Row, why: Hidden | None) -> Cell:
    return Cell(row.keys[0], row.unik, row.kepesertaan) if why is None else Cell(row.keys[0], None, None, why)


def suppressed(values: Sequence[int]) -> dict[int, Hidden]:
    """Positions that must be hidden, so that no hidden value follows from the others and the total."""
    order = sorted(range(len(values)), key=lambda position: (values[position], position))
    hidden = {position: Hidden.SMALL for position in order if 0 < values[position] < FEWEST}
    spare = [position for position in order if values[position] >= FEWEST]
    while hidden and spare and _solvable([(values[p], why) for p, why in hidden.items()], values[spare[0]]):
        hidden[spare.pop(0)] = Hidden.COMPLEMENTARY
    return hidden


def _solvable(hidden: Sequence[tuple[int, Hidden]], smallest_shown: int) -> bool:
    """Whether a hidden small value follows from the sum of all hidden ones, which anyone can work out.

    Known of a small one: 1 to FEWEST - 1; of the others: FEWEST to the smallest that is shown, for so they are chosen.
    """
    spread = FEWEST - 2
    small = sum(1 for _, why in hidden if why is Hidden.SMALL)
    others = len(hidden) - small
    above_least = sum(value for value, _ in hidden) - small - FEWEST * others
    rest = spread * (small - 1) + (smallest_shown - FEWEST) * others
    return min(spread, above_least) <= max(0, above_least - rest)
