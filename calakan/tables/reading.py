"""The one way to read a table: find the sheet and the row of headings that an import asks for, and return its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, TypeVar

from calakan.kernel.errors import DomainError
from calakan.tables import apart, cells, csvs
from calakan.tables.apart import ahead as ahead  # for whoever hands a file to a service
from calakan.tables.cells import MarkedText
from calakan.tables.errors import TableUnreadable

Found = TypeVar("Found")
MOST_BYTES = 6 * 1024 * 1024
LOOKED_AT = 40
# What names somebody by itself: an address, a NIP, a NUPTK.
_PERSON = re.compile(r"[^\s@]@[^\s@]+\.|\b\d{16}(?:\d{2})?\b")


@dataclass(frozen=True)
class Column:
    """What an import reads: its name, other headings for it, whether it must be there, and whether it may have lines."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = False
    lines: bool = False


@dataclass(frozen=True)
class Sheet:
    """Numbered rows, ragged. `name` is "" for a CSV; `hidden` rows were left out; `unread` are other visible sheets."""

    rows: Sequence[tuple[int, list[str]]]
    name: str = ""
    hidden: int = 0
    unread: tuple[str, ...] = ()

    @property
    def filled(self) -> Iterator[tuple[int, list[str]]]:
        return ((number, row) for number, row in self.rows if any(row))


@dataclass(frozen=True)
class Line:
    """One row below the headings; `number` is the one that a spreadsheet shows beside it."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def marked(self) -> str | None:
        """The first column with marks that nobody can read."""
        return next((name for name, value in self.cells.items() if isinstance(value, MarkedText)), None)


@dataclass(frozen=True)
class Table:
    """`unread` are headings of columns that nobody asked for."""

    lines: list[Line]
    sheet: Sheet
    unread: Sequence[str] = ()


def sheets(content: bytes) -> Iterator[Sheet]:
    """What may be meant, the likeliest first: visible sheets, or the rows by each delimiter. Raises TableUnreadable."""
    if not content.strip():
        raise TableUnreadable(why="empty")
    if len(content) > MOST_BYTES:
        raise TableUnreadable(why="large")
    if content[:4] == b"\xd0\xcf\x11\xe0":  # an old .xls, or an XLSX behind a password
        raise TableUnreadable(why="encrypted")
    if content[:5] == b"%PDF-" or re.match(rb"\s*<(?:[!?a-zA-Z])", content.lstrip(b"\xef\xbb\xbf")[:200]):
        raise TableUnreadable(why="format")
    if content[:2] == apart.WORKBOOK:
        yield from (Sheet(grid.rows, grid.name, grid.hidden) for grid in apart.grids(content))
    else:
        yield from (Sheet(rows) for rows in csvs.readings(content))


def first(
    content: bytes,
    look: Callable[[Sheet], Found | None],
    *,
    holds: Callable[[Found], object] = bool,
    people: bool = False,
) -> Found:
    """What `look` finds, in a CSV by the first delimiter that serves, in a workbook in the one sheet that has it.

    Two visible sheets whose find `holds` something are refused with their names: nobody can tell which is meant. So is
    one without headings that names `people` by address or number. Without a find, what the likeliest is refused for.
    Raises TableUnreadable, with `why` empty when nothing is written there, and what `look` raises.
    """
    if content[:2] != b"PK":
        return _first((sheet for sheet in sheets(content) if any(sheet.filled)), look)
    every = [sheet for sheet in sheets(content) if any(sheet.filled)]
    found, meant, trouble = list[Found](), list[str](), list[DomainError]()
    for sheet in every:
        others = tuple(other.name for other in every if other is not sheet)
        try:
            one = look(replace(sheet, unread=others))
        except DomainError as error:
            trouble.append(error)
            if people and isinstance(error, TableUnreadable) and _names_people(sheet):
                meant.append(sheet.name)
            continue
        if one is not None:
            found.insert(0 if holds(one) else len(found), one)
            meant += [sheet.name] if holds(one) else []
    if len(meant) > 1:
        raise TableUnreadable(why="sheets", sheets=meant)
    return found[0] if found else _refuse(trouble, empty=not every)


def _first(every: Iterable[Sheet], look: Callable[[Sheet], Found | None]) -> Found:
    trouble, empty = list[DomainError](), True
    for sheet in every:
        empty = False
        try:
            found = look(sheet)
        except TableUnreadable as error:
            trouble.append(error)
            continue
        if found is not None:
            return found
    return _refuse(trouble, empty=empty)


def _refuse(trouble: Sequence[DomainError], *, empty: bool) -> NoReturn:
    """What a sheet says of its lines before what another lacks."""
    said = next((error for error in trouble if not isinstance(error, TableUnreadable)), None)
    raise said or next(iter(trouble), TableUnreadable(why="empty" if empty else "format"))


def _names_people(sheet: Sheet) -> bool:
    return sum(1 for _, row in sheet.filled if any(_PERSON.search(cell) for cell in row)) > 1


def table(content: bytes, columns: Sequence[Column], *, people: bool = False) -> Table:
    """Lines by the names of their columns; case, blanks and `_` of headings do not matter; empty rows are left out.

    Raises TableUnreadable.
    """
    return first(content, lambda sheet: _table(sheet, columns), holds=lambda read: read.lines, people=people)


def _table(sheet: Sheet, columns: Sequence[Column]) -> Table:
    known = {heading_key(text): column.name for column in columns for text in (column.name, *column.also)}
    needed = [column.name for column in columns if column.required]
    nearest: list[str] = needed
    for at, (_, row) in enumerate(sheet.rows[:LOOKED_AT]):
        places = _places(row, known)
        missing = [name for name in needed if name not in places]
        if not missing:
            whole = {column.name for column in columns if column.lines}
            used = set(places.values())
            unread = [cell for place, cell in enumerate(row) if cell and place not in used]
            return Table(_lines(sheet, at, places, whole), sheet, unread)
        nearest = min(nearest, missing, key=len)
    raise TableUnreadable(why="columns", missing=nearest, sheet=sheet.name)


def _places(row: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands. `Status (PNS/PPPK)` and `No HP/WA` count where no other cell may be meant."""
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        if (name := known.get(heading_key(cell))) is not None:
            places.setdefault(name, place)
    loosely = [(name, place) for place, cell in enumerate(row) if (name := _loosely(heading_key(cell), known))]
    for name, place in loosely:
        if name not in places and sum(name == other for other, _ in loosely) == 1:
            places[name] = place
    return places


# Whose it is, where it is another's than whom the line is about: `NIP (kepala sekolah)`, `Email (kantor)`.
_OF_OTHERS = re.compile(
    r"\([^()/,]*(?:kepala|kepsek|orangtua|ortu|wali|suami|istri|anak|pasangan|atasan|operator)[^()/,]*\)"
    r"|(?:mail|surel|hp|telp|telepon|wa|whatsapp)\([^()]*(?:sekolah|kantor|instansi|lembaga|dinas)"
)


def _loosely(key: str, known: Mapping[str, str]) -> str | None:
    """Without what stands in brackets, unless that is about another; of several words beside strokes all must say the same."""
    if _OF_OTHERS.search(key):
        return None
    bare = re.sub(r"\([^()]*\)", "", key).strip(".:*")
    meant = {known.get(bare) or known.get(part.strip(".:*")) for part in bare.split("/")}
    return meant.pop() if len(meant) == 1 else None


def _lines(sheet: Sheet, at: int, places: dict[str, int], whole: Collection[str]) -> list[Line]:
    heading = sheet.rows[at][1]

    def shown(name: str, value: str) -> str:
        return value if name in whole else cells.one_line(value)

    return [
        Line(number, {name: shown(name, row[place]) if place < len(row) else "" for name, place in places.items()})
        for number, row in sheet.rows[at + 1 :]
        if any(row) and row != heading
    ]


def heading_key(cell: str) -> str:
    return "".join(cell.casefold().replace("_", " ").split()).strip(".:*")
