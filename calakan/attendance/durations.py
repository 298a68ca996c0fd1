"""Durations whose heading names no unit: what `150` or `10:30` may be, and whether the file itself says which. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from calakan.attendance.times import LONGEST_MINUTES, grouped

_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
# A report rounds to whole minutes, upwards.
ROUNDING = 1.5
# So much longer than its session may a meeting be open.
AROUND = 45.0
# Fewer lines than these may all be about people who looked in.
ENOUGH = 3
MOST_HOURS = 12.0
_CLOCKS = {
    **dict.fromkeys(("hh:mm", "h:mm", "jj:mm", "jam:menit"), "hours:minutes"),
    **dict.fromkeys(("mm:ss", "m:ss", "mm:dd", "menit:detik"), "minutes:seconds"),
}
_UNITS = {"hours": 60.0, "minutes": 1.0, "seconds": 1 / 60}
Readings = dict[str, float]


class Scale:
    """How the bare values of one column are to be read; `rows` are their texts, and the minutes from coming to leaving.

    `heading` says how they are written, as far as it does; `length` is that of the session in minutes, where it is known.
    """

    def __init__(
        self, rows: Sequence[tuple[str, float | None]], length: float | None, *, heading: frozenset[str] = frozenset()
    ) -> None:
        self.proven = set(heading)
        for pattern in (_NUMBER, _CLOCK):
            own = [(readings(text), stay) for text, stay in rows if pattern.fullmatch(text.strip())]
            if any(self.proven & row.keys() for row, _ in own):
                continue
            name = _by_stay(own)
            if name is None and pattern is _CLOCK:
                name = _by_session([row for row, _ in own], length)
            if name is not None:
                self.proven.add(name)

    def minutes(self, text: str) -> tuple[float, float] | None:
        """At least and at most so many; None for whatever is no bare value."""
        found = readings(text)
        proven = self.proven & found.keys()
        sure = [found[name] for name in proven]
        sure += [found[name] * 1000 for name in proven if grouped(text, _UNITS.get(name, 0.0))]
        return (min(sure or found.values()), max(sure or found.values())) if found else None


def written(words: Sequence[str], unit: float | None) -> frozenset[str]:
    """What a heading says of its values: by the words in brackets, and by the minutes that one of its units has."""
    names = {_CLOCKS[word] for word in words if word in _CLOCKS}
    if unit is not None:
        names.add({60.0: "hours", 1.0: "minutes"}.get(unit, "seconds"))
    return frozenset(names | ({"hours:minutes"} if "hours" in names else set()))


def said(unit: str) -> frozenset[str]:
    """What a person says of bare values: `minutes`, `seconds`, `hours`, or nothing."""
    return frozenset({unit, "hours:minutes"} if unit == "hours" else {unit} - {""})


def readings(text: str) -> Readings:
    """What a bare value may mean, in minutes; a point before three digits is taken as one of a decimal."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        value = float(text.replace(",", "."))
        found = {"minutes": value, "seconds": value / 60}
        hours = {"hours": value * 60} if 0 < value <= MOST_HOURS else {}
        # A cell of Excel whose format was lost says a part of a day.
        return found | hours | ({"days": value * 1440} if 0 < value <= MOST_HOURS / 24 else {})
    if (clock := _CLOCK.fullmatch(text)) is not None:
        first, second = int(clock[1]), int(clock[2])
        return {"hours:minutes": first * 60.0 + second, "minutes:seconds": first + second / 60}
    return {}


def _by_stay(rows: Sequence[tuple[Readings, float | None]]) -> str | None:
    """The one reading that is the time between coming and leaving in most lines, and more than it in none."""
    timed = [(row, stay) for row, stay in rows if stay is not None]
    names = {name for row, _ in timed for name in row}
    fitting = [
        name
        for name in names
        if all(row.get(name, 0.0) <= stay + ROUNDING for row, stay in timed)
        and sum(abs(row.get(name, 0.0) - stay) <= ROUNDING for row, stay in timed) * 2 >= len(timed)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _by_session(rows: Sequence[Readings], length: float | None) -> str | None:
    """Hours and minutes, where several lines agree and none says more than the meeting may have lasted.

    Of bare numbers that proves nothing: what may be minutes may as well be seconds, so somebody has to say.
    """
    values = [row["hours:minutes"] for row in rows]
    if length is None or len(values) < ENOUGH or max(values) > min(length + AROUND, LONGEST_MINUTES):
        return None
    return "hours:minutes"
