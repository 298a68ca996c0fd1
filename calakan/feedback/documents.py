"""The index of satisfaction as a workbook: the nine elements, and each diklat of the year beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from calakan.feedback.index import Index
from calakan.feedback.models import ELEMENTS
from calakan.feedback.words import ELEMENT_WORDS, QUALITY
from calakan.tables import books

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SOURCE = "Peraturan Menteri PANRB 14/2017: rata-rata tiap unsur berbobot sama, dikali 25"
Cell = str | int | Decimal | None


def as_xlsx(title: str, total: Index | None, diklat: Sequence[tuple[str, Index | None]] = ()) -> bytes:
    """`diklat` are titles with the index of each, None below five answers."""
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, two = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.00"})
    for name, rows, widths in _sheets(title, total, diklat):
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell, bold if at in (0, 2) else None)
                elif cell is not None:
                    sheet.write_number(at, column, float(cell), two if isinstance(cell, Decimal) else None)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(3, 1)
    books.finish(book)
    return out.getvalue()


def _sheets(
    title: str, total: Index | None, diklat: Sequence[tuple[str, Index | None]]
) -> list[tuple[str, list[list[Cell]], list[int]]]:
    elements: list[list[Cell]] = [[title], [SOURCE], ["Unsur", "NRR", "NRR tertimbang"], *_elements(total)]
    sheets = [("IKM", elements, [44, 12, 16])]
    if diklat:
        heads: list[Cell] = ["Diklat", "Jawaban", "IKM", "Mutu", *(name for name, _ in ELEMENT_WORDS.values())]
        rows: list[list[Cell]] = [[name, *_figures(found)] for name, found in diklat]
        sheets.append(("Per diklat", [[title], [SOURCE], heads, *rows], [44, *(12 for _ in heads[1:])]))
    return sheets


def _elements(found: Index | None) -> list[list[Cell]]:
    if found is None:
        return [["Belum ada lima jawaban"]]
    rows: list[list[Cell]] = []
    for at, (item, total, mean) in enumerate(zip(ELEMENTS, found.sums, found.means, strict=True), start=1):
        rows.append([f"U{at}. {ELEMENT_WORDS[item][0]}", mean, Decimal(total) / found.answers / len(ELEMENTS)])
    return [
        *rows,
        ["IKM", found.value],
        ["Mutu pelayanan", f"{found.letter} ({QUALITY[found.letter]})"],
        ["Jawaban yang dihitung", found.answers],
    ]


def _figures(found: Index | None) -> list[Cell]:
    return [] if found is None else [found.answers, found.value, found.letter, *found.means]
