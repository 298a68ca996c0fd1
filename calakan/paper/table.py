"""The programme table: column widths, row heights, and how the rows fall on pages."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.paper import texts
from calakan.paper.facts import ProgrammeRow
from calakan.paper.linebreak import wrapped
from calakan.paper.typeset import MEDIUM, REGULAR, Voice

LEFT, RIGHT, TOP, BOTTOM = 22.0, 275.0, 46.0, 185.0
GAP = 6.0
LEADING = 1.34
SINGLE_PAGE_ROWS = 24
DENSITIES = (
    (3.53, 2.4),
    (3.53, 2.1),
    (3.53, 1.8),
    (3.53, 1.5),
    (3.53, 1.25),
    (3.35, 1.2),
    (3.15, 1.1),
    (2.95, 1.0),
    (2.75, 0.9),
    (2.6, 0.75),
    (2.4, 0.55),
)
SPREAD = (3.15, 1.3)
NOTE_SIZE, NOTE_LEAD = 3.17, 4.6
SHARES = {"title": 0.5, "speaker": 0.25, "when": 0.25}
MOST = {"title": 500.0, "speaker": 64.0, "when": 62.0}
NARROW = {"number": 13.0, "jp": 14.0, "attendance": 28.0}


@dataclass(frozen=True, slots=True)
class Column:
    """One column with its heading, left edge and width, both between the gaps."""

    key: str
    heading: str
    left: float
    width: float
    right_aligned: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One table row: a programme row, or a group heading when `row` is None."""

    top: float
    height: float
    group: str
    row: int | None
    cells: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class TablePage:
    """The rows of one page and the density they are set in; `end` is the y below the last row."""

    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    size: float
    pad: float
    end: float
    last: bool


def table_columns(rows: tuple[ProgrammeRow, ...], size: float) -> tuple[Column, ...]:
    """The columns that have something to say."""
    widths = _shared_widths(rows, size)
    headings = {
        "number": texts.COLUMN_NUMBER,
        "title": texts.COLUMN_TITLE,
        "speaker": texts.COLUMN_SPEAKER,
        "when": texts.COLUMN_WHEN,
        "jp": texts.COLUMN_JP,
        "attendance": texts.COLUMN_ATTENDANCE,
    }
    out, left = [], LEFT
    for key, heading in headings.items():
        width = NARROW.get(key) or widths.get(key)
        if width is not None:
            out.append(Column(key, heading, left + GAP / 2, width - GAP, key == "jp"))
            left += width
    return tuple(out)


def _shared_widths(rows: tuple[ProgrammeRow, ...], size: float) -> dict[str, float]:
    """What each column needs plus a share of what is left; titles wrap first where room is short."""
    contents = {
        "title": [row.title for row in rows],
        "speaker": [row.speaker for row in rows if row.speaker],
        "when": [row.when for row in rows if row.when],
    }
    rest = RIGHT - LEFT - sum(NARROW.values())
    needs = {
        key: min(MOST[key], GAP + 0.5 + max(cell_voice(key).width(text, size) for text in column))
        for key, column in contents.items()
        if column
    }
    if not needs:
        return {"title": rest}
    spare = rest - sum(needs.values())
    if spare < 0:
        return needs | {"title": needs["title"] + spare}
    return {key: need + spare * SHARES[key] / sum(SHARES[other] for other in needs) for key, need in needs.items()}


def cell_voice(key: str) -> Voice:
    """Row titles stand out a little."""
    return MEDIUM if key == "title" else REGULAR


def spread(rows: tuple[ProgrammeRow, ...], note_lines: int) -> tuple[TablePage, ...]:
    """One page at the roomiest density that fits, otherwise as many pages as needed."""
    below = NOTE_LEAD * note_lines + (5 if note_lines else 0)
    if len(rows) <= SINGLE_PAGE_ROWS:
        for size, pad in DENSITIES:
            columns = table_columns(rows, size)
            lines = _lines(rows, columns, size, pad)
            height = _row(1, size, pad)
            if TOP + height + sum(line.height for line in lines) + height + below <= BOTTOM:
                return (_page(lines, columns, size, pad, last=True),)
    return _many(rows, below)


def _many(rows: tuple[ProgrammeRow, ...], below: float) -> tuple[TablePage, ...]:
    size, pad = SPREAD
    columns = table_columns(rows, size)
    lines = _lines(rows, columns, size, pad)
    room = BOTTOM - TOP - 2 * _row(1, size, pad)
    total = sum(line.height for line in lines) + below
    count = int(total // room) + 1
    while (chunks := _even(lines, total / count, room, room - below)) is None:
        count += 1
    return tuple(_page(chunk, columns, size, pad, last=chunk is chunks[-1]) for chunk in chunks)


def _even(lines: list[Line], goal: float, room: float, last_room: float) -> list[list[Line]] | None:
    """Pages of about the same height, no group heading at a page's foot; None when the last one overflows."""
    chunks: list[list[Line]] = [[]]
    height = 0.0
    for place, line in enumerate(lines):
        follows = lines[place + 1].height if line.row is None and place + 1 < len(lines) else 0.0
        headed = bool(chunks[-1]) and chunks[-1][-1].row is None
        if chunks[-1] and not headed and (height >= goal or height + line.height + follows > room):
            chunks.append([])
            height = 0.0
        chunks[-1].append(line)
        height += line.height
    return chunks if height <= last_room or len(chunks) > len(lines) else None


def _page(lines: list[Line], columns: tuple[Column, ...], size: float, pad: float, *, last: bool) -> TablePage:
    y, placed = TOP + _row(1, size, pad), []
    for line in lines:
        placed.append(Line(y, line.height, line.group, line.row, line.cells))
        y += line.height
    return TablePage(tuple(placed), columns, size, pad, y, last)


def _lines(rows: tuple[ProgrammeRow, ...], columns: tuple[Column, ...], size: float, pad: float) -> list[Line]:
    out, group = [], ""
    for number, (place, row) in enumerate(_gathered(rows), start=1):
        if row.group and row.group != group:
            out.append(Line(0, _row(1, size * 0.9, pad * 0.8), row.group, None))
        group = row.group
        cells = tuple((column.key, _cell(row, number, column, size)) for column in columns)
        out.append(Line(0, _row(max(len(lines) for _, lines in cells), size, pad), group, place, cells))
    return out


def _gathered(rows: tuple[ProgrammeRow, ...]) -> list[tuple[int, ProgrammeRow]]:
    """The rows of a group together, groups as they first appear; each with its place among the facts."""
    order = list(dict.fromkeys(row.group for row in rows))
    return sorted(enumerate(rows), key=lambda found: order.index(found[1].group))


def _cell(row: ProgrammeRow, number: int, column: Column, size: float) -> tuple[str, ...]:
    contents = {
        "number": str(number),
        "title": row.title,
        "speaker": row.speaker or "",
        "when": row.when or "",
        "jp": str(row.jp),
        "attendance": "",
    }
    return tuple(wrapped(contents[column.key], cell_voice(column.key), size, column.width))


def _row(lines: int, size: float, pad: float) -> float:
    return lines * size * LEADING + 2 * pad
