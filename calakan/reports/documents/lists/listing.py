"""What all lists share. The ids are read once, the cells in batches: memory stays flat and nothing locks for long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.clock import place
from calakan.reports.terms import Filters

BATCH = 2000
Cell = str | int | float | date | datetime | None


class Style(StrEnum):
    """TEXT may hold what somebody typed; CODE cannot, LONG is a number that a spreadsheet must not take for one."""

    TEXT = "text"
    CODE = "code"
    LONG = "long"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """`width` in characters; columns with `printed` go onto paper, too, in this share of the page's width."""

    name: str
    width: int = 14
    style: Style = Style.TEXT
    printed: int = 0


class Listing:
    """One list under its filters, for one actor."""

    title: ClassVar[str]
    definition: ClassVar[str]

    def __init__(self, filters: Filters, *, actor: Actor, now: datetime) -> None:
        self.filters, self.actor, self.now = filters, actor, now

    signed: ClassVar[bool] = False
    """Whether it is signed on paper: below its last row stand who and where."""

    @property
    def about(self) -> Sequence[tuple[str, str]]:
        """What it is a list of, beside its filters."""
        return ()

    @property
    def columns(self) -> Sequence[Column]:
        raise NotImplementedError

    def ids(self) -> Sequence[int]:
        raise NotImplementedError

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int], progress: Callable[[int], None]) -> Iterator[Sequence[Cell]]:
        """In the order of `ids`; a row that is gone meanwhile is left out. `progress` may raise to stop."""
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            progress(start)
            found = self.cells(batch)
            for id in batch:
                if (row := found.get(id)) is not None:
                    yield row
        progress(len(ids))


def plain(column: Any) -> Any:
    """A column of codes as bare text: an enum for each of a million cells costs more than reading them."""
    return sa.type_coerce(column, sa.String)


def numbers(ids: Sequence[int]) -> sa.BindParameter[Any]:
    """For IN: written into the statement, because thousands of parameters cost more than what they ask for."""
    return sa.bindparam("ids", ids, type_=sa.Integer, expanding=True, literal_execute=True)


def scalars(wanted: sa.Select[Any]) -> list[int]:
    return list(db.session().scalars(wanted))


def when(value: datetime | None) -> datetime | None:
    """On the clock of the house, as spreadsheets keep it: without a zone."""
    return None if value is None else _when(value, place())


def on(value: datetime | None) -> date | None:
    return None if value is None else _when(value, place()).date()


# The rows of one diklat share its instants. The zone stands in the key: an admin may set another one.
@lru_cache(maxsize=4096)
def _when(value: datetime, zone: tzinfo) -> datetime:
    return value.astimezone(zone).replace(tzinfo=None)
