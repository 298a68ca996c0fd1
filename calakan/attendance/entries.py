"""What one line of a list says about one person, and who that is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from calakan.attendance.doubts import Unclear, address
from calakan.attendance.statuses import Status
from calakan.tables.cells import RoundedText


class Span(NamedTuple):
    start: datetime
    end: datetime


@dataclass
class Entry:
    """One line about one person. `minutes`, `span`, `stamp` and `status` are what it claims, where it says so.

    `fewest`: so many minutes at least, where the unit of `minutes` is not written and the file does not show it.
    """

    line: int
    name: str = ""
    email: str = ""
    numbers: list[str] = field(default_factory=list)
    minutes: float | None = None
    fewest: float | None = None
    span: Span | None = None
    stamp: datetime | None = None
    status: Status | None = None
    said: str = ""
    unclear: Unclear | None = None
    panelist: bool = False
    spoiled: bool = False
    """Its NIP or NUPTK was destroyed by a spreadsheet."""


@dataclass(frozen=True)
class Listed:
    """What a list holds. `ignored` lines are hosts and waiting rooms; `held` is the day of the meeting, if it says.

    `unread` are other visible sheets, which hold nobody.
    """

    entries: Sequence[Entry]
    ignored: int
    proves: bool
    held: date | None = None
    sheet: str = ""
    hidden: int = 0
    unread: tuple[str, ...] = ()


def says(entry: Entry) -> bool:
    return any(value is not None for value in (entry.span, entry.minutes, entry.stamp, entry.status))


def identify(entry: Entry, value: str) -> None:
    """By an address. A column `Nama pengguna` may as well hold numbers, or names."""
    if "@" in value or not value:
        entry.email = address(value)
    elif re.fullmatch(r"[\d\s.\-]{16,}", value):
        add_number(entry, value)
    elif " " in value and not entry.name:
        entry.name = value
    else:
        entry.email = address(value)


def address_in(name: str) -> str:
    """The address that somebody calls himself by, alone or beside his name."""
    found = address(name) if "@" in name else ""
    return found if found.count("@") == 1 and " " not in found else ""


def add_number(entry: Entry, value: str) -> None:
    bare = re.sub(r"[\s.\-]", "", value)
    spoiled = isinstance(value, RoundedText) or bool(re.search(r"e\+", value, re.IGNORECASE))
    spoiled |= len(bare) == 18 and bare.endswith("000")
    if spoiled:
        entry.spoiled = True
    elif bare.isascii() and bare.isdigit():
        entry.numbers.append(bare)
