"""Workbooks are read by a process with limits of its own: what it tells of them (`told`), and what we make of that (`grids`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from xml.etree.ElementTree import ParseError

from calakan.intake import process
from calakan.intake.unfit import UnfitError
from calakan.kernel import db, zips
from calakan.tables.cells import DateText, MarkedText, RoundedText
from calakan.tables.errors import TableUnreadable
from calakan.tables.grids import Grid

WORKBOOK = b"PK"  # how one begins
_KINDS = (DateText, RoundedText, MarkedText)
# What the readers of ZIP, deflate and XML raise over bytes that somebody has changed.
_DAMAGE: tuple[type[Exception], ...] = (*zips.DAMAGE, ParseError, AttributeError, TypeError, ArithmeticError)


_Said = dict[str, Any] | UnfitError
_read: ContextVar[dict[bytes, _Said]] = ContextVar("read", default={})  # noqa: B039  # never changed


@contextmanager
def ahead(content: bytes) -> Iterator[None]:
    """Has a workbook read now, for services that look at it in a transaction; what is wrong with it they say.

    Reading may take as long as a page is waited for, and on SQLite nobody else could write meanwhile. What was read of the
    database so far is let go, too: the transaction that follows begins afresh anyway.
    """
    if not db.writing():
        db.session().rollback()
    fits = content[:2] == WORKBOOK and len(content) <= process.LARGEST  # what is larger is refused unread
    before = _read.set({**_read.get(), content: _asked(content)} if fits else _read.get())
    try:
        yield
    finally:
        _read.reset(before)


def grids(content: bytes) -> list[Grid]:
    """Raises TableUnreadable."""
    said = _read.get().get(content) or _asked(content)
    if isinstance(said, UnfitError):
        raise TableUnreadable(why=said.why, **said.facts)
    return [
        Grid(name, [(number, [_cell(cell) for cell in row]) for number, row in rows], hidden)
        for name, rows, hidden in said["grids"]
    ]


def _asked(content: bytes) -> _Said:
    try:
        return process.answer("calakan.tables", content=content)
    except UnfitError as error:
        return error


def told(content: bytes) -> dict[str, Any]:
    """The work of that process. A cell of a kind is the number of its kind and its text. Raises TableUnreadable."""
    from calakan.tables.xlsx import Workbook  # in that process alone

    try:
        return {"grids": [(grid.name, _packed(grid), grid.hidden) for grid in Workbook(content).sheets()]}
    except _DAMAGE:
        raise TableUnreadable(why="format") from None


def _packed(grid: Grid) -> list[tuple[int, list[Any]]]:
    return [
        (number, [cell if type(cell) is str else [_KINDS.index(type(cell)), cell] for cell in row])
        for number, row in grid.rows
    ]


def _cell(said: Any) -> str:
    if isinstance(said, str):
        return said
    kind, text = said
    return _KINDS[kind](text)
