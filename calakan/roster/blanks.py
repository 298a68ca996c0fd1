"""Cells of a staff list that say nothing, and those that ask or point instead of saying."""

from __future__ import annotations

from collections.abc import Mapping

from calakan.kernel.text import search_key
from calakan.tables.cells import MarkedText

# As keys. Hyphens and dots alone say nothing either, nor do noughts.
_EMPTY = frozenset(
    {"null", "n a", "nihil", "kosong", "tidak ada", "tdk ada", "belum ada", "blm ada", "tidak punya", "belum punya"}
)
_NOTHING = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d_./\u2026():;|~=\u2022\u00b7 "
_DITTO = frozenset({"", "idem", "ditto", "sda", "s d a"})


def says_nothing(column: str, value: str) -> bool:
    """An empty cell, as people fill it in: by a hyphen, noughts or words."""
    if column == "nama" or isinstance(value, MarkedText):
        return False
    bare = value.strip(_NOTHING)
    noughts = column != "npsn" and not bare.strip(_NOTHING + "0,")
    return not bare or noughts or search_key(value) in _EMPTY


def puzzle(cells: Mapping[str, str]) -> str | None:
    """The first cell that asks or points instead of saying: `?`, a tick, `idem` for what stands above."""
    return next((name for name, value in cells.items() if name != "nama" and search_key(value) in _DITTO), None)
