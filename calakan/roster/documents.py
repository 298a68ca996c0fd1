"""The lines that wait, as a file that can be mended and sent again."""

from __future__ import annotations

import io
from collections.abc import Iterable

from calakan.roster import words
from calakan.roster.models import Makes, RosterLine
from calakan.roster.reading import ACCOUNT_COLUMNS, COLUMNS, OWN
from calakan.tables import books

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def waiting(lines: Iterable[RosterLine], makes: Makes) -> bytes:
    """An XLSX with what stood in each line, as text, its number in the file that was sent, and the reason."""
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Belum diterapkan")
    names = [column.name for column in (ACCOUNT_COLUMNS if makes.is_accounts else COLUMNS)]
    sheet.write_row(0, 0, [*names, *OWN], book.add_format({"bold": True}))
    text = book.add_format({"num_format": "@"})
    for at, line in enumerate(lines, start=1):
        for place, name in enumerate(names):
            sheet.write_string(at, place, line.cells.get(name, ""), text)
        sheet.write_number(at, len(names), line.number or 0)
        told = words.why(line.why, column=line.column, said=line.said, other=line.other)
        sheet.write_string(at, len(names) + 1, told)
    books.finish(book)
    return out.getvalue()
