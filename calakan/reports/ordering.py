"""Stored codes of some dimensions as named keys, and a number for each combination that says where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from calakan.reports import labels
from calakan.reports.terms import Dimension, Key

Codes = tuple[Any, ...]


class Ordering:
    """Ranks of rows whose first dimension weighs most: whole numbers, because a report may have ten thousands of rows."""

    def __init__(self, dimensions: Sequence[Dimension], codes: Mapping[tuple[Dimension, ...], Iterable[Codes]]) -> None:
        """`codes` are all combinations there are, each under the dimensions it is of."""
        self._dimensions = tuple(dimensions)
        self._ranked: dict[Dimension, dict[Any, tuple[int, Key]]] = {}
        for of, combinations in codes.items():
            for dimension, values in zip(of, zip(*combinations, strict=True), strict=False):
                self._ranked[dimension] = _ranked(dimension, set(values))
        weight = 1
        self._weights: dict[Dimension, int] = {}
        for dimension in reversed(self._dimensions):
            self._weights[dimension] = weight
            weight *= len(self._ranked.get(dimension, ())) or 1

    def keyed(self, dimensions: Sequence[Dimension], codes: Iterable[Codes]) -> list[tuple[int, tuple[Key, ...]]]:
        """Rank and keys of each combination. Ranks of different dimensions are added."""
        found = []
        for combination in codes:
            ranked = [self._ranked[d][code] for d, code in zip(dimensions, combination, strict=True)]
            rank = sum(self._weights[d] * place for d, (place, _) in zip(dimensions, ranked, strict=True))
            found.append((rank, tuple(key for _, key in ranked)))
        return found


def _ranked(dimension: Dimension, codes: Iterable[Any]) -> dict[Any, tuple[int, Key]]:
    name = labels.naming(dimension)
    keys = {code: name(code) for code in codes}
    ordered = sorted(keys, key=lambda code: labels.order(dimension, keys[code]))
    return {code: (place, keys[code]) for place, code in enumerate(ordered)}
