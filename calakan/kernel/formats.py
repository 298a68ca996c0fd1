"""Dates, times and numbers as they are written in Indonesian (CLDR). Used by pages, mails and papers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from calakan.kernel.clock import abbreviation, local

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_PARTS: dict[str, Callable[[date], str]] = {
    "EEEE": lambda value: _DAYS[value.weekday()],
    "EEE": lambda value: _DAYS[value.weekday()][:3],
    "d": lambda value: str(value.day),
    "MMMM": lambda value: _MONTHS[value.month - 1],
    "MMM": lambda value: _MONTHS[value.month - 1][:3],
    "y": lambda value: str(value.year),
}
_SWAPPED = str.maketrans(",.", ".,")


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str) -> str:
    """A page says the same days again and again."""
    return re.sub(r"[A-Za-z]+", lambda found: _PARTS[found[0]](value), pattern)


def day(value: date | datetime, *, weekday: bool = False, short: bool = False) -> str:
    """`20 Juni 2022`, `Senin, 20 Juni 2022`, `Sen, 20 Jun 2022`."""
    if isinstance(value, datetime):
        value = local(value).date()
    pattern = ("EEE, d MMM y" if weekday else "d MMM y") if short else ("EEEE, d MMMM y" if weekday else "d MMMM y")
    return _written(value, pattern)


def part(value: date | datetime, pattern: str) -> str:
    """One part of a date by its CLDR pattern, such as `EEE` or `MMM`."""
    if isinstance(value, datetime):
        value = local(value).date()
    return _written(value, pattern)


def clock_time(value: datetime) -> str:
    """`09.00`, on a clock of the house."""
    return local(value).strftime("%H.%M")


def moment(value: datetime, *, short: bool = False) -> str:
    """`Senin, 20 Juni 2022 pukul 09.00 WIB`, or `Sen, 20 Jun 2022, 09.00 WIB`."""
    joint = ", " if short else " pukul "
    return f"{day(value, weekday=True, short=short)}{joint}{clock_time(value)} {abbreviation()}"


def span(start: datetime, end: datetime, *, short: bool = True) -> str:
    """`Sab, 28 Nov 2026, 08.00–11.15 WIB`; both days when it runs past midnight."""
    if local(start).date() == local(end).date():
        return f"{day(start, weekday=True, short=short)}, {clock_time(start)}–{clock_time(end)} {abbreviation()}"
    return f"{moment(start, short=short)} s.d. {moment(end, short=short)}"


def days(first: date, last: date) -> str:
    """`20 Juni 2022`, `20 s.d. 24 Juni 2022`, `28 Juni s.d. 2 Juli 2022`."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} s.d. {day(last)}"
    if first.year == last.year:
        return f"{_written(first, 'd MMMM')} s.d. {day(last)}"
    return f"{day(first)} s.d. {day(last)}"


def day_list(values: Sequence[date]) -> str:
    """`5 dan 12 September 2026`; more than three scattered days become a range."""
    unique = sorted(set(values))
    if not unique:
        return ""
    first, last = unique[0], unique[-1]
    consecutive = len(unique) > 1 and (last - first).days == len(unique) - 1
    same_month = (first.year, first.month) == (last.year, last.month)
    if len(unique) == 1 or consecutive or len(unique) > 3 or not same_month:
        return days(first, last)
    return f"{joined([str(d.day) for d in unique])} {_written(last, 'MMMM y')}"


def month(value: date) -> str:
    return _written(value, "MMMM y")


@lru_cache(maxsize=4096)
def share(part: int, whole: int) -> int:
    """Percent, to the nearest; 100 only where nothing is missing, 0 only where there is nothing (or no whole)."""
    if whole <= 0 or part <= 0:
        return 0
    return 100 if part >= whole else min(99, max(1, (part * 200 + whole) // (whole * 2)))


def number(value: int | float) -> str:
    """`10.000`, `87,5`; at most three digits behind the comma."""
    written = f"{value:,}" if isinstance(value, int) else f"{Decimal(str(value)):,.3f}".rstrip("0").rstrip(".")
    return written.translate(_SWAPPED)


def file_size(size: int) -> str:
    """`840 KB`, `3,4 MB`."""
    if size < 1024 * 1024:
        return f"{number(max(1, round(size / 1024)))} KB"
    return f"{number(round(size / 1024 / 1024, 1))} MB"


def joined(words: Sequence[str]) -> str:
    """`a`, `a dan b`, `a, b, dan c`."""
    if len(words) <= 2:
        return " dan ".join(words)
    return ", ".join(words[:-1]) + ", dan " + words[-1]


_UNITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")


def spelled(value: int) -> str:
    """A number below 10,000 in words: `32` -> `tiga puluh dua`. Raises ValueError outside 0..9999."""
    if not 0 <= value < 10_000:
        raise ValueError(value)
    if value < 12:
        return _UNITS[value]
    if value < 20:
        return f"{_UNITS[value - 10]} belas"
    for size, one, many in ((1000, "seribu", "ribu"), (100, "seratus", "ratus"), (10, "sepuluh", "puluh")):
        count, rest = divmod(value, size)
        if count:
            head = one if count == 1 else f"{spelled(count)} {many}"
            return f"{head} {spelled(rest)}" if rest else head
    raise AssertionError("unreachable")
