"""A list as CSV, workbook or JSON. Written straight to the disk, so memory does not grow with the number of rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from calakan.kernel import clock
from calakan.people import nip
from calakan.reports.documents.lists.listing import Cell, Column, Style
from calakan.tables.books import harmless

Facts = Sequence[tuple[str, str | int | float]]
AT_ONCE = 1000
# A sheet has 1,048,576 rows, the first of which is the header.
MOST_ROWS = 1_048_575


@dataclass(frozen=True)
class Table:
    """What a file is made of; `facts` say what it is, for the cover sheet and the head of the JSON."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    facts: Facts
    metadata: dict[str, Any]
    signed: bool = False


def write_csv(table: Table, path: Path, *, separator: str = ";") -> None:
    """UTF-8 with a mark at its start and semicolons, as Excel in Indonesia expects; long numbers in groups."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(_csv_rows(table.columns, iter(table.rows)))


def _csv_rows(columns: Sequence[Column], rows: Iterator[Sequence[Cell]]) -> Iterator[tuple[Cell, ...]]:
    """By the column, so that what is done to its cells is looked up once for many of them."""
    while batch := list(islice(rows, AT_ONCE)):
        cells = zip(*batch, strict=True)
        yield from zip(*(_written(column.style, of) for column, of in zip(columns, cells, strict=True)), strict=True)


def _written(style: Style, cells: Iterable[Cell]) -> Iterable[Cell]:
    if style is Style.TEXT:
        return map(harmless, cells)
    if style is Style.LONG:
        return map(grouped, cells)
    return map(_minute, cells) if style is Style.MOMENT else cells


def _minute(cell: Cell) -> str:
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else ""


def grouped(cell: Cell) -> str:
    """`198501012010012001` -> `19850101 201001 2 001`, NUPTK by four: no spreadsheet takes that for a number."""
    text = str(cell or "")
    if len(text) == 18 and text.isdigit():
        return nip.spaced_nip(text)
    return " ".join(text[at : at + 4] for at in range(0, 16, 4)) if len(text) == 16 and text.isdigit() else text


def write_xlsx(table: Table, path: Path) -> None:
    """A cover sheet and the rows: typed cells, text stays text, the header frozen, with filters."""
    from rustpy_xlsxwriter import FastExcel, Format  # late: only workers need it

    head = Format().set_bold().set_background_color("#DDEFEA").set_border_bottom("thin")
    names = [column.name for column in table.columns]
    cover = [{"Keterangan": name, "Isi": value} for name, value in table.facts]
    formats = {
        column.name: Format().set_num_format("dd/mm/yyyy" if column.style is Style.DAY else "dd/mm/yyyy hh:mm")
        for column in table.columns
        if column.style in (Style.DAY, Style.MOMENT)
    }
    # Text also for whoever edits the cell: a NIP never becomes 1.98501E+17.
    formats |= {column.name: Format().set_num_format("@") for column in table.columns if column.style is Style.LONG}
    long = [column.name for column in table.columns if column.style in (Style.LONG, Style.CODE)]
    book = FastExcel(str(path))
    book.sheet("Keterangan", cover, column_widths=[26, 90], header_format=head)
    book.sheet(
        "Data",
        _records(names, table.rows),
        column_widths=[column.width for column in table.columns],
        column_formats=formats,
        header_format=head,
        autofilter=True,
        ignore_errors=long,
        page_setup={"landscape": True, "paper_size": 9, "fit_to_pages": (1, 0), "repeat_rows": 0},
    )
    book.freeze(row=1).save()


def _records(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[dict[str, Cell]]:
    """The header comes from the first record, so a list of nobody has one empty row."""
    empty = True
    for row in rows:
        empty = False
        yield dict(zip(names, row, strict=True))
    if empty:
        yield dict.fromkeys(names)


def write_json(table: Table, path: Path) -> None:
    """One object: the metadata first, then `columns` and `rows`, a list of cells for each row."""
    with path.open("w", encoding="utf-8") as file:
        head = {**table.metadata, "columns": [column.name for column in table.columns]}
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rows": [')
        mark = "\n  "
        for row in table.rows:
            file.write(mark + json.dumps(list(row), ensure_ascii=False, default=_plain))
            mark = ",\n  "
        file.write("\n ]\n}\n")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=clock.place()).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
