"""Scores from elsewhere: whom each line of a table means, and what it says on a scale of 100. Never guesses; changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calakan.assessment.errors import ScoresOfSeveral
from calakan.assessment.models import Exam
from calakan.attendance import headings, lists, matching
from calakan.attendance.headings import Columns, columns_of
from calakan.attendance.line_reader import LineReader
from calakan.attendance.lists import Entry
from calakan.attendance.matching import By, Participant, Why
from calakan.kernel import clock
from calakan.tables import reading
from calakan.tables.cells import DateText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Sheet

# The share of right answers comes before the points of a game.
HEADINGS = (
    "akurasi", "accuracy", "nilai", "nilai akhir", "grade", "skor", "score", "total score", "skor total", "total skor",
    "points", "poin", "marks",
)  # fmt: skip
# A column of the gradebook of Moodle: one for each quiz, in points or in percent.
_GRADED = re.compile(r"(?:quiz|kuis)\s*:\s*(.+?)\s*\((real|nyata|percentage|persentase)\)")
_IN_PERCENT = ("percentage", "persentase")
_THOUSANDS = re.compile(r"(\d{1,2})[.,](\d{3})")
_WITH_TOP = re.compile(r"(.+?)\s*/\s*(\d{1,4}(?:[.,]\d{1,2})?)")
_NUMBER = r"\d{1,5}(?:[.,]\d{1,5})?"
_OUT_OF = re.compile(rf"({_NUMBER})\s*(?:/|dari|of)\s*({_NUMBER})")
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_PLAIN = re.compile(_NUMBER)


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


@dataclass(frozen=True)
class _Lines:
    entries: list[tuple[Entry, str]]
    top: float | None


def plan(exam: Exam, content: bytes, *, most: int) -> ScorePlan:
    """What a table would score in a test. Raises TableUnreadable, ScoresOfSeveral."""
    day = clock.local(exam.opens_at).date()
    read = reading.first(content, lambda sheet: _lines(sheet, day), holds=lambda lines: lines.entries, people=True)
    matcher = matching.Matcher(exam.diklat_id, [entry for entry, _ in read.entries])
    top = float(most) if read.top is None else read.top
    texts = {id(entry): text for entry, text in read.entries}
    sure, others, _ = matcher.divided()
    found, unsure = [], list[Unsure]()
    for group in sure.values():
        scores = [(score_of(texts[id(e)], top), e) for e in group.entries]
        unsure += [Unsure(e.line, _shown(e), None, None) for score, e in scores if score is None]
        known = [(score, e) for score, e in scores if score is not None]
        if known:
            found.append(_scored(group.match, known))
    for group in others:
        for entry in group.entries:
            candidates = [group.match.participant] if group.match.participant else group.match.candidates
            score = score_of(texts[id(entry)], top)
            unsure.append(
                Unsure(entry.line, _shown(entry), group.match.why if score is not None else None, score, candidates)
            )
    found.sort(key=lambda row: (row.participant.name_key, row.participant.person_id))
    return ScorePlan(found, sorted(unsure, key=lambda row: row.line))


def _scored(match: matching.Match, rows: Sequence[tuple[float, Entry]]) -> Scored:
    assert match.participant is not None
    assert match.by is not None
    score, entry = max(rows, key=lambda row: row[0])
    return Scored(match.participant, match.by, tuple(e.line for _, e in rows), _shown(entry), score)


def _shown(entry: Entry) -> str:
    return entry.name or entry.email or next(iter(entry.numbers), "")


def _lines(sheet: Sheet, day: date) -> _Lines:
    """Each line about somebody, with what stands in the column of scores. Raises TableUnreadable, ScoresOfSeveral."""
    if len(sheet.rows) > lists.MOST_LINES:
        raise TableUnreadable(why="large")
    rows = list(sheet.filled)
    for at, (_, row) in enumerate(rows[: reading.LOOKED_AT]):
        columns, place = columns_of(row), _score_column(row)
        if columns is not None and place is not None:
            people = Columns({n: kind for n, kind in columns.kinds.items() if kind in _PERSON and n != place[0]})
            reader = LineReader(people, rows[at + 1 :], day=day)
            entries = [
                (entry, below[place[0]] if place[0] < len(below) else "")
                for line, below in rows[at + 1 :]
                if (entry := reader.entry(line, below)) is not None
            ]
            return _Lines(entries, place[1])
    raise TableUnreadable(why="columns", missing=["nilai atau skor", "email, NIP, atau nama"], sheet=sheet.name)


_PERSON = headings.PERSON | {"last"}


def _score_column(row: Sequence[str]) -> tuple[int, float | None] | None:
    """Where the scores stand, and their top when the heading carries it: `Nilai/10,00`. Raises ScoresOfSeveral."""
    found: dict[str, tuple[int, float | None]] = {}
    quizzes: dict[str, tuple[int, float | None]] = {}
    for at, cell in enumerate(row):
        text = headings.heading(cell)
        if (graded := _GRADED.fullmatch(text)) is not None:
            percent = graded[2] in _IN_PERCENT
            if percent or graded[1] not in quizzes:
                quizzes[graded[1]] = (at, 100.0 if percent else None)
        top = _WITH_TOP.fullmatch(text)
        name = top[1] if top else text
        found.setdefault(name, (at, float(top[2].replace(",", ".")) if top else None))
    if len(quizzes) > 1:
        raise ScoresOfSeveral(titles=sorted(quizzes))
    return next((found[name] for name in HEADINGS if name in found), None) or next(iter(quizzes.values()), None)


def score_of(text: str, most: float) -> float | None:
    """`8 / 10` and `80%` are 80 whatever `most` says; a plain number is out of `most`. None for anything else.

    `8.500` may be eight and a half, or thousands: where both would be a score, and not the same one, it is none.
    """
    if isinstance(text, DateText):
        return None
    text = text.strip()
    if (shared := _OUT_OF.fullmatch(text)) is not None:
        points, whole = shared[1], shared[2]
    elif (share := _PERCENT.fullmatch(text)) is not None:
        points, whole = share[1], "100"
    elif _PLAIN.fullmatch(text):
        points, whole = text, f"{most:g}"
    else:
        return None
    read = {_share(_number(points), _number(whole)), _share(_thousands(points), _thousands(whole))} - {None}
    return read.pop() if len(read) == 1 else None


def _share(points: float, whole: float) -> float | None:
    return round(points * 100 / whole, 2) if whole and points <= whole else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _thousands(text: str) -> float:
    """As `8.500` is written for 8500; whatever is not written so stays what it is."""
    written = _THOUSANDS.fullmatch(text)
    return float(written[1] + written[2]) if written is not None else _number(text)
