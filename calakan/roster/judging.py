"""A line against the rows that are known: whom it means, and what it changes. What may mean two people means nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.roster.models import RosterRow, Verdict
from calakan.roster.reading import Why

AT_ONCE = 500
FIELDS = (
    "title_before", "name", "title_after", "sex", "nip", "nuptk", "email", "phone", "jabatan", "subject_taught",
    "employment", "school_id",
)  # fmt: skip
NEAR = 0.8  # of two spellings of one name, as difflib measures them


@dataclass
class Judgement:
    """`changes` are field -> [what stood there, what will]; `why` a reason to wait, or a remark, about `column`.

    Of a list of accounts it means a person and no row, and what its owner wrote otherwise is [that, the list's, "kept"].
    """

    verdict: Verdict
    row: RosterRow | None = None
    why: str = ""
    changes: dict[str, list[Any]] = field(default_factory=dict)
    column: str = "nama"
    person_id: int | None = None


class Known:
    """The rows that any of these lines may mean."""

    def __init__(self, every: Sequence[Mapping[str, Any]]) -> None:
        wanted = sa.select(RosterRow)
        if len(every) <= AT_ONCE:  # of a long list all rows at once are read faster than those with thousands of names
            wanted = wanted.where(
                sa.or_(
                    RosterRow.nip.in_(_given(every, "nip")),
                    RosterRow.nuptk.in_(_given(every, "nuptk")),
                    RosterRow.name_key.in_({search_key(facts["name"]) for facts in every}),
                )
            )
        self.rows = {row.id: row for row in db.session().scalars(wanted)}
        self.by_nip = {row.nip: row for row in self.rows.values() if row.nip}
        self.by_nuptk = {row.nuptk: row for row in self.rows.values() if row.nuptk}
        self.by_name: dict[tuple[int, str], list[RosterRow]] = {}
        for row in sorted(self.rows.values(), key=lambda row: row.id):
            self.by_name.setdefault((row.school_id, row.name_key), []).append(row)

    def judge(self, facts: Mapping[str, Any], *, as_of: date) -> Judgement:
        """What comes of a line that is good by itself."""
        row, why = self._meant(facts)
        if row is None:
            return Judgement(Verdict.NEW if why in ("", Why.NAMESAKE) else Verdict.WAITS, None, why)
        if why:
            return Judgement(Verdict.WAITS, row, why)
        if row.as_of > as_of:
            return Judgement(Verdict.WAITS, row, Why.OLDER)
        changes = _changes(row, facts)
        return Judgement(Verdict.CHANGED if changes else Verdict.SAME, row, "", changes)

    def bears_of_another(self, row_id: int, facts: Mapping[str, Any]) -> bool:
        """Whether another row than this one bears a number of these."""
        found = (self.by_nip.get(facts.get("nip") or ""), self.by_nuptk.get(facts.get("nuptk") or ""))
        return any(row is not None and row.id != row_id for row in found)

    def _meant(self, facts: Mapping[str, Any]) -> tuple[RosterRow | None, str]:
        found = {
            row.id: row for row in (self.by_nip.get(facts["nip"]), self.by_nuptk.get(facts["nuptk"])) if row is not None
        }
        if len(found) > 1:
            return next(iter(found.values())), Why.TWO_ROWS
        if found:
            (row,) = found.values()
            return row, "" if _alike(row.name_key, search_key(facts["name"])) else Why.OTHER_NAME
        named = self.by_name.get((facts["school_id"], search_key(facts["name"])), [])
        possible = [row for row in named if not _differ(row, facts)]
        if len(possible) > 1:
            return possible[0], Why.MANY
        if possible:
            return possible[0], ""
        return None, Why.NAMESAKE if named else ""


def _given(every: Iterable[Mapping[str, Any]], number: str) -> set[str]:
    return {facts[number] for facts in every if facts[number]}


def _differ(row: RosterRow, facts: Mapping[str, Any]) -> bool:
    """Two numbers of one kind are two people."""
    return bool(row.nip and facts["nip"]) or bool(row.nuptk and facts["nuptk"])


def _alike(known: str, said: str) -> bool:
    """Whether both may be one name: spelled otherwise, or with fewer words."""
    if known == said or set(known.split()) <= set(said.split()) or set(said.split()) <= set(known.split()):
        return True
    return SequenceMatcher(None, known, said).ratio() >= NEAR


def _changes(row: RosterRow, facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """An empty cell takes nothing away."""
    changes = {
        name: [getattr(row, name), facts[name]] for name in FIELDS if facts[name] and getattr(row, name) != facts[name]
    }
    if row.left_on is not None:
        changes["left_on"] = [row.left_on.isoformat(), None]
    return changes
