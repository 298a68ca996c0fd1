"""The head of a letter on top of a printed list or report, as the house set it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from calakan.office import emblems
from calakan.office.house import house
from calakan.reports.documents.writing.fonts import BOLD, PLAIN, wrapped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

HIGHEST, SIDE, GAP = 90.0, 44.0, 10.0
"""The most a picture may take, the side of a logo, and the room around it (points)."""

FIRST, NEXT, LEAD = 12.0, 8.5, 12.5


def draw_letterhead(canvas: Canvas, left: float, right: float, top: float) -> float:
    """From `top` down, between `left` and `right`; returns where the text below may begin."""
    foot = _picture(canvas, left, right, top) if house().letterhead else None
    if foot is None:
        foot = _lines(canvas, left, right, top)
    foot -= 6
    canvas.setLineWidth(1.4)
    canvas.line(left, foot, right, foot)
    canvas.setLineWidth(0.5)
    canvas.line(left, foot - 2.2, right, foot - 2.2)
    return foot - 2.2 - GAP


def _picture(canvas: Canvas, left: float, right: float, top: float) -> float | None:
    """None where its file is away: a list without its picture is better than none."""
    from reportlab.lib.utils import ImageReader  # late: only workers and the command line need it

    try:
        picture = ImageReader(io.BytesIO(emblems.letterhead(house().letterhead)))
    except (OSError, ValueError):
        return None
    size: tuple[float, float] = picture.getSize()
    scale = min((right - left) / size[0], HIGHEST / size[1])
    wide, high = size[0] * scale, size[1] * scale
    canvas.drawImage(picture, (left + right - wide) / 2, top - high, width=wide, height=high)
    return top - high


def _lines(canvas: Canvas, left: float, right: float, top: float) -> float:
    beside = left + SIDE + GAP if _logo(canvas, left, top) else left
    y = top
    for place, line in enumerate(house().letterhead_lines):
        font, size = (PLAIN, NEXT) if place else (BOLD, FIRST)
        for text in wrapped(line, font, size, right - beside):
            y -= LEAD
            canvas.setFont(font, size)
            canvas.drawString(beside, y, text)
    return min(y, top - SIDE) if beside > left else y


def _logo(canvas: Canvas, left: float, top: float) -> bool:
    from reportlab.lib.utils import ImageReader  # late, as above

    try:
        picture = ImageReader(io.BytesIO(emblems.logo(house().logo))) if house().logo else None
    except (OSError, ValueError):
        picture = None
    if picture is None:
        return False
    canvas.drawImage(picture, left, top - SIDE, width=SIDE, height=SIDE, mask="auto")
    return True
