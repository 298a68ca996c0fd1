"""Tables as CSV and as sheets of a workbook: numbers are numbers, text stays text, nothing is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from calakan.kernel.askable import Askable
from calakan.kernel.clock import local
from calakan.reports.documents.writing.tables import grouped
from calakan.tables.books import harmless

Cell = str | int | float | datetime | None


class Format(Askable):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MIME_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


def as_csv(names: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str = ";") -> bytes:
    """UTF-8 with a mark at its start and semicolons, as Excel in Indonesia expects; long numbers in groups."""
    if separator not in (";", ","):
        raise ValueError("separator must be ; or ,")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str | int | None:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, float):
        return str(cell).replace(".", ",")  # as Excel in Indonesia reads it
    return harmless(grouped(cell)) if isinstance(cell, str) else cell


def new_book(file: io.BytesIO, title: str, *, company: str, made_at: datetime) -> xlsxwriter.Workbook:
    """A workbook that takes no text for a formula or an address; the caller closes it."""
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "company": company, "created": local(made_at).replace(tzinfo=None)})
    return book


def add_sheet(book: xlsxwriter.Workbook, title: str, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Text of digits stays text also for whoever edits the cell; moments, on the clock of the house, are dates of the sheet."""
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bg_color": "#DDEFEA", "bottom": 1})
    whole, text = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "@"})
    broken = book.add_format({"num_format": "#,##0.00"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    widths = [len(name) + 4 for name in names]
    sheet.write_row(0, 0, names, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, whole)
            elif isinstance(cell, float):
                sheet.write_number(number, column, cell, broken)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, moment)
                widths[column] = max(widths[column], 18)
            elif cell is not None:
                sheet.write_string(number, column, cell, text if cell[:1].isdigit() else None)
                widths[column] = max(widths[column], min(len(cell) + 2, 60))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
