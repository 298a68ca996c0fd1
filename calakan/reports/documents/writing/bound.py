"""The evidence report on paper, and its numbers as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calakan.kernel import formats
from calakan.office.house import house
from calakan.reports.documents.evidence import TITLE, Evidence, Section, Value
from calakan.reports.documents.writing.fonts import BOLD, PLAIN, register_fonts, wrapped
from calakan.reports.documents.writing.letterhead import draw_letterhead
from calakan.tables import books

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MARGIN, LINE, SIZE = 56.0, 13.0, 9.5


def write_xlsx(made: Evidence, path: Path) -> None:
    """A cover sheet, and a sheet for each section."""
    import xlsxwriter  # late: only workers and the command line need it

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": TITLE, "company": house().source})
    bold = book.add_format({"bold": True, "bg_color": "#DDEFEA", "bottom": 1})
    cover = book.add_worksheet("Keterangan")
    cover.set_column(0, 0, 24)
    cover.set_column(1, 1, 90)
    lines = [("Laporan", TITLE), ("Periode", made.period), ("Sumber", house().source), ("Dibuat", made.made)]
    for number, (name, text) in enumerate([*lines, *((s.title, s.note) for s in made.sections)]):
        cover.write_string(number, 0, name)
        cover.write_string(number, 1, text)
    for section in made.sections:
        sheet = book.add_worksheet(section.title[:31])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(section.columns), 18)
        sheet.write_row(0, 0, section.columns, bold)
        for number, row in enumerate(section.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write_number(number, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(section.rows), len(section.columns) - 1)
    books.finish(book)


def write_pdf(made: Evidence, path: Path) -> None:
    """A4 upright; a section begins where there is room for its head and some rows."""
    from reportlab.lib.pagesizes import A4  # late: only workers and the command line need it
    from reportlab.pdfgen.canvas import Canvas

    register_fonts()
    canvas = Canvas(str(path), pagesize=A4, pageCompression=1, lang="id")
    canvas.setTitle(f"{TITLE} {house().name}")
    canvas.setAuthor(house().source)
    _Paper(canvas, made, *A4).draw()
    canvas.save()


class _Paper:
    def __init__(self, canvas: Canvas, made: Evidence, width: float, height: float) -> None:
        self.canvas, self.made, self.width, self.height = canvas, made, width, height
        self.wide = width - 2 * MARGIN
        self.y = height - MARGIN
        self.number = 1

    def draw(self) -> None:
        self.y = draw_letterhead(self.canvas, MARGIN, self.width - MARGIN, self.y)
        self._text(f"{TITLE} {house().name}", BOLD, 20, 28)
        for text in (f"Periode: {self.made.period}", house().source, f"Dibuat {self.made.made}"):
            self._text(text, PLAIN, SIZE, LINE)
        if not self.made.sections:
            self.y -= LINE
            self._text("Tidak ada kegiatan pada periode ini.", PLAIN, 12, 18)
        for number, section in enumerate(self.made.sections, start=1):
            self._section(number, section)
        self._foot()

    def _section(self, number: int, section: Section) -> None:
        self._room(7 * LINE)
        self.y -= 16
        self._text(f"{number}. {section.title}", BOLD, 13, 19)
        for line in wrapped(section.note, PLAIN, SIZE, self.wide) if section.note else ():
            self._text(line, PLAIN, SIZE, LINE)
        widths = self._widths(len(section.columns))
        self._row(section.columns, widths, BOLD, fill=True)
        for row in section.rows:
            if self._room(self._tall(_blocks(row, widths)) + LINE):
                self._row(section.columns, widths, BOLD, fill=True)
            self._row(row, widths, PLAIN)

    def _widths(self, count: int) -> list[float]:
        first = self.wide * (0.5 if count == 2 else 0.4 if count < 5 else 0.14)
        return [first, *[(self.wide - first) / (count - 1)] * (count - 1)]

    @staticmethod
    def _tall(blocks: Sequence[Sequence[str]]) -> float:
        return LINE * max(len(block) for block in blocks) + 4

    def _row(self, cells: Sequence[Value], widths: Sequence[float], font: str, *, fill: bool = False) -> None:
        blocks = _blocks(cells, widths, font)
        tall = self._tall(blocks)
        if fill:
            self.canvas.setFillColorRGB(0.87, 0.94, 0.92)
            self.canvas.rect(MARGIN, self.y - tall, self.wide, tall, stroke=0, fill=1)
            self.canvas.setFillColorRGB(0, 0, 0)
        self.canvas.setFont(font, SIZE)
        left = MARGIN
        for place, (block, width) in enumerate(zip(blocks, widths, strict=True)):
            for n, text in enumerate(block):
                y = self.y - LINE * (n + 1) + 2
                if place and not fill and not isinstance(cells[place], str):
                    self.canvas.drawRightString(left + width - 24, y, text)
                else:
                    self.canvas.drawString(left + 4, y, text)
            left += width
        self.y -= tall
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.y, MARGIN + self.wide, self.y)

    def _text(self, text: str, font: str, size: float, step: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(MARGIN, self.y - size, text)
        self.y -= step

    def _room(self, needed: float) -> bool:
        """Turn the page where this does not fit any more."""
        if self.y - needed >= MARGIN:
            return False
        self._foot()
        self.y, self.number = self.height - MARGIN, self.number + 1
        return True

    def _foot(self) -> None:
        self.canvas.setFont(PLAIN, 8)
        self.canvas.drawString(MARGIN, MARGIN - 24, f"{TITLE} {house().name}, {self.made.period}")
        self.canvas.drawRightString(self.width - MARGIN, MARGIN - 24, f"Halaman {self.number}")
        self.canvas.showPage()


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else formats.number(value)


def _blocks(cells: Sequence[Value], widths: Sequence[float], font: str = PLAIN) -> list[list[str]]:
    return [wrapped(_shown(c), font, SIZE, w - 8) for c, w in zip(cells, widths, strict=True)]
