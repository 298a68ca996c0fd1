"""A list on paper: A4, the head of each column on each page, the number of the page at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from calakan.kernel import clock, formats
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.reports.documents.lists.listing import Cell, Column, Style
from calakan.reports.documents.writing.fonts import BOLD, PLAIN, register_fonts, wrapped
from calakan.reports.documents.writing.letterhead import draw_letterhead
from calakan.reports.documents.writing.tables import Table, grouped
from calakan.reports.errors import TooLongToPrint

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MOST_ROWS = 10_000
MARGIN, LINE, SIZE, PADDING = 40.0, 11.5, 8.5, 4.0
SIGNED = "Tanda tangan"
SIGNATURES = 90.0  # the room that they take below the last row


def write_pdf(table: Table, path: Path) -> None:
    """Columns without a share of the page are left out. Raises TooLongToPrint before a file is complete."""
    from reportlab.lib.pagesizes import A4, landscape  # late: only workers need it
    from reportlab.pdfgen.canvas import Canvas

    register_fonts()
    canvas = Canvas(str(path), pagesize=landscape(A4), pageCompression=1, lang="id")
    canvas.setTitle(table.title)
    canvas.setAuthor(house().name)
    _Pages(canvas, table, *landscape(A4)).draw()
    canvas.save()


class _Pages:
    def __init__(self, canvas: Canvas, table: Table, width: float, height: float) -> None:
        self.canvas, self.table, self.height = canvas, table, height
        self.right = width - MARGIN
        shown = [(place, column) for place, column in enumerate(table.columns) if column.printed]
        whole = sum(column.printed for _, column in shown)
        unit = (width - 2 * MARGIN - 28) / max(whole, 1)
        self.places = [place for place, _ in shown]
        self.columns = [column for _, column in shown]
        self.widths = [28.0, *(column.printed * unit for column in self.columns)]
        self.number = 0
        self.y = 0.0

    def draw(self) -> None:
        self._begin(first=True)
        for number, row in enumerate(self.table.rows, start=1):
            if number > MOST_ROWS:
                raise TooLongToPrint(most=MOST_ROWS)
            self._row(number, [row[place] for place in self.places])
        if self.table.signed:
            self._signatures()
        self._foot()

    def _begin(self, *, first: bool = False) -> None:
        self.number += 1
        self.y = self.height - MARGIN
        if first:
            self._heading()
        self._line(["No", *(column.name for column in self.columns)], BOLD, [LINE], fill=True)

    def _heading(self) -> None:
        self.y = draw_letterhead(self.canvas, MARGIN, self.right, self.y)
        self.canvas.setFont(BOLD, 15)
        self.canvas.drawString(MARGIN, self.y - 12, self.table.title)
        self.y -= 26
        for name, value in self.table.facts:
            for text in wrapped(f"{name}: {value}", PLAIN, SIZE, self.right - MARGIN):
                self.canvas.setFont(PLAIN, SIZE)
                self.canvas.drawString(MARGIN, self.y - SIZE, text)
                self.y -= LINE
        self.y -= 8

    def _signatures(self) -> None:
        """Who has seen it on the left, the panitia on the right; never torn from each other."""
        office = office_settings()
        signer = office.signers[0] if office.signers else None
        sides = (
            (
                MARGIN,
                ("Mengetahui,", signer.post if signer is not None else ""),
                signer.name if signer is not None else "",
            ),
            (self.right - 220, (f"{office.place_of_issue}, {formats.day(clock.today())}", "Panitia"), ""),
        )
        if self.y - SIGNATURES < MARGIN + LINE:
            self._foot()
            self._begin()
        for left, lines, name in sides:
            self.canvas.setFont(PLAIN, SIZE)
            for place, text in enumerate(lines):
                self.canvas.drawString(left, self.y - (2 + place) * LINE, text)
            self.canvas.drawString(left, self.y - SIGNATURES + 6, name)
            self.canvas.line(left, self.y - SIGNATURES, left + 220, self.y - SIGNATURES)
        self.y -= SIGNATURES

    def _row(self, number: int, cells: Sequence[Cell]) -> None:
        texts = [str(number), *(_text(cell) for cell in cells)]
        for place, column in enumerate(self.columns, start=1):
            if column.name == SIGNED:  # first left, second right, so that nobody signs in another's line
                texts[place] = f"{number}." if number % 2 else f"{' ' * 24}{number}."
        least = 2 * LINE if any(column.name == SIGNED for column in self.columns) else LINE
        self._line(texts, PLAIN, [least])

    def _line(self, texts: Sequence[str], font: str, least: Sequence[float], *, fill: bool = False) -> None:
        blocks = [
            wrapped(text, font, SIZE, width - 2 * PADDING) for text, width in zip(texts, self.widths, strict=True)
        ]
        tall = max(chain(least, (LINE * len(block) for block in blocks))) + PADDING
        if self.y - tall < MARGIN + LINE and not fill:
            self._foot()
            self._begin()
        if fill:
            self.canvas.setFillColorRGB(0.87, 0.94, 0.92)
            self.canvas.rect(MARGIN, self.y - tall, self.right - MARGIN, tall, stroke=0, fill=1)
            self.canvas.setFillColorRGB(0, 0, 0)
        self.canvas.setFont(font, SIZE)
        left = MARGIN
        for block, width in zip(blocks, self.widths, strict=True):
            for place, text in enumerate(block):
                self.canvas.drawString(left + PADDING, self.y - LINE * (place + 1) + 2, text)
            left += width
        self.y -= tall
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.y, self.right, self.y)

    def _foot(self) -> None:
        self.canvas.setFont(PLAIN, 7.5)
        self.canvas.drawRightString(self.right, MARGIN - 14, f"Halaman {self.number}")
        self.canvas.showPage()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{formats.day(cell.date(), short=True)} {cell:%H.%M}"
    if isinstance(cell, date):
        return formats.day(cell, short=True)
    return formats.number(cell) if isinstance(cell, (int, float)) else grouped(cell)


def printed_columns(columns: Sequence[Column]) -> Sequence[Column]:
    """A report of counts has no shares of its own: names get more room than numbers."""
    return [
        Column(c.name, c.width, c.style, printed=2 if c.style is Style.NUMBER else 4) if not c.printed else c
        for c in columns
    ]
