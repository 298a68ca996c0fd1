"""The people of a diklat by everything that names them, for lists that come from elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import sqlalchemy as sa

from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.office.house import house
from calakan.people.models import Kecamatan, Person

MOST_CANDIDATES = 3
MOST_COMPARED = 60
ALIKE = 0.8


@dataclass(frozen=True)
class Participant:
    person_id: int
    code: str
    name: str
    printed_name: str
    email: str
    numbers: frozenset[str]
    name_key: str


def participants(diklat_id: int) -> dict[int, Participant]:
    """Those who hold a seat."""
    return _of(diklat_id, EnrolmentState.CONFIRMED)


def waiting(diklat_id: int) -> dict[int, Participant]:
    """Those on the waiting list, who are never taken for participants."""
    return _of(diklat_id, EnrolmentState.WAITING)


def _of(diklat_id: int, state: EnrolmentState) -> dict[int, Participant]:
    rows = db.session().execute(
        sa.select(
            Person.id, Person.code, Person.name, Person.title_before, Person.title_after, Person.email, Person.nip,
            Person.nuptk, Person.name_key,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.state == state)
    )  # fmt: skip
    return {
        row.id: Participant(
            person_id=row.id,
            code=row.code,
            name=row.name,
            printed_name=_printed(row.title_before, row.name, row.title_after),
            email=(row.email or "").casefold(),
            numbers=frozenset(filter(None, (row.nip, row.nuptk))),
            name_key=row.name_key,
        )
        for row in rows
    }


def _printed(before: str, name: str, after: str) -> str:
    return ", ".join(filter(None, (" ".join(filter(None, (before, name))), after)))


def with_account(emails: Iterable[str]) -> set[str]:
    """Which of these addresses belong to somebody who has an account."""
    wanted, known = sorted(set(filter(None, emails))), set[str]()
    for start in range(0, len(wanted), 500):
        known |= set(db.session().scalars(sa.select(Person.email).where(Person.email.in_(wanted[start : start + 500]))))
    return known


def named(ids: Iterable[int]) -> dict[int, Person]:
    """Whoever they are by now, seat or not."""
    wanted, found = sorted(set(ids)), dict[int, Person]()
    for start in range(0, len(wanted), 500):
        rows = db.session().scalars(sa.select(Person).where(Person.id.in_(wanted[start : start + 500])))
        found |= {row.id: row for row in rows}
    return found


def place_words() -> frozenset[str]:
    """Words of the names of kecamatan and of the kabupaten: people write them beside their own."""
    names = [house().place, *db.session().scalars(sa.select(Kecamatan.name))]
    return frozenset(word for name in names for word in search_key(name).split())


class Index:
    """The participants by address, number, whole name, and words of the name."""

    def __init__(self, roster: Mapping[int, Participant]) -> None:
        self.all = list(roster.values())
        self.by_id = {row.person_id: row for row in self.all}
        self._alike: dict[tuple[str, ...], list[Participant]] = {}
        self.by_email = {row.email: row for row in self.all if row.email}
        self.by_number = {number: row for row in self.all for number in row.numbers}
        self.by_name: dict[str, list[Participant]] = defaultdict(list)
        self.by_words: dict[frozenset[str], list[Participant]] = defaultdict(list)
        self.by_word: dict[str, list[Participant]] = defaultdict(list)
        self.by_start: dict[str, list[Participant]] = defaultdict(list)
        for row in self.all:
            self.by_name[row.name_key].append(row)
            words = frozenset(row.name_key.split())
            self.by_words[words].append(row)
            for word in words:
                self.by_word[word].append(row)
            for start in {word[:3] for word in words}:
                self.by_start[start].append(row)

    def alike(self, keys: Iterable[str]) -> list[Participant]:
        """Whom the panitia may want to look at; never taken by itself."""
        wanted = tuple(keys)
        if wanted not in self._alike:
            self._alike[wanted] = self._ranked(wanted)
        return self._alike[wanted]

    def _ranked(self, keys: tuple[str, ...]) -> list[Participant]:
        """By shared words; only where there are none by letters."""
        best: dict[int, tuple[float, Participant]] = {}
        for key in keys:
            words = set(key.split())
            shared = Counter(row.person_id for word in words for row in self.by_word.get(word, ()))
            for id, count in shared.most_common(MOST_COMPARED):
                row = self.by_id[id]
                own = row.name_key.split()
                if count >= 2 or count == len(own) or any(len(w) >= 5 for w in words & set(own)):
                    _better(best, row, 0.85 + 0.15 * count / max(len(own), len(words)))
        for key in () if best else keys:
            near = {row.person_id: row for word in key.split() for row in self.by_start.get(word[:3], ())}
            for row in list(near.values())[:MOST_COMPARED]:
                matcher = SequenceMatcher(None, row.name_key, key)
                if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                    _better(best, row, matcher.ratio())
        ranked = sorted((-score, row.name_key, id, row) for id, (score, row) in best.items() if score >= ALIKE)
        return [row for *_, row in ranked[:MOST_CANDIDATES]]


def _better(best: dict[int, tuple[float, Participant]], row: Participant, score: float) -> None:
    if row.person_id not in best or best[row.person_id][0] < score:
        best[row.person_id] = (score, row)
