"""The fonts of printed lists and reports, and how a text is broken into lines of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

FONTS = Path(__file__).parents[3] / "paper" / "fonts"
PLAIN, BOLD = "bc-sans-400", "bc-sans-700"
HEAVY, SERIF = "bc-sans-800", "bc-serif-600"


def register_fonts() -> None:
    from reportlab.pdfbase import pdfmetrics  # late: only workers need it
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (PLAIN, BOLD, HEAVY, SERIF):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines of at most this width, broken at blanks and, where one word is wider, within it."""
    from reportlab.pdfbase.pdfmetrics import stringWidth  # late: only workers need it

    if stringWidth(text, font, size) <= width:
        return [text]
    lines, line = [], ""
    for word in _pieces(text, font, size, width):
        longer = f"{line} {word}" if line else word
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _pieces(text: str, font: str, size: float, width: float) -> Iterable[str]:
    from reportlab.pdfbase.pdfmetrics import stringWidth  # late: only workers need it

    for word in text.split():
        while stringWidth(word, font, size) > width and len(word) > 1:
            fits = next((n for n in range(len(word) - 1, 1, -1) if stringWidth(word[:n], font, size) <= width), 1)
            yield word[:fits]
            word = word[fits:]
        yield word
