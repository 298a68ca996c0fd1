"""What a report tells beside its counts: JP, hours, who attended enough, gain and satisfaction, of the very people it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.gains import Gain, both_tests
from calakan.attendance.models import Presence
from calakan.diklat import jp
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.diklat.queries import sessions_of
from calakan.feedback.models import ITEMS, SessionAnswer
from calakan.feedback.queries import FEWEST
from calakan.kernel import db, formats
from calakan.reports import labels
from calakan.reports.ordering import Codes
from calakan.reports.terms import OF_DIKLAT, Dimension, Measure, Report, Stage, Value
from calakan.reports.turnout import Turnout, codes_of_diklat

MOST_ON_A_PAGE = 100_000  # participations that are weighed while somebody waits; a file takes its time
# Diklat whose presences are in memory at one time.
AT_ONCE = 40


@dataclass
class _Sums:
    jp: int = 0
    minutes: int = 0
    sat_both: int = 0
    before: float = 0
    after: float = 0
    answers: int = 0
    marks: list[int] = field(default_factory=lambda: [0] * len(ITEMS))


class _Cells:
    """The sums of each row of a report, by the codes of diklat and person apart, and those of all rows together."""

    def __init__(self, turnout: Turnout, dimensions: Sequence[Dimension]) -> None:
        self.turnout, self._dimensions = turnout, dimensions
        self._of_diklat = [d for d in dimensions if d in OF_DIKLAT]
        self._of_person = [d for d in dimensions if d not in OF_DIKLAT]
        self._places, self._groups = turnout.places(self._of_person)
        self._outer: dict[int, list[Codes]] = defaultdict(list)
        for diklat_id, *codes in db.session().execute(codes_of_diklat(self._of_diklat)):
            self._outer[diklat_id].append(tuple(codes))
        self._sums: dict[tuple[Codes, int], _Sums] = defaultdict(_Sums)
        self.whole = _Sums()

    def of(self, diklat_id: int, person_id: int) -> Sequence[_Sums]:
        """Where this participation is counted; nowhere, if the actor may not count it."""
        place: int | None = 0
        if self._places is not None:
            place = self._places[person_id] if person_id < len(self._places) else None
        return () if place is None else [self.whole, *(self._sums[codes, place] for codes in self._outer[diklat_id])]

    def of_all(self, diklat_id: int) -> Sequence[_Sums]:
        """Where something is counted that belongs to a diklat and to nobody in it."""
        if self._of_person or not self.turnout.of_everybody:
            return ()
        return [self.whole, *(self._sums[codes, 0] for codes in self._outer[diklat_id])]

    def by_key(self) -> dict[Codes, _Sums]:
        """By the codes of the keys of each row."""
        names = {dimension: labels.naming(dimension) for dimension in self._dimensions}
        found = {}
        for (outer, place), sums in self._sums.items():
            codes = {**dict(zip(self._of_diklat, outer, strict=True)),
                     **dict(zip(self._of_person, self._groups[place], strict=True))}  # fmt: skip
            found[tuple(names[d](codes[d]).code for d in self._dimensions)] = sums
        return found


def too_many_for_a_page(turnout: Turnout) -> bool:
    return sum(map(len, turnout.taking_part.values())) > MOST_ON_A_PAGE


def measured(report: Report, turnout: Turnout, *, now: datetime) -> Report:
    """The report with the measures that its filters ask for."""
    wanted = report.filters.measures
    if not wanted:
        return report
    cells = _Cells(turnout, report.dimensions)
    for read in dict.fromkeys(_READ[measure] for measure in wanted if measure in _READ):
        read(cells, now)
    sums, rates, rate = cells.by_key(), dict[Codes, int](), None
    for codes in untold({codes: found.sat_both for codes, found in sums.items()}, cells.whole.sat_both):
        sums[codes].sat_both = 0
    if Measure.SHARE_PASSED in wanted:
        rates, rate = _rates(turnout, report.dimensions)

    def values(found: _Sums, passed: int | None) -> tuple[Value, ...]:
        return tuple(passed if measure is Measure.SHARE_PASSED else _SAID[measure](found) for measure in wanted)

    keyed = [(row, tuple(key.code for key in row.keys)) for row in report.rows]
    rows = [row._replace(more=values(sums.get(codes, _Sums()), rates.get(codes))) for row, codes in keyed]
    return replace(report, rows=rows, total_more=values(cells.whole, rate))


def _rates(turnout: Turnout, dimensions: Sequence[Dimension]) -> tuple[dict[Codes, int], int | None]:
    """Percent of the enrolled of each row, and of all."""

    def counts(stage: Stage) -> dict[Codes, int]:
        return {tuple(key.code for key in row.keys): row.kepesertaan for row in turnout.at(stage).rows(dimensions)}

    enrolled, passed = counts(Stage.ENROLLED), counts(Stage.PASSED)
    (all_passed, _), (whole, _) = turnout.at(Stage.PASSED).total, turnout.at(Stage.ENROLLED).total
    rates = {codes: formats.share(passed.get(codes, 0), count) for codes, count in enrolled.items()}
    return rates, formats.share(all_passed, whole) if whole else None


def _attended(cells: _Cells, now: datetime) -> None:
    """JP and minutes of the sessions that each was in."""
    for diklat_id, per_jp, sessions, there in _rooms(list(cells.turnout.taking_part)):
        said: dict[frozenset[int], tuple[int, int]] = {}
        for person_id in cells.turnout.taking_part[diklat_id]:
            ids = frozenset(there.get(person_id, ()))
            if not ids:
                continue
            if ids not in said:
                minutes = sum(int((s.ends_at - s.starts_at).total_seconds()) // 60 for s in sessions if s.id in ids)
                said[ids] = jp.followed(sessions, ids, per_jp), minutes
            for sums in cells.of(diklat_id, person_id):
                sums.jp += said[ids][0]
                sums.minutes += said[ids][1]


Room = tuple[int, int, Sequence[LiveSession], Mapping[int, Sequence[int]]]


def _rooms(diklat_ids: Sequence[int]) -> Iterator[Room]:
    """(diklat, its minutes a JP, sessions, person -> sessions that were attended), some diklat at a time."""
    for start in range(0, len(diklat_ids), AT_ONCE):
        ids = diklat_ids[start : start + AT_ONCE]
        held: dict[int, list[LiveSession]] = defaultdict(list)
        for session in sessions_of(*ids):
            held[session.diklat_id].append(session)
        owner = {session.id: id for id, sessions in held.items() for session in sessions}
        there: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        present = sa.select(Presence.live_session_id, Presence.person_id).where(Presence.present)
        for session_id, person_id in db.session().execute(present.where(Presence.live_session_id.in_(owner))):
            there[owner[session_id]][person_id].append(session_id)
        per_jp = dict(db.session().execute(sa.select(Diklat.id, Diklat.minutes_per_jp).where(Diklat.id.in_(ids))).all())
        yield from ((id, per_jp[id], held[id], there[id]) for id in ids)


def _gained(cells: _Cells, now: datetime) -> None:
    """The best score before and after, of those who sat both tests of a diklat."""
    people: dict[int, set[int]] = {}
    for diklat_id, person_id, before, after in db.session().execute(both_tests(now)):
        if diklat_id not in people:
            people[diklat_id] = set(cells.turnout.taking_part.get(diklat_id, ()))
        if person_id in people[diklat_id]:
            for sums in cells.of(diklat_id, person_id):
                sums.sat_both += 1
                sums.before += before
                sums.after += after


def _satisfied(cells: _Cells, now: datetime) -> None:
    """Answers that count (whole fives of a session) name nobody: they belong to diklat alone."""
    wanted = (
        sa.select(
            LiveSession.diklat_id,
            sa.func.count(),
            *(sa.func.sum(getattr(SessionAnswer, item)) for item in ITEMS),
        )
        .join(LiveSession, LiveSession.id == SessionAnswer.live_session_id)
        .where(SessionAnswer.counted, LiveSession.state == SessionState.PLANNED)
        .group_by(LiveSession.diklat_id)
    )
    for diklat_id, answers, *marks in db.session().execute(wanted):
        if diklat_id in cells.turnout.taking_part:
            for sums in cells.of_all(diklat_id):
                sums.answers += answers
                sums.marks = [one + more for one, more in zip(sums.marks, marks, strict=True)]


def untold(sat: Mapping[Codes, int], whole: int) -> set[Codes]:
    """Rows whose gain is that of few people, or would give it away beside those that are told and that of all."""
    few = {codes for codes, count in sat.items() if count < FEWEST or 0 < whole - count < FEWEST}
    spare = sorted(sat.keys() - few, key=lambda codes: (sat[codes], codes), reverse=True)
    while spare and 0 < sum(sat[codes] for codes in few) < FEWEST:
        few.add(spare.pop())
    return few


def _gain(sums: _Sums) -> Value:
    if sums.sat_both < FEWEST:
        return None
    return Gain(sums.sat_both, round(sums.before / sums.sat_both, 2), round(sums.after / sums.sat_both, 2)).gain


def _satisfaction(sums: _Sums) -> Value:
    if sums.answers < FEWEST:
        return None
    return round(sum(round(mark / sums.answers, 2) for mark in sums.marks) / len(ITEMS), 2)


_READ: dict[Measure, Callable[[_Cells, datetime], None]] = {
    Measure.JP: _attended,
    Measure.HOURS: _attended,
    Measure.GAIN: _gained,
    Measure.SATISFACTION: _satisfied,
}
_SAID: dict[Measure, Callable[[_Sums], Value]] = {
    Measure.JP: lambda sums: sums.jp,
    Measure.HOURS: lambda sums: round(sums.minutes / 60, 1),
    Measure.GAIN: _gain,
    Measure.SATISFACTION: _satisfaction,
}
