"""Who took part in what under some filters, read once and counted in memory: numbers of one turnout add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatTopic, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.people.models import Jenjang, Person
from calakan.reports import rolls, stages
from calakan.reports.ordering import Codes, Ordering
from calakan.reports.rolls import People
from calakan.reports.terms import MOST_DIMENSIONS, OF_DIKLAT, PERIODS, Dimension, Filters, Report, Row, Stage

# The place of the group that each person is counted in, at the person's id; None for those who are not. A list, because
# a million look-ups in it stay within the processor's memory.
Places = list[int | None]

# Bare columns: for tens of thousands of people an enum or an object each costs more than reading them.
_PERSON = db.table(Person).c
_OF_PERSON: dict[Dimension, sa.ColumnElement[Any]] = {
    Dimension.JABATAN: _PERSON.jabatan,
    Dimension.JENJANG: sa.type_coerce(_PERSON.jenjang, sa.String),
    Dimension.STATUS: _PERSON.employment,
    Dimension.SEX: sa.type_coerce(_PERSON.sex, sa.String),
    Dimension.KECAMATAN: _PERSON.kecamatan_code,
    Dimension.SCHOOL: _PERSON.school_id,
}
_AUTHORITIES = {level.value: level.authority.value for level in Jenjang}


class Crowd:
    """The people an actor may count, with what they are grouped by; read when first needed."""

    def __init__(self, filters: Filters, actor: Actor) -> None:
        self._kept = sa.and_(stages.scope(actor), stages.of_person(filters))
        # Nobody has to be left out.
        of_person = [dimension for dimension, _ in filters.only if dimension not in OF_DIKLAT]
        self.whole = stages.sees_all(actor) and not filters.kecamatan and not of_person

    @cached_property
    def _ids_and_codes(self) -> tuple[Sequence[int], dict[Dimension, Sequence[Any]]]:
        wanted = sa.select(_PERSON.id, *_OF_PERSON.values()).where(self._kept)
        nobody: list[tuple[Any, ...]] = [()] * (1 + len(_OF_PERSON))
        ids, *codes = list(zip(*db.session().execute(wanted).all(), strict=True)) or nobody
        found = dict(zip(_OF_PERSON, codes, strict=True))
        return ids, found | {Dimension.AUTHORITY: list(map(_AUTHORITIES.get, found[Dimension.JENJANG]))}

    def groups(self, dimensions: Sequence[Dimension]) -> tuple[Places | None, Sequence[Codes]]:
        """Where each person is counted, and the codes of each place; no places where all count in the first."""
        if not dimensions and self.whole:
            return None, [()]
        ids, codes = self._ids_and_codes
        known: dict[Codes, int] = {}
        combined = (
            zip(*(codes[dimension] for dimension in dimensions), strict=True) if dimensions else repeat((), len(ids))
        )
        places: Places = [None] * (max(ids, default=0) + 1)
        for id, code in zip(ids, combined, strict=True):
            places[id] = known.setdefault(code, len(known))
        return places, list(known)


class Turnout:
    """Under the stage, period and diklat of `filters`. Counts are participations (kepesertaan) and the people behind them."""

    def __init__(self, filters: Filters, *, visible_to: Actor, crowd: Crowd | None = None) -> None:
        self.filters = filters
        self._actor, self._crowd = visible_to, crowd or Crowd(filters, visible_to)
        self._taking_part = rolls.taking_part(filters)

    def at(self, stage: Stage) -> Turnout:
        """Of the same people at another stage."""
        if stage is self.filters.stage:
            return self
        return Turnout(replace(self.filters, stage=stage), visible_to=self._actor, crowd=self._crowd)

    def report(self, dimensions: Sequence[Dimension]) -> Report:
        """Raises ValueError but for one to three different dimensions."""
        if not 1 <= len(dimensions) <= MOST_DIMENSIONS or len(set(dimensions)) != len(dimensions):
            raise ValueError("one to three different dimensions")
        return Report(self.rows(dimensions), *self.total, list(dimensions), self.filters)

    @cached_property
    def total(self) -> tuple[int, int]:
        places, _ = self._crowd.groups([])
        shares, people = _counted(list(self._taking_part.values()), places)
        return shares[0], people[0]

    def most_rows(self, dimensions: Sequence[Dimension]) -> int:
        """No report by these has more rows; found without counting anybody."""
        lists = self._by([d for d in dimensions if d in OF_DIKLAT])
        _, groups = self._crowd.groups([d for d in dimensions if d not in OF_DIKLAT])
        return min(len(lists) * len(groups), sum(map(len, chain.from_iterable(lists.values()))))

    def rows(self, dimensions: Sequence[Dimension]) -> list[Row]:
        """In the order of their keys: by time, by level, by name.

        Counted is with the dimensions of the diklat outside and those of the person inside, because a list of people
        belongs to a diklat; so rows are sorted by rank (outer and inner together), and their keys rearranged last.
        """
        of_diklat = [d for d in dimensions if d in OF_DIKLAT]
        of_person = [d for d in dimensions if d not in OF_DIKLAT]
        places, groups = self._crowd.groups(of_person)
        lists = self._by(of_diklat)
        ordering = Ordering(dimensions, {tuple(of_diklat): lists, tuple(of_person): groups})
        outer, inner = ordering.keyed(of_diklat, lists), ordering.keyed(of_person, groups)
        found: list[tuple[int, Row]] = []
        for (rank, keys), kept in zip(outer, lists.values(), strict=True):
            shares, people = _counted(kept, places)
            found += [
                (rank + inner[place][0], Row(keys + inner[place][1], count, people[place]))
                for place, count in shares.items()
            ]
        found.sort(key=itemgetter(0))
        if [*of_diklat, *of_person] == list(dimensions):
            return [row for _, row in found]
        arranged = itemgetter(*([*of_diklat, *of_person].index(dimension) for dimension in dimensions))
        return [Row(arranged(row.keys), row.kepesertaan, row.unik) for _, row in found]

    @property
    def taking_part(self) -> Mapping[int, People]:
        """diklat -> those who came as far as the stage, whether the actor may count them or not."""
        return self._taking_part

    def places(self, dimensions: Sequence[Dimension]) -> tuple[Places | None, Sequence[Codes]]:
        """Where each person is counted by these dimensions of persons, and the codes of each place; as `Crowd.groups`."""
        return self._crowd.groups(dimensions)

    @property
    def of_everybody(self) -> bool:
        """Whether nobody is left out, by a filter or because the actor may not count him."""
        return self._crowd.whole

    def _by(self, dimensions: Sequence[Dimension]) -> Mapping[Codes, Sequence[People]]:
        """The lists of people under each value of these dimensions; a diklat of two topics stands under both."""
        if not dimensions:
            return {(): list(self._taking_part.values())}
        found: dict[Codes, list[People]] = defaultdict(list)
        for diklat_id, *codes in db.session().execute(codes_of_diklat(dimensions)):
            if diklat_id in self._taking_part:
                found[tuple(codes)].append(self._taking_part[diklat_id])
        return found


def _counted(lists: Sequence[People], places: Places | None) -> tuple[Counter[int], Counter[int]]:
    """place -> participations, and place -> people behind them."""
    # Nobody stands twice on one list.
    everybody = lists[0] if len(lists) == 1 else set[int]().union(*lists)
    if places is None:
        return +Counter({0: sum(map(len, lists))}), +Counter({0: len(everybody)})
    # Who came after the people were read is on a roll and has no place.
    newest = max((people[-1] for people in lists if people), default=0)
    places += [None] * (newest + 1 - len(places))
    # `map` and Counter run through a million ids in C.
    shares = Counter(map(places.__getitem__, chain.from_iterable(lists)))
    people = Counter(map(places.__getitem__, everybody)) if len(lists) > 1 else shares
    del shares[None], people[None]  # those whom the actor may not count
    return shares, people  # type: ignore[return-value]  # None is gone


def codes_of_diklat(dimensions: Sequence[Dimension]) -> sa.Select[Any]:
    """A diklat and its codes of these; a diklat of two topics has two lines."""
    first = _first_days()
    columns = {
        Dimension.DIKLAT: Diklat.id, Dimension.TOPIC: DiklatTopic.topic,
        Dimension.MODE: sa.type_coerce(Diklat.mode, sa.String), Dimension.COHORT: Diklat.cohort,
        **{period: first.c[period.value] for period in PERIODS},
    }  # fmt: skip
    wanted = sa.select(Diklat.id, *(columns[dimension] for dimension in dimensions)).select_from(Diklat)
    if not PERIODS.isdisjoint(dimensions):
        wanted = wanted.outerjoin(first, first.c.diklat_id == Diklat.id)
    if Dimension.TOPIC in dimensions:
        wanted = wanted.outerjoin(DiklatTopic, DiklatTopic.diklat_id == Diklat.id)
    return wanted


def _first_days() -> sa.Subquery:
    """When each diklat begins, as 2026, 20264 (a quarter) and 202611."""
    day = sa.func.min(LiveSession.local_date, type_=sa.Date())
    year, month = sa.extract("year", day), sa.extract("month", day)
    third = sa.case(*[(month <= last, last // 3) for last in (3, 6, 9)], else_=4)
    return (
        sa.select(
            LiveSession.diklat_id,
            sa.cast(year, sa.Integer).label("year"),
            sa.cast(year * 10 + third, sa.Integer).label("quarter"),
            sa.cast(year * 100 + month, sa.Integer).label("month"),
        )
        .where(LiveSession.state == SessionState.PLANNED)
        .group_by(LiveSession.diklat_id)
        .subquery("first")
    )
