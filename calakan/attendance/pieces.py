"""What each line of a list says about whom it is given to: kept with the list, then as a row of evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from calakan.attendance.deciding import Rule, Verdict, stretch_of
from calakan.attendance.lists import Entry
from calakan.attendance.models import Kind
from calakan.attendance.rules import Sign
from calakan.attendance.statuses import Status


@dataclass(frozen=True)
class Piece:
    """One line of a file. `at` is the coming, or what else the line states; the beginning of the session where it says none.

    `minutes` lie in the session for sure, and `most` at most where that is not the same; None where it has none. What is
    `unclear` counts once a person has looked.
    """

    line: int
    at: datetime
    until: datetime | None = None
    minutes: int | None = None
    most: int | None = None
    present: bool = True
    unclear: bool = False

    def written(self) -> dict[str, Any]:
        """As a row of a list keeps it."""
        return {
            "line": self.line,
            "at": self.at.isoformat(),
            "until": self.until.isoformat() if self.until is not None else None,
            "minutes": self.minutes,
            "most": self.most,
            "present": self.present,
            "unclear": self.unclear,
        }

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Piece:
        times = {name: datetime.fromisoformat(row[name]) for name in ("at", "until") if row[name] is not None}
        return cls(**{**row, **times})

    def sign(self, *, least: int | None, file: int | None) -> Sign:
        return Sign(
            Kind.LINE, self.present, self.minutes, least, most=self.most, at=self.at, until=self.until, file=file
        )


def pieces_of(entries: Sequence[Entry], rule: Rule, verdict: Verdict) -> list[Piece]:
    """What answers that came too late, or on another day, say: no minute of this session."""
    return [_piece(entry, rule, late=verdict is Verdict.LATE) for entry in entries]


def _piece(entry: Entry, rule: Rule, *, late: bool) -> Piece:
    start = entry.span.start if entry.span is not None else entry.stamp or rule.session.starts_at
    if entry.unclear is not None:
        return Piece(entry.line, start, unclear=True)
    if entry.status is Status.ABSENT:
        return Piece(entry.line, start, present=False)
    if late or (entry.stamp is not None and not rule.in_time(entry.stamp)):
        return Piece(entry.line, entry.stamp or start, minutes=0)
    stretch = stretch_of(entry, rule)
    if stretch is None:
        return Piece(entry.line, start)
    sure = stretch.whole or (stretch.start is None and stretch.fewest == stretch.most)
    return Piece(entry.line, start, stretch.end, int(stretch.fewest), None if sure else int(stretch.most))


def looked_at(pieces: Sequence[Piece]) -> list[Piece]:
    """What a person chose although it was not clear: at most is enough, and who was there was not away."""
    there = [piece for piece in pieces if piece.present]
    return [replace(piece, minutes=piece.minutes if piece.most is None else piece.most) for piece in there or pieces]


def clear(pieces: Sequence[Piece]) -> list[Piece]:
    """What counts by itself."""
    return [piece for piece in pieces if not piece.unclear]
