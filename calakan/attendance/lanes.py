"""The lanes of a list, and what a list would do to a session: whom its lines mean, and whom they leave open. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from calakan.attendance.deciding import Verdict
from calakan.attendance.lists import Span, Unclear
from calakan.attendance.people import Participant
from calakan.attendance.pieces import Piece
from calakan.kernel.askable import Askable


class Lane(StrEnum):
    SURE = "pasti"
    LIKELY = "mungkin"
    UNKNOWN = "tidak_dikenal"


class By(Askable):
    EMAIL = "email"
    NUMBER = "number"
    NAME = "name"
    CLICK = "click"


class Why(StrEnum):
    """Why a line is not certain."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NOT_ENROLLED = "not_enrolled"
    CONTRADICTION = "contradiction"
    WAITING = "waiting"
    ONE_WORD = "one_word"
    BESIDE = "beside"
    SEVERAL = "several"
    TWICE = "twice"
    ALIKE = "alike"
    PANELIST = "panelist"
    NAMELESS = "nameless"
    MARKS = "marks"
    CLAIMED = "claimed"


@dataclass(frozen=True)
class Found:
    """Lines that mean one participant. LIKELY ones count for nobody until a person has looked.

    `proven` is what the lines say by themselves; `verdict` what the rule of the diklat makes of it.
    """

    participant: Participant
    by: By
    lane: Lane
    lines: tuple[int, ...]
    shown: str
    email: str
    minutes: float | None
    verdict: Verdict
    proven: Verdict
    unclear: Unclear | None = None
    why: Why | None = None
    said: str = ""
    window: Span | None = None
    """From the first coming to the last leaving, where the lines say both."""
    pieces: tuple[Piece, ...] = ()
    """What each line will say as evidence."""
    number: str = ""
    """The NIP or NUPTK that is written there."""


@dataclass(frozen=True)
class Left:
    """Lines that mark nobody by themselves. `proven` is what they would prove for whomever they are given to.

    `verdict` is what the rule of the diklat would make of it, where they may mean one alone.
    """

    lines: tuple[int, ...]
    shown: str
    email: str
    minutes: float | None
    why: Why
    candidates: Sequence[Participant]
    verdict: Verdict
    proven: Verdict
    unclear: Unclear | None = None
    said: str = ""
    window: Span | None = None
    pieces: tuple[Piece, ...] = ()
    number: str = ""

    @property
    def lane(self) -> Lane:
        return Lane.LIKELY if self.candidates else Lane.UNKNOWN


@dataclass(frozen=True)
class Plan:
    """What a list would do to a session. `elsewhere`: it has times, and none of them lies in the session.

    `asked_minutes` is what the panitia ask of this list; None where the rule of the diklat says it.
    """

    found: Sequence[Found]
    left: Sequence[Left]
    ignored: int
    least_minutes: int
    asked_minutes: int | None = None
    elsewhere: bool = False
    sheet: str = ""
    hidden: int = 0
    unread: tuple[str, ...] = ()

    def having(self, *verdicts: Verdict) -> list[Found]:
        return [row for row in self.found if row.verdict in verdicts]

    @property
    def doubles(self) -> list[Found]:
        return [row for row in self.found if len(row.lines) > 1]

    @property
    def likely(self) -> dict[int, float | None]:
        """person -> minutes: what a look would accept at once, where exactly one line may mean somebody."""
        named: dict[int, list[tuple[Verdict, float | None]]] = defaultdict(list)
        for row in self.found:
            named[row.participant.person_id].append((row.verdict, row.minutes))
        for left in self.left:
            for candidate in left.candidates:
                single = len(left.candidates) == 1
                verdict = Verdict.LIKELY if single and left.verdict is Verdict.PRESENT else Verdict.REVIEW
                named[candidate.person_id].append((verdict, left.minutes))
        return {id: rows[0][1] for id, rows in named.items() if len(rows) == 1 and rows[0][0] is Verdict.LIKELY}
