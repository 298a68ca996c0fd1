"""Tables that people send: CSV as any spreadsheet writes it, or XLSX. Read whole, within limits, cells as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from calakan.kernel.errors import DomainError

MOST_ROWS = 50_000
MOST_BYTES = 6 * 1024 * 1024
MOST_UNPACKED = 120 * 1024 * 1024
LONGEST_CELL = 500


class TableUnreadable(DomainError):
    """`why` is format, encrypted, large, empty, or columns (then `missing` names them)."""

    field = "file"


@dataclass(frozen=True)
class Line:
    """One row below the header; `number` counts from 1 with the header, as a spreadsheet does."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def grid(content: bytes) -> list[list[str]]:
    """All rows of the first sheet, ragged, cells stripped. Raises TableUnreadable."""
    if not content.strip():
        raise TableUnreadable(why="empty")
    if len(content) > MOST_BYTES:
        raise TableUnreadable(why="large")
    if content[:4] == b"\xd0\xcf\x11\xe0":  # an old .xls, or an XLSX behind a password
        raise TableUnreadable(why="encrypted")
    return _xlsx(content) if content[:2] == b"PK" else _csv(content)


def table(content: bytes, required: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """Rows by column name; the header's case, blanks and `_` do not matter; empty rows are left out. Raises TableUnreadable."""
    header, *body = grid(content)
    places = {_name(cell): at for at, cell in enumerate(header)}
    missing = [column for column in required if _name(column) not in places]
    if missing:
        raise TableUnreadable(why="columns", missing=missing)
    wanted = [(column, places[_name(column)]) for column in (*required, *optional) if _name(column) in places]
    return [
        Line(number, {column: row[at] if at < len(row) else "" for column, at in wanted})
        for number, row in enumerate(body, start=2)
        if any(row)
    ]


def _name(cell: str) -> str:
    return "".join(cell.casefold().replace("_", " ").split())


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    # The first line that has one: reports begin with lines of a single cell.
    head = next((line for line in text.split("\n", 40)[:40] if any(mark in line for mark in ";,\t")), "")
    delimiter = max(";,\t", key=head.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell.strip()[:LONGEST_CELL] for cell in row])
            if len(rows) > MOST_ROWS:
                raise TableUnreadable(why="large")
    except csv.Error:
        raise TableUnreadable(why="format") from None
    while rows and not any(rows[0]):
        rows.pop(0)
    if not rows:
        raise TableUnreadable(why="empty")
    return rows


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise TableUnreadable(why="format")


def _xlsx(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, load_workbook  # late: only imports need it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise TableUnreadable(why="large")
        book = load_workbook(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True, nrows=MOST_ROWS + 1)
    except (CalamineError, zipfile.BadZipFile, IndexError):
        raise TableUnreadable(why="format") from None
    if len(rows) > MOST_ROWS:
        raise TableUnreadable(why="large")
    if not rows:
        raise TableUnreadable(why="empty")
    return [[_text(cell)[:LONGEST_CELL] for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        # Beyond 15 digits a spreadsheet's number has lost digits: the E+ that it shows lets the reader notice.
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:G}"
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\x00", "").strip()
