"""Scores from elsewhere: whom each line of a table means, and what it says on a scale of 100. Never guesses; changes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calakan.assessment.models import Exam
from calakan.attendance import lists, matching
from calakan.attendance.matching import By, Participant, Why
from calakan.kernel import clock
from calakan.tables import reading
from calakan.tables.errors import TableUnreadable

HEADINGS = ("nilai", "skor", "score", "total score", "skor total", "nilai akhir", "points", "poin")
_OUT_OF = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*/\s*(\d{1,4}(?:[.,]\d{1,2})?)")
_PLAIN = re.compile(r"\d{1,4}(?:[.,]\d{1,4})?")


@dataclass(frozen=True)
class Scored:
    """Of several lines about one person the highest counts."""

    participant: Participant
    by: By
    lines: tuple[int, ...]
    shown: str
    score: float


@dataclass(frozen=True)
class Unsure:
    """A line that scores nobody by itself; `score` None: what stands there is no score."""

    line: int
    shown: str
    why: Why | None
    score: float | None
    candidates: Sequence[Participant] = ()


@dataclass(frozen=True)
class ScorePlan:
    found: Sequence[Scored]
    unsure: Sequence[Unsure]


def plan(exam: Exam, content: bytes, *, most: int) -> ScorePlan:
    """What a table would score in a test. Raises TableUnreadable."""
    index = matching.Index(matching.participants(exam.diklat_id))
    scored: dict[int, list[tuple[lists.Entry, float, By, Participant]]] = defaultdict(list)
    unsure: list[Unsure] = []
    for entry, text in _entries(content, clock.local(exam.opens_at).date()):
        score, shown = score_of(text, most), entry.name or entry.email or next(iter(entry.numbers), "")
        participant, by, why, candidates = index.match(entry)
        if score is None:
            unsure.append(Unsure(entry.line, shown, None, None))
        elif participant is None or by is None:
            unsure.append(Unsure(entry.line, shown, why, score, candidates))
        else:
            scored[participant.person_id].append((entry, score, by, participant))
    found = [_scored(rows) for rows in scored.values()]
    return ScorePlan(sorted(found, key=lambda row: (row.participant.name_key, row.participant.person_id)), unsure)


def _scored(rows: Sequence[tuple[lists.Entry, float, By, Participant]]) -> Scored:
    entry, score, by, participant = max(rows, key=lambda row: row[1])
    shown = entry.name or entry.email or next(iter(entry.numbers), "")
    return Scored(participant, by, tuple(row[0].line for row in rows), shown, score)


def _entries(content: bytes, day: date) -> list[tuple[lists.Entry, str]]:
    """Each line about somebody, with what stands in the column of scores."""
    numbered = list(reading.first(content, lambda sheet: sheet).rows)
    rows = [row for _, row in numbered]
    if len(rows) > lists.MOST_LINES:
        raise TableUnreadable(why="large")
    for at, row in enumerate(rows[:20]):
        columns = lists.columns_of(row)
        place = next((n for n, cell in enumerate(row) if " ".join(cell.casefold().split()) in HEADINGS), None)
        if columns is not None and place is not None:
            return [
                (entry, below[place] if place < len(below) else "")
                for line, below in numbered[at + 1 :]
                if (entry := lists.entry_of(line, below, columns, day)) is not None
            ]
    raise TableUnreadable(why="columns", missing=["nilai atau skor", "surel, NIP, atau nama"])


def score_of(text: str, most: int) -> float | None:
    """`8 / 10` is 80 whatever `most` says; a plain number is out of `most`. None for anything else, and beyond the top."""
    text = text.strip()
    shared = _OUT_OF.fullmatch(text)
    if shared is not None:
        points, whole = (float(part.replace(",", ".")) for part in shared.groups())
    elif _PLAIN.fullmatch(text):
        points, whole = float(text.replace(",", ".")), float(most)
    else:
        return None
    return round(points * 100 / whole, 2) if whole and points <= whole else None
