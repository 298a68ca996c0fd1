"""The letters and colours of the document: those of the certificate."""

from __future__ import annotations

from calakan.paper.artwork import CREAM, DEEP, GREEN, INK, QUIET, TURMERIC, WHITE
from calakan.paper.shapes import tint
from calakan.reports.documents.dossier.sheet import Style
from calakan.reports.documents.writing.fonts import BOLD, HEAVY, PLAIN

PALE, LINE = tint(GREEN, 0.08), tint(GREEN, 0.25)
# From few to many, as on the map of the page.
STEPS = tuple(tint(GREEN, share) for share in (0.10, 0.30, 0.52, 0.76, 1.0))

COVER = Style(HEAVY, 34, WHITE, 1.18)
COVER_LEAD = Style(PLAIN, 13, "#d7efe9", 1.5)
COVER_EYEBROW = Style(BOLD, 11, TURMERIC)
CHAPTER = Style(HEAVY, 22, DEEP, 1.25)
EYEBROW = Style(BOLD, 9, "#8a5a22")
HEADING = Style(BOLD, 13, INK, 1.5)
BODY = Style(PLAIN, 10, INK, 1.5)
NOTE = Style(PLAIN, 8.5, QUIET, 1.45)
CELL = Style(PLAIN, 9.5, INK, 1.35)
CELL_HEAD = Style(BOLD, 8.5, QUIET, 1.35)
NUMBER = Style(BOLD, 9.5, INK, 1.35)
FIGURE = Style(HEAVY, 40, DEEP, 1.15)
FIGURE_NOUN = Style(BOLD, 12, INK, 1.4)
QUOTE = Style(PLAIN, 12, INK, 1.55)
MARK = Style(HEAVY, 44, TURMERIC, 1.0)
AXIS = Style(PLAIN, 8.5, QUIET)
AXIS_VALUE = Style(BOLD, 10, INK)
FOOT = Style(PLAIN, 8, QUIET)

__all__ = [
    "AXIS", "AXIS_VALUE", "BODY", "CELL", "CELL_HEAD", "CHAPTER", "COVER", "COVER_EYEBROW", "COVER_LEAD", "CREAM", "DEEP",
    "EYEBROW", "FIGURE", "FIGURE_NOUN", "FOOT", "GREEN", "HEADING", "LINE", "MARK", "NOTE", "NUMBER", "PALE", "QUOTE",
    "STEPS", "TURMERIC", "WHITE",
]  # fmt: skip
