"""Which participant each line of a list means. Certain or not at all: what is left is shown with its candidates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher
from enum import StrEnum

import sqlalchemy as sa

from calakan.attendance import lists
from calakan.attendance.models import Presence
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.diklat.models import LiveSession
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.people import names
from calakan.people.models import Person

USUAL_SHARE = 80
MOST_CANDIDATES = 3
ALIKE = 0.8
MOST_COMPARED = 60
_TITLES = {search_key(title) for title in (*names.BEFORE, *names.AFTER)} | {"spd", "mpd", "dr", "drs", "dra", "hj"}


class By(StrEnum):
    EMAIL = "email"
    NUMBER = "number"
    NAME = "name"


class Why(StrEnum):
    """Why a line marks nobody."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NOT_ENROLLED = "not_enrolled"
    CONTRADICTION = "contradiction"


class Verdict(StrEnum):
    """What becomes of a participant who was found."""

    PRESENT = "present"
    ALREADY = "already"
    SHORT = "short"
    LATE = "late"
    TAKEN_AWAY = "taken_away"


@dataclass(frozen=True)
class Participant:
    person_id: int
    code: str
    name: str
    printed_name: str
    email: str
    numbers: frozenset[str]
    name_key: str


@dataclass(frozen=True)
class Found:
    """`minutes` inside the session, None where the list has no times. More than one line: they count together, once."""

    participant: Participant
    by: By
    lines: tuple[int, ...]
    shown: str
    minutes: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Left:
    lines: tuple[int, ...]
    shown: str
    email: str
    minutes: float | None
    why: Why
    candidates: Sequence[Participant]


@dataclass(frozen=True)
class Plan:
    """What a list would do to a session. `elsewhere`: it has times, and none of them lies in the session."""

    found: Sequence[Found]
    left: Sequence[Left]
    ignored: int
    least_minutes: int
    elsewhere: bool = False

    def having(self, *verdicts: Verdict) -> list[Found]:
        return [row for row in self.found if row.verdict in verdicts]

    @property
    def doubles(self) -> list[Found]:
        return [row for row in self.found if len(row.lines) > 1]


@dataclass
class _Group:
    entries: list[lists.Entry] = field(default_factory=list)
    by: By = By.NAME


def usual_minutes(session: LiveSession) -> int:
    length = int((session.ends_at - session.starts_at).total_seconds()) // 60
    return length * USUAL_SHARE // 100


def plan(session: LiveSession, content: bytes, *, least_minutes: int | None = None) -> Plan:
    """Read a list for this session; changes nothing. Raises TableUnreadable."""
    least = usual_minutes(session) if least_minutes is None else least_minutes
    listed = lists.read(content, day=session.local_date)
    roster = participants(session.diklat_id)
    index = Index(roster)
    groups: dict[int, _Group] = defaultdict(_Group)
    left: dict[str, list[lists.Entry]] = defaultdict(list)
    whys: dict[str, tuple[Why, Sequence[Participant]]] = {}
    for entry in listed.entries:
        participant, by, why, candidates = index.match(entry)
        if participant is not None and by is not None:
            group = groups[participant.person_id]
            group.entries.append(entry)
            group.by = by
        else:
            key = entry.email or search_key(entry.name) or str(entry.line)
            left[key].append(entry)
            whys[key] = (why, candidates)
    for email in _with_account(key for key, (why, _) in whys.items() if why is Why.UNKNOWN):
        whys[email] = (Why.NOT_ENROLLED, whys[email][1])
    marks = _marks(session.id)
    found = [_found(session, roster[id], group, marks.get(id), least) for id, group in groups.items()]
    found.sort(key=lambda row: (row.participant.name_key, row.participant.person_id))
    timed = [entry for entry in listed.entries if entry.span is not None]
    return Plan(
        found=found,
        left=[_left(session, entries, *whys[key]) for key, entries in left.items()],
        ignored=listed.ignored,
        least_minutes=least,
        elsewhere=bool(timed) and not any(_inside(session, [entry]) for entry in timed),
    )


def participants(diklat_id: int) -> dict[int, Participant]:
    rows = db.session().scalars(
        sa.select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.diklat_id == diklat_id, Enrolment.state == EnrolmentState.CONFIRMED)
    )
    return {
        person.id: Participant(
            person_id=person.id,
            code=person.code,
            name=person.name,
            printed_name=person.printed_name,
            email=person.email.casefold(),
            numbers=frozenset(filter(None, (person.nip, person.nuptk))),
            name_key=person.name_key,
        )
        for person in rows
    }


def _marks(session_id: int) -> dict[int, bool]:
    rows = db.session().execute(
        sa.select(Presence.person_id, Presence.present).where(Presence.live_session_id == session_id)
    )
    return dict(rows.all())


class Index:
    """The participants by everything that names them."""

    def __init__(self, roster: Mapping[int, Participant]) -> None:
        self.all = list(roster.values())
        self.by_email = {row.email: row for row in self.all}
        self.by_number = {number: row for row in self.all for number in row.numbers}
        self.by_name: dict[str, list[Participant]] = defaultdict(list)
        self.by_start: dict[str, list[Participant]] = defaultdict(list)
        for row in self.all:
            self.by_name[row.name_key].append(row)
            for start in {word[:3] for word in row.name_key.split()}:
                self.by_start[start].append(row)

    def match(self, entry: lists.Entry) -> tuple[Participant | None, By | None, Why, Sequence[Participant]]:
        """E-mail first, then NIP or NUPTK, then the whole name if exactly one participant bears it."""
        certain = {
            By.EMAIL: self.by_email.get(entry.email),
            By.NUMBER: next((self.by_number[n] for n in entry.numbers if n in self.by_number), None),
        }
        hits = {row.person_id: row for row in certain.values() if row is not None}
        if len(hits) > 1:
            return None, None, Why.CONTRADICTION, list(hits.values())
        for by, row in certain.items():
            if row is not None:
                return row, by, Why.UNKNOWN, ()
        keys = name_keys(entry.name)
        named = {row.person_id: row for key in keys for row in self.by_name.get(key, ())}
        if len(named) == 1:
            return next(iter(named.values())), By.NAME, Why.UNKNOWN, ()
        if named:
            return None, None, Why.AMBIGUOUS, list(named.values())[:MOST_CANDIDATES]
        return None, None, Why.UNKNOWN, self._alike(keys)

    def _alike(self, keys: Iterable[str]) -> list[Participant]:
        """Whom the panitia may want to look at; never taken by itself."""
        near = {row.person_id: row for key in keys for word in key.split() for row in self.by_start.get(word[:3], ())}
        scored = []
        for row in list(near.values())[:MOST_COMPARED]:
            words = set(row.name_key.split())
            best = 0.0
            for key in keys:
                shared = words & set(key.split())
                telling = len(shared) >= 2 or any(len(word) >= 5 for word in shared)
                best = max(best, 0.9 if telling else SequenceMatcher(None, row.name_key, key).ratio())
            if best >= ALIKE:
                scored.append((-best, row.name_key, row.person_id, row))
        return [row for *_, row in sorted(scored)[:MOST_CANDIDATES]]


def name_keys(shown: str) -> list[str]:
    """`Agus Santoso (WANGON_Agus, S.Pd)` -> the names it may hold: outside and inside the brackets, and their parts."""
    outside = re.sub(r"\([^)]*\)", " ", shown)
    texts = [outside, *re.findall(r"\(([^)]*)\)", shown)]
    parts = [part for text in texts for part in (text, *re.split(r"[_|/\-–;]+", text))]
    keys = [_bare(part) for part in parts]
    return [key for key in dict.fromkeys(keys) if len(key) > 2 and not key.isdigit()]


def _bare(text: str) -> str:
    """Without titles: those after a comma, and known ones at either end."""
    words = search_key(text.split(",")[0]).split()
    while words and words[0] in _TITLES:
        words.pop(0)
    while words and words[-1] in _TITLES:
        words.pop()
    return " ".join(words)


def _inside(session: LiveSession, entries: Sequence[lists.Entry]) -> float | None:
    """Minutes within the session: the union of all spans, since two devices are still one person."""
    spans = sorted(
        (max(entry.span.start, session.starts_at), min(entry.span.end, session.ends_at))
        for entry in entries
        if entry.span is not None
    )
    if not spans:
        claimed = [entry.minutes for entry in entries if entry.minutes is not None]
        length = (session.ends_at - session.starts_at).total_seconds() / 60
        return round(min(sum(claimed), length), 1) if claimed else None
    total, until = timedelta(), session.starts_at
    for start, end in spans:
        start = max(start, until)
        if end > start:
            total += end - start
            until = end
    return round(total.total_seconds() / 60, 1)


def _found(session: LiveSession, participant: Participant, group: _Group, mark: bool | None, least: int) -> Found:
    within = _inside(session, group.entries)
    stamps = [entry.stamp for entry in group.entries if entry.stamp is not None]
    in_time = [at for at in stamps if session.starts_at - BEFORE_START <= at <= session.ends_at + AFTER_END]
    if mark is not None:
        # What the panitia took away by hand is not given back by a file.
        verdict = Verdict.ALREADY if mark else Verdict.TAKEN_AWAY
    elif within is not None and within < least:
        verdict = Verdict.SHORT
    elif stamps and not in_time:
        verdict = Verdict.LATE
    else:
        verdict = Verdict.PRESENT
    lines = tuple(entry.line for entry in group.entries)
    shown = group.entries[0].name or group.entries[0].email or next(iter(group.entries[0].numbers), "")
    return Found(participant, group.by, lines, shown, within, verdict)


def _with_account(emails: Iterable[str]) -> set[str]:
    """Which unknown addresses belong to somebody who has an account, though no seat here."""
    wanted, known = sorted(filter(None, emails)), set[str]()
    for start in range(0, len(wanted), 500):
        known |= set(db.session().scalars(sa.select(Person.email).where(Person.email.in_(wanted[start : start + 500]))))
    return known


def _left(session: LiveSession, entries: Sequence[lists.Entry], why: Why, candidates: Sequence[Participant]) -> Left:
    first = entries[0]
    shown = first.name or first.email or next(iter(first.numbers), "")
    lines = tuple(entry.line for entry in entries)
    return Left(lines, shown, first.email, _inside(session, entries), why, candidates)
