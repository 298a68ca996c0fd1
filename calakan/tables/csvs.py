"""CSV as spreadsheets, reports and forms write it: any of four delimiters, several encodings, and no mixture of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from calakan.tables import cells
from calakan.tables.errors import TableUnreadable
from calakan.tables.grids import Rows

MOST_ROWS = 50_000
DELIMITERS = ";,\t|"
_LOOKED_AT = 60


def decoded(content: bytes) -> str:
    """Without byte-order marks. Raises TableUnreadable: format, or encoding with the line that differs."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif len(content) > 3 and content[1::2][:200].count(0) * 2 > len(content[1::2][:200]):
        encoding = "utf-16-le"
    else:
        encoding = "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as wrong:
        text = _old(content, wrong.start) if encoding == "utf-8" else ""
    text = text.lstrip("\ufeff")
    if not text or "\x00" in text:
        raise TableUnreadable(why="format")
    return text


def _old(content: bytes, bad: int) -> str:
    """Windows' code page, when nothing in the file is UTF-8 beyond ASCII."""
    line = content.count(b"\n", 0, bad) + 1
    if any("\x7f" < c < "\ud800" or c > "\udfff" for c in content.decode("utf-8", "surrogateescape").lstrip("\ufeff")):
        raise TableUnreadable(why="encoding", line=line)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as wrong:
        raise TableUnreadable(why="encoding", line=content.count(b"\n", 0, wrong.start) + 1) from None


def readings(content: bytes) -> Iterator[Rows]:
    """The rows by each delimiter that may be meant, the likeliest first; numbered as a spreadsheet numbers them."""
    text = decoded(content)
    named = re.match(r"\s*\"?sep=([;,|\t])\"?[ ,;\t]*\r?\n", text, re.IGNORECASE)
    if named is not None:
        yield _rows(text[named.end() :], named[1])
        return
    head = text.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    counts = {mark: [line.count(mark) for line in head if mark in line] for mark in DELIMITERS}
    # A title or a name may hold commas; what separates columns stands as often in most lines.
    weight = {mark: max((found.count(n) * n for n in set(found)), default=0) for mark, found in counts.items()}
    likely = sorted((mark for mark in DELIMITERS if counts[mark]), key=lambda mark: -weight[mark]) or [","]
    trouble: TableUnreadable | None = None
    for mark in likely:
        try:
            rows = _rows(text, mark)
        except TableUnreadable as error:
            trouble = trouble or error
        else:
            yield rows
    if trouble is not None:
        raise trouble


def _rows(text: str, delimiter: str) -> Rows:
    """Raises TableUnreadable: large, or quote with the line on which it opens."""
    rows: Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before, usual = 0, 0
    try:
        for number, row in enumerate(reader, start=1):
            usual = max(usual, len(row))
            if reader.line_num > before + 1 and any(_swallowed(value, delimiter, usual) for value in row):
                raise TableUnreadable(why="quote", line=before + 1)
            before = reader.line_num
            if number > MOST_ROWS:
                raise TableUnreadable(why="large")
            rows.append((number, [cells.cell(value) for value in row]))
    except csv.Error as wrong:
        if "field larger" in str(wrong) or "unexpected end" in str(wrong) or "expected after" in str(wrong):
            raise TableUnreadable(why="quote", line=before + 1) from None
        raise TableUnreadable(why="format") from None
    return rows


def _swallowed(value: str, delimiter: str, usual: int) -> bool:
    """A quotation mark that was closed rows later has whole rows within it."""
    return "\n" in value and usual > 2 and any(line.count(delimiter) >= usual - 1 for line in value.split("\n")[1:])
