"""What of a list a page shows: its lanes, the lines that somebody looks for, and what is ticked on any page of it. Reads only."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from calakan.attendance import batches
from calakan.attendance.deciding import Verdict
from calakan.attendance.matching import By, Lane
from calakan.attendance.models import BatchLine
from calakan.kernel.text import search_key
from calakan.people.models import Person

PER_PAGE = 400
LONGEST_LINE_NUMBER = 5
SEEN = (Verdict.SHORT, Verdict.LATE, Verdict.ABSENT, Verdict.TAKEN_AWAY, Verdict.ALREADY)
# One below the other; lines by name alone stand first, for a look.
LANES = ("by_name", "sure", "single", "choices", "unknown", "given", "seen")


class View(NamedTuple):
    """`words` look for lines, `who` for somebody to give `line` to."""

    words: str = ""
    number: int = 1
    line: str = ""
    who: str = ""

    @property
    def address(self) -> dict[str, Any]:
        """The same part of the list, for `url_for`."""
        return {"cari": self.words or None, "hal": self.number if self.number > 1 else None}


@dataclass(frozen=True)
class Shown:
    """Page `number` of the lines that were looked for; `counts` are those on all of its pages, by lane.

    `likely` are lines that one button accepts, with the page on which each is shown.
    """

    lanes: Mapping[str, Sequence[BatchLine]]
    counts: Mapping[str, int]
    items: Sequence[BatchLine]
    number: int
    likely: Mapping[int, int]

    @property
    def ids(self) -> set[int]:
        return {row.id for row in self.items}

    def looked_at(self, before: Set[int]) -> Looked:
        """`before`: lines that were shown on other pages."""
        seen = {id for id, page in self.likely.items() if id in before or page == self.number}
        rest = [page for id, page in self.likely.items() if id not in seen]
        return Looked(sorted(seen), len(rest), rest[0] if rest else 0)


class Looked(NamedTuple):
    """Likely lines that somebody has seen; so many are `left` to look at, the first of them on the page `next`."""

    lines: Sequence[int]
    left: int
    next: int


def shown(rows: Sequence[BatchLine], people: Mapping[int, Person], view: View) -> Shown:
    likely = batches.likely(rows)
    by_lane: dict[str, list[BatchLine]] = {lane: [] for lane in LANES}
    for row in rows:
        if _matches(row, people, view.words):
            by_lane[_lane(row, likely)].append(row)
    found = [row for lane in LANES for row in by_lane[lane]]
    number = min(max(view.number, 1), max(1, -(-len(found) // PER_PAGE)))
    items = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    here = {row.id for row in items}
    pages = {row.id: at // PER_PAGE + 1 for at, row in enumerate(found)}
    return Shown(
        {lane: [row for row in by_lane[lane] if row.id in here] for lane in LANES},
        {lane: len(by_lane[lane]) for lane in LANES},
        items,
        number,
        {row.id: pages[row.id] for row in by_lane["single"]},
    )


def _lane(row: BatchLine, likely: Mapping[int, int]) -> str:
    if row.verdict in SEEN and (row.lane == Lane.SURE or row.given_at is None):
        return "seen"
    if row.given_at is not None:
        return "given"
    if row.lane == Lane.SURE and row.verdict == Verdict.PRESENT:
        return "by_name" if row.by == By.NAME else "sure"
    if not row.candidates:
        return "unknown"
    return "single" if row.id in likely else "choices"


def _matches(row: BatchLine, people: Mapping[int, Person], words: str) -> bool:
    """By what is written (name, address, number), by whom it may mean, or by the line's own number."""
    wanted = words.strip()
    if not wanted:
        return True
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_LINE_NUMBER:
        return int(wanted) in row.lines
    meant = [people[id] for id in (*row.candidates, row.person_id) if id is not None and id in people]
    texts = [row.shown, row.email, row.number, row.said]
    texts += [text for each in meant for text in (each.name, each.contact, each.nip or "", each.nuptk or "")]
    plain = " ".join(texts).casefold()
    key = search_key(plain)
    return all(word in plain or (search_key(word) or word) in key for word in wanted.casefold().split())


def ticked(rows: Sequence[BatchLine], people: Mapping[int, Person], seated: Container[int]) -> dict[int, str]:
    """line -> code: what is ticked at first: those who surely were there, unless they were left out before, or left."""
    left_out = {row.id for row in rows if row.left_out}
    found = batches.sure(rows).items()
    return {line: people[person].code for line, person in found if line not in left_out and person in seated}
