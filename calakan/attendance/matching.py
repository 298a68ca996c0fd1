"""Which participant each line of a list means, in three lanes: certain, likely with candidates, unknown. Never guesses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import TypeVar

import sqlalchemy as sa

from calakan.attendance import clicks, evidence, lists, people, written_names
from calakan.attendance.deciding import Rule, Verdict, length_of, prove
from calakan.attendance.lanes import By, Found, Lane, Left, Plan, Why
from calakan.attendance.lists import Entry, Listed, Span, Unclear
from calakan.attendance.models import Presence
from calakan.attendance.people import Index, Participant, participants
from calakan.attendance.pieces import Piece, clear, pieces_of
from calakan.attendance.rules import Window
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.kernel.wording import phrase

__all__ = ["By", "Found", "Index", "Lane", "Left", "Participant", "Plan", "Verdict", "Why", "participants", "plan"]
OVERLAP_SECONDS = 60
Row = TypeVar("Row", Found, Left)


# What a name leaves open, and an own click into the room at that minute does not.
_BY_CLICK = {Why.ONE_WORD, Why.BESIDE, Why.ALIKE, Why.AMBIGUOUS, Why.TWICE}


@dataclass(frozen=True)
class Match:
    """`participant` with `by`, or the candidates and why nobody is certain."""

    participant: Participant | None = None
    by: By | None = None
    why: Why | None = None
    candidates: Sequence[Participant] = ()

    @property
    def all(self) -> Sequence[Participant]:
        return [self.participant] if self.participant is not None else self.candidates


@dataclass
class _Group:
    """Lines that belong together: of one certain person, or written by one hand."""

    match: Match
    entries: list[Entry] = field(default_factory=list)


def usual_minutes(session: LiveSession) -> int:
    """What the rule of the diklat asks for."""
    rule = evidence.rule_of(session, db.session().get_one(Diklat, session.diklat_id))
    return Window(session.starts_at, session.ends_at).enough(rule)


def plan(
    session: LiveSession,
    content: bytes,
    *,
    least_minutes: int | None = None,
    zone: tzinfo | None = None,
    unit: str = "",
) -> Plan:
    """Read a list for this session; changes nothing. Raises TableUnreadable, ListIsNoEvidence."""
    return plan_of(session, read(session, content, zone=zone, unit=unit), least_minutes=least_minutes)


def read(session: LiveSession, content: bytes, *, zone: tzinfo | None = None, unit: str = "") -> Listed:
    """What a list says of the day of this session. Raises TableUnreadable, ListIsNoEvidence."""
    return lists.read(content, day=session.local_date, zone=zone, length=length_of(session), unit=unit)


def plan_of(session: LiveSession, listed: Listed, *, least_minutes: int | None = None) -> Plan:
    """The same for lines that were read already."""
    least = usual_minutes(session) if least_minutes is None else least_minutes
    rule = Rule(session, least, listed.proves, _elsewhere(session, listed))
    matcher = Matcher(session.diklat_id, listed.entries, clicks.of_session(session.id))
    sure, groups, ignored = matcher.divided()
    known = marks(session.id)
    found = [_found(group, rule, known, Lane.SURE) for group in sure.values()]
    left: list[Left] = []
    for group in groups:
        if group.match.participant is not None:
            found.append(_found(group, rule, known, Lane.LIKELY))
        else:
            left.append(_left(group, rule))
    weigh = evidence.with_lines(
        session, [row.person_id for group in (*sure.values(), *groups) for row in group.match.all]
    )

    def counts(person_id: int, pieces: Sequence[Piece]) -> bool:
        return weigh(person_id, [piece.sign(least=least_minutes, file=0) for piece in clear(pieces)])

    found, left = [_ruled(row, counts) for row in found], [_ruled(row, counts) for row in left]
    kept = [row for row in left if row.why is not Why.UNKNOWN or row.verdict is not Verdict.ABSENT or row.candidates]
    found.sort(key=lambda row: (row.participant.name_key, row.participant.person_id))
    return Plan(
        found=found,
        left=kept,
        ignored=listed.ignored + ignored + sum(len(row.lines) for row in left) - sum(len(row.lines) for row in kept),
        least_minutes=least,
        asked_minutes=least_minutes,
        elsewhere=rule.elsewhere,
        sheet=listed.sheet,
        hidden=listed.hidden,
        unread=listed.unread,
    )


def _elsewhere(session: LiveSession, listed: Listed) -> bool:
    spans = [entry.span for entry in listed.entries if entry.span is not None]
    if spans:
        return not any(span.start < session.ends_at and span.end > session.starts_at for span in spans)
    return listed.held is not None and listed.held != session.local_date


def marks(session_id: int) -> dict[int, bool]:
    """person -> whether present, of whom it stands written."""
    rows = db.session().execute(
        sa.select(Presence.person_id, Presence.present).where(Presence.live_session_id == session_id)
    )
    return dict(rows.all())


class Matcher:
    """All lines of a list against all participants: who else stands in the list decides as well."""

    def __init__(self, diklat_id: int, entries: Sequence[Entry], joined: Mapping[int, datetime] | None = None) -> None:
        """`joined`: person -> own click into the room."""
        self.entries, self.joined = entries, joined or {}
        self.index = Index(participants(diklat_id))
        self.waiting = Index(people.waiting(diklat_id))
        self.places = people.place_words()
        self.accounts = people.with_account(e.email for e in entries if e.email not in self.index.by_email)
        self.parts = {id(entry): written_names.parts(entry.name, self.places) for entry in entries}
        self.bearers: dict[int, set[str]] = defaultdict(set)
        for entry in entries:
            for row in self._whole(entry).values():
                self.bearers[row.person_id].add(bearer(entry))

    def divided(self) -> tuple[dict[int, _Group], list[_Group], int]:
        """Certain lines by person, the others by who wrote them, and how many panelists take no part."""
        sure: dict[int, _Group] = {}
        named: dict[int, _Group] = {}
        others: dict[tuple[str, int], _Group] = {}
        panelists: list[tuple[Entry, Match]] = []
        for entry in self.entries:
            match = self.match(entry)
            if entry.panelist:
                panelists.append((entry, match))
            elif match.why is None and match.participant is not None:
                lane = named if match.by is By.NAME else sure
                lane.setdefault(match.participant.person_id, _Group(match)).entries.append(entry)
            else:
                key = bearer(entry), 0 if _rejoined(others.get((bearer(entry), 0)), entry) else entry.line
                others.setdefault(key, _Group(match)).entries.append(entry)
        ignored = self._seat_panelists(panelists, sure, others)
        return *self._settled(sure, named, list(others.values())), ignored

    def _seat_panelists(
        self, panelists: Iterable[tuple[Entry, Match]], sure: dict[int, _Group], others: dict[tuple[str, int], _Group]
    ) -> int:
        """Who was made a panelist midway stands in two sections; an enrolled one in that section alone is looked at."""
        ignored = 0
        for entry, match in panelists:
            row = match.participant
            if row is None or match.by is By.NAME:
                ignored += 1
            elif row.person_id in sure:
                sure[row.person_id].entries.append(entry)
            else:
                others[bearer(entry), entry.line] = _Group(Match(why=Why.PANELIST, candidates=[row]), [entry])
        return ignored

    def _settled(
        self, sure: dict[int, _Group], named: dict[int, _Group], others: list[_Group]
    ) -> tuple[dict[int, _Group], list[_Group]]:
        """A name is certain where nobody else in the list bears it, and no other line stands for that person."""
        for id, group in named.items():
            if id not in sure and len(self.bearers[id]) == 1 and _consecutive(group.entries):
                sure[id] = group
            else:
                again = Match(why=Why.TWICE, candidates=[group.match.participant] if group.match.participant else [])
                others += [_Group(again, [entry]) for entry in group.entries]
        for group in others:
            row = group.match.participant
            if row is not None and (row.person_id in sure or len(self.bearers[row.person_id]) > 1):
                group.match = Match(why=Why.TWICE, candidates=[row])
        return sure, self._by_click(sure, others)

    def _by_click(self, sure: dict[int, _Group], others: list[_Group]) -> list[_Group]:
        """Moves to the certain ones whose own click lies at the minute of coming; returns the others."""
        open_ones = [
            (group.entries, [row.person_id for row in group.match.all] if group.match.why in _BY_CLICK else [])
            for group in others
        ]
        left = []
        for group, owner in zip(others, clicks.owners(open_ones, self.joined, settled=set(sure)), strict=True):
            if owner is None:
                left.append(group)
            else:
                sure[owner] = _Group(Match(self.index.by_id[owner], By.CLICK), group.entries)
        return left

    def _whole(self, entry: Entry) -> dict[int, Participant]:
        """Whose whole name is written there."""
        return {row.person_id: row for part in self.parts[id(entry)] for row in self.index.by_name.get(part.key, ())}

    def match(self, entry: Entry) -> Match:
        """By address or number, else by the whole name; `why` is set unless it is certain."""
        by_email = self.index.by_email.get(entry.email)
        by_number = next((self.index.by_number[n] for n in entry.numbers if n in self.index.by_number), None)
        row = by_email or by_number
        named = self._whole(entry)
        if by_email is not None and by_number is not None and by_email != by_number:
            return Match(why=Why.CONTRADICTION, candidates=[by_email, by_number])
        if row is not None:
            return self._certain(row, By.EMAIL if by_email else By.NUMBER, self._in_any_order(entry) | named)
        found = list(named.values())[: people.MOST_CANDIDATES]
        if entry.email.count("@") > 1:
            owners = (
                own for email, own in self.index.by_email.items() if email in re.split(r"[\s,;|/<>]+", entry.email)
            )
            candidates = {own.person_id: own for own in (*owners, *found)}
            return Match(why=Why.SEVERAL, candidates=list(candidates.values())[: people.MOST_CANDIDATES])
        if entry.unclear is Unclear.MARKS:
            return Match(why=Why.MARKS, candidates=found)
        if entry.email in self.waiting.by_email or any(n in self.waiting.by_number for n in entry.numbers):
            return Match(why=Why.WAITING)
        if entry.email in self.accounts:
            return Match(why=Why.NOT_ENROLLED, candidates=found)
        if not entry.name:
            return Match(why=Why.UNKNOWN if entry.email or entry.numbers else Why.NAMELESS)
        return self._by_name(entry, found)

    def _in_any_order(self, entry: Entry) -> dict[int, Participant]:
        """Whose whole name of several words is written there: `Kartika, Rina` and `Rina Kartika SDN 1` are Rina Kartika's."""
        keys = [key.split() for key in written_names.loose_keys(entry.name)]
        parts = {
            frozenset(words[at:end]) for words in keys for at in range(len(words)) for end in range(at + 2, at + 6)
        }
        return {row.person_id: row for words in parts if len(words) > 1 for row in self.index.by_words.get(words, ())}

    def _certain(self, row: Participant, by: By, named: Mapping[int, Participant]) -> Match:
        """Unless the name that is written is somebody else's."""
        others = [o for o in named.values() if o != row and not set(o.name_key.split()) <= set(row.name_key.split())]
        if others and not (row.person_id in named and row.name_key in {o.name_key for o in others}):
            why = Why.SEVERAL if row.person_id in named else Why.CONTRADICTION
            return Match(why=why, candidates=[row, *others][: people.MOST_CANDIDATES])
        return Match(row, by)

    def _by_name(self, entry: Entry, found: Sequence[Participant]) -> Match:
        parts = self.parts[id(entry)]
        if any(part.key in self.waiting.by_name for part in parts):
            return Match(why=Why.AMBIGUOUS if found else Why.WAITING, candidates=found)
        if len(found) > 1:
            why = Why.AMBIGUOUS if len({row.name_key for row in found}) == 1 else Why.SEVERAL
            return Match(why=why, candidates=found)
        if not found:
            candidates = self.index.alike(written_names.loose_keys(entry.name))
            return Match(why=Why.ALIKE if candidates else Why.UNKNOWN, candidates=candidates)
        (row,) = found
        part = next(part for part in parts if part.key == row.name_key)
        if " " not in row.name_key:
            return Match(row, By.NAME, Why.ONE_WORD) if part.alone else Match(why=Why.BESIDE, candidates=[row])
        return Match(row, By.NAME) if part.alone else Match(why=Why.BESIDE, candidates=[row])


def bearer(entry: Entry) -> str:
    """Whose hand wrote it: the address, else the number, else the very letters."""
    return entry.email or next(iter(entry.numbers), "") or " ".join(entry.name.casefold().split()) or str(entry.line)


def _rejoined(group: _Group | None, entry: Entry) -> bool:
    """Whether the line goes on where those of the same hand ended."""
    return group is None or bool(entry.email) or _consecutive([*group.entries, entry])


def _consecutive(entries: Sequence[Entry]) -> bool:
    """One after the other, as somebody's who left and came back; two at once under one name may be two people."""
    if len(entries) < 2 or (len({bearer(entry) for entry in entries}) == 1 and entries[0].email):
        return True
    spans = sorted(entry.span for entry in entries if entry.span is not None)
    if len(spans) < len(entries):
        return False
    return all((a.end - b.start).total_seconds() <= OVERLAP_SECONDS for a, b in pairwise(spans))


def _shown(entry: Entry) -> str:
    return entry.name or entry.email or next(iter(entry.numbers), "")


def _found(group: _Group, rule: Rule, marks: Mapping[int, bool], lane: Lane) -> Found:
    participant, by = group.match.participant, group.match.by
    assert participant is not None
    assert by is not None
    proof = prove(group.entries, rule)
    verdict, mark = proof.verdict, marks.get(participant.person_id)
    if mark is not None and verdict is not Verdict.ABSENT:
        # What the panitia took away by hand is not given back by a file.
        verdict = Verdict.ALREADY if mark else Verdict.TAKEN_AWAY
    elif lane is Lane.LIKELY and verdict is Verdict.PRESENT:
        verdict = Verdict.LIKELY
    first = group.entries[0]
    return Found(
        participant=participant,
        by=by,
        lane=lane,
        lines=tuple(entry.line for entry in group.entries),
        shown=_shown(first),
        email=first.email,
        minutes=proof.minutes,
        verdict=verdict,
        proven=verdict,
        unclear=proof.unclear,
        why=group.match.why,
        said=_said(group),
        window=_window(group.entries),
        pieces=tuple(pieces_of(group.entries, rule, proof.verdict)),
        number=next((number for entry in group.entries for number in entry.numbers), ""),
    )


def _said(group: _Group) -> str:
    """What the first line says in words, and that a NIP was destroyed on the way."""
    spoiled = phrase("attendance.spoiled") if any(entry.spoiled for entry in group.entries) else ""
    return " · ".join(filter(None, (group.entries[0].said, spoiled)))


def _left(group: _Group, rule: Rule) -> Left:
    first, proof = group.entries[0], prove(group.entries, rule)
    return Left(
        lines=tuple(entry.line for entry in group.entries),
        shown=_shown(first),
        email=first.email,
        minutes=proof.minutes,
        why=group.match.why or Why.UNKNOWN,
        candidates=group.match.candidates,
        verdict=proof.verdict,
        proven=proof.verdict,
        unclear=proof.unclear,
        said=_said(group),
        window=_window(group.entries),
        pieces=tuple(pieces_of(group.entries, rule, proof.verdict)),
        number=next((number for entry in group.entries for number in entry.numbers), ""),
    )


def _ruled(row: Row, counts: Callable[[int, Sequence[Piece]], bool]) -> Row:
    """What would not make somebody present by the rule of the diklat is left for a look.

    A line that is too short by itself may be the half that another list, or a code, lacks.
    """
    if isinstance(row, Found) and row.lane is Lane.SURE and row.proven is Verdict.SHORT:
        there = counts(row.participant.person_id, row.pieces)
        return replace(row, verdict=Verdict.PRESENT) if there else row
    people = [row.participant] if isinstance(row, Found) else row.candidates
    if row.proven not in (Verdict.PRESENT, Verdict.LIKELY) or len(people) != 1:
        return row
    return row if counts(people[0].person_id, row.pieces) else replace(row, verdict=Verdict.REVIEW)


def _window(entries: Sequence[Entry]) -> Span | None:
    spans = [entry.span for entry in entries if entry.span is not None]
    return Span(min(span.start for span in spans), max(span.end for span in spans)) if spans else None
