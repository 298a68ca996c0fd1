"""XLSX workbooks (ECMA-376): the visible sheets, what their cells show, merged cells, hidden rows. Within limits."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from xml.etree import ElementTree

from calakan.kernel import zips
from calakan.tables import cells, numbers
from calakan.tables.csvs import MOST_ROWS
from calakan.tables.errors import TableUnreadable
from calakan.tables.grids import Grid

MOST_UNPACKED = 60 * 1024 * 1024
MOST_CELLS = 1_000_000
# Whoever asked holds all of it, and cells may share a text: bytes, with some for each place, empty or not.
MOST_SHOWN, PLACE = 24_000_000, 6
# Of all parts together: three for each cell and more. Within one row, and how deep.
MOST_ELEMENTS, MOST_INSIDE, MOST_DEPTH = 4_000_000, 100_000, 30
MOST_COLUMNS = 200
LAST_ROW = 1_048_576
MOST_SHEETS = 30
MOST_MERGES = 20_000
ROW, TEXT = 2, 1  # how deep they stand: `worksheet` > `sheetData` > `row`, `sst` > `si`
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_HIDDEN_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Workbook:
    """Reads a part when it is asked for. A damaged one raises what zipfile, zlib and the XML parser raise."""

    def __init__(self, content: bytes) -> None:
        self.packed = zips.opened(content)
        if sum(part.file_size for part in self.packed.infolist()) > MOST_UNPACKED:
            raise TableUnreadable(why="large")
        if any(part.compress_type not in _PACKED for part in self.packed.infolist()):
            raise TableUnreadable(why="format")
        self.left, self.elements, self.unsaid = MOST_CELLS, MOST_ELEMENTS, MOST_SHOWN

    def _part(self, name: str, whole: int = ROW) -> Iterator[ElementTree.Element]:
        """Each element when it ends. What stands so deep, or higher, is let go then, whole as it is."""
        for _, element in self._nested(name, whole):
            yield element

    def _nested(self, name: str, whole: int = ROW) -> Iterator[tuple[str, ElementTree.Element]]:
        """The same with the name of what it stands in. An element of four letters takes twenty times as much in memory."""
        content, around, inside = self.packed.read(name), list[ElementTree.Element](), 0
        if b"<!DOCTYPE" in content[:4096]:
            raise TableUnreadable(why="format")
        ends = ElementTree.iterparse(io.BytesIO(content), ("start", "end"))  # noqa: S314 - no document type, bounded size
        for event, element in ends:
            if event == "start":
                inside = inside + 1 if len(around) > whole else 0
                self.elements -= 1
                if self.elements < 0 or inside > MOST_INSIDE or len(around) > MOST_DEPTH:
                    raise TableUnreadable(why="large")
                around.append(element)
                continue
            around.pop()
            yield _name(around[-1]) if around else "", element
            if 0 < len(around) <= whole:
                around[-1].remove(element)

    def sheets(self) -> Iterator[Grid]:
        """The visible sheets, in their order."""
        targets = {
            part.get("Id"): part.get("Target", "")
            for part in self._part("xl/_rels/workbook.xml.rels")
            if _name(part) == "Relationship" and part.get("Type", "").endswith("/worksheet")
        }
        named = []
        for part in self._part("xl/workbook.xml"):
            if _name(part) == "sheet" and part.get("state", "visible") == "visible":
                named.append(
                    (part.get("name", "")[: cells.LONGEST_CELL], part.get(_RELATION) or part.get(_STRICT_RELATION))
                )
        for name, relation in named[:MOST_SHEETS]:
            if relation in targets:
                target = targets[relation]
                yield self._sheet(name, target[1:] if target.startswith("/") else f"xl/{target.removeprefix('./')}")

    @cached_property
    def _from_1904(self) -> bool:
        return any(
            _name(part) == "workbookPr" and part.get("date1904") in ("1", "true")
            for part in self._part("xl/workbook.xml")
        )

    @cached_property
    def _strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.packed.namelist():
            return []
        found = []
        for part in self._part("xl/sharedStrings.xml", TEXT):
            if _name(part) == "si":
                # Cut once, and not in each cell: a million may show one text of a megabyte.
                found.append(_written(part).strip()[: 4 * cells.LONGEST_CELL])
        return found

    @cached_property
    def _formats(self) -> list[str]:
        """Style -> number format."""
        if "xl/styles.xml" not in self.packed.namelist():
            return []
        own: dict[int, str] = {}
        ids: list[int] = []
        for around, part in self._nested("xl/styles.xml"):
            if _name(part) == "numFmt":
                own[int(part.get("numFmtId", "0"))] = part.get("formatCode", "")
            elif _name(part) == "xf" and around == "cellXfs":
                ids.append(int(part.get("numFmtId", "0")))
        return [own.get(id, numbers.BUILT_IN.get(id, "General")) for id in ids]

    def _sheet(self, name: str, path: str) -> Grid:
        grid, number, merges = Grid(name), 0, list[tuple[int, int, int]]()
        for part in self._part(path):
            if _name(part) == "row":
                number = int(part.get("r", number + 1))
                if not 0 < number <= LAST_ROW:
                    raise TableUnreadable(why="format")
                if part.get("hidden") in ("1", "true"):
                    grid.hidden += 1
                else:
                    grid.rows.append((number, self._row(part)))
                if len(grid.rows) > MOST_ROWS or self.left < 0 or self.unsaid < 0:
                    raise TableUnreadable(why="large")
            elif _name(part) == "mergeCell" and len(merges) < MOST_MERGES:
                corners = _REFERENCE.findall(part.get("ref", ""))
                if len(corners) == 2 and corners[0][1] != corners[1][1]:
                    merges.append((_column(corners[0][0]), int(corners[0][1]), int(corners[1][1])))
        self._fill_down(grid, merges)
        return grid

    def _row(self, row: ElementTree.Element) -> list[str]:
        found: list[str] = []
        for part in row:
            if _name(part) != "c":
                continue
            place = _REFERENCE.match(part.get("r", ""))
            at = _column(place[1]) if place else len(found)
            self.left -= 1
            if at >= MOST_COLUMNS:
                continue
            found.extend([""] * (at + 1 - len(found)))
            found[at] = cells.cell(self._cell(part))
            self._say(found[at])
        self.unsaid -= PLACE * len(found)
        return found

    def _say(self, text: str) -> None:
        self.unsaid -= len(text) if text.isascii() else 4 * len(text)

    def _cell(self, part: ElementTree.Element) -> str:
        kind = part.get("t", "n")
        if kind == "inlineStr":
            return _written(part)
        value = next((inner.text or "" for inner in part if _name(inner) == "v"), "")
        formula = next((inner for inner in part if _name(inner) == "f"), None) if not value and kind == "n" else None
        if (
            formula is not None
        ):  # whoever wrote it left it to others to count; one that cells share stands in the first alone
            return cells.MarkedText(f"={formula.text or ''}"[: cells.LONGEST_CELL])
        if kind == "s":
            return self._strings[int(value)] if value else ""
        if kind == "b":
            return "BENAR" if value == "1" else "SALAH"
        if kind == "d":
            return cells.DateText(value.replace("T", " "))
        if kind != "n" or not value:
            return _unescaped(value)
        style = int(part.get("s", "0"))
        pattern = self._formats[style] if 0 <= style < len(self._formats) else "General"
        return numbers.shown(value, pattern, from_1904=self._from_1904)

    def _fill_down(self, grid: Grid, merges: list[tuple[int, int, int]]) -> None:
        """A cell that is merged over several rows stands in each of them."""
        if sum(min(last, first + MOST_ROWS) - first for _, first, last in merges) > MOST_CELLS:
            raise TableUnreadable(why="large")
        by_number = dict(grid.rows)
        for column, first, last in merges:
            top = by_number.get(first, [])
            value = top[column] if column < len(top) else ""
            for number in range(first + 1, min(last, first + MOST_ROWS) + 1) if value else ():
                row = by_number.get(number)
                if row is not None and column < MOST_COLUMNS:
                    row.extend([""] * (column + 1 - len(row)))
                    row[column] = value
                    self._say(value)
        if self.unsaid < 0:
            raise TableUnreadable(why="large")


def _name(part: ElementTree.Element) -> str:
    return str(part.tag).rpartition("}")[2]


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _written(part: ElementTree.Element) -> str:
    """The text of a cell without its readings aloud (`rPh`)."""
    texts = []
    for inner in part:
        name = _name(inner)
        if name == "t":
            texts.append(inner.text or "")
        elif name in ("r", "is"):
            texts.append(_written(inner))
    return _unescaped("".join(texts))


def _unescaped(value: str) -> str:
    if "_x" not in value:
        return value
    return _HIDDEN_CHARACTER.sub(lambda found: chr(int(found[1], 16)).replace("\r", ""), value)
