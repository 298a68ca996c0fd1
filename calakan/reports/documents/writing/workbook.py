"""The numbers of the evidence report as a workbook."""

from __future__ import annotations

from pathlib import Path

from calakan.office.house import house
from calakan.reports.documents.evidence import TITLE, Evidence
from calakan.tables import books


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
