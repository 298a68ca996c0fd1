"""The index of satisfaction of a public service (IKM), and the letter of its quality.

Format: Peraturan Menteri PANRB 14/2017, lampiran: nine elements (unsur) with marks from 1 to 4; the mean of each (NRR)
weighs one ninth; their sum times 25 is the index. The letters are those of its table of conversion. The ninth is not
rounded to 0.11, nor is a mean rounded before the end, since both would lower the index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from calakan.feedback.models import ELEMENTS

FACTOR = 25
LETTERS = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"), (Decimal("25.00"), "D"))
"""The lowest index of each letter, after rounding to two places."""


@dataclass(frozen=True)
class Index:
    """Of at least one answer. `sums` are those of the marks of each element, in the order of `ELEMENTS`."""

    answers: int
    sums: tuple[int, ...]

    @property
    def means(self) -> tuple[Decimal, ...]:
        """NRR of each element."""
        return tuple(_rounded(Decimal(total) / self.answers) for total in self.sums)

    @property
    def value(self) -> Decimal:
        """From 25 to 100."""
        return _rounded(Decimal(sum(self.sums) * FACTOR) / (self.answers * len(ELEMENTS)))

    @property
    def letter(self) -> str:
        return next(letter for lowest, letter in LETTERS if self.value >= lowest)


def together(found: Iterable[Index]) -> Index | None:
    """Each answer counts once, whatever its diklat; None without any."""
    rows = list(found)
    if not rows:
        return None
    return Index(sum(row.answers for row in rows), tuple(map(sum, zip(*(row.sums for row in rows), strict=True))))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
