"""A design of page 1 other than the shipped one: what stands where, on which background."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.paper.pieces import Piece
from calakan.paper.typeset import BOLD, END, EXTRA, MEDIUM, MIDDLE, REGULAR, SERIF, START

VOICES = {"regular": REGULAR, "medium": MEDIUM, "bold": BOLD, "extra": EXTRA, "serif": SERIF}
ALIGNS = {"left": START, "centre": MIDDLE, "right": END}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one thing stands (mm from the top left corner) and how it looks.

    `x` and `width` span its room; `y` is the baseline of a text, and the top of what is drawn. A text that does not fit
    at `size` shrinks to `least`, then takes a further line, up to `lines`; it is never cut.
    """

    key: str
    x: float
    y: float
    width: float
    align: str = "centre"
    voice: str = "regular"
    size: float = 3.5
    least: float = 2.5
    lines: int = 1
    colour: str = "#12231f"
    spacing: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """`artwork` is the shipped frame; `appendix` the page with the struktur program, framed or plain."""

    places: tuple[Place, ...]
    artwork: bool = False
    background: Piece | None = None
    appendix: bool = True
    appendix_artwork: bool = True
