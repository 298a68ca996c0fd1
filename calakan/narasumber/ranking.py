"""How well a volunteer and a session suit each other. Pure arithmetic, the same for the board and for the panitia's list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from calakan.diklat.models import Mode
from calakan.people.models import Jenjang

TOPIC, LEVEL, MODE, REST = 40, 20, 30, 15
FULL_REST_DAYS = 180


@dataclass(frozen=True, kw_only=True)
class Fit:
    """`rest_days` since the volunteer last spoke; None: never yet, which counts as fully rested."""

    topic: bool
    level: bool
    mode: bool
    rest_days: int | None = None

    @property
    def qualified(self) -> bool:
        """Knows the topic and can be there: who may be asked without a person choosing."""
        return self.topic and self.mode

    @property
    def score(self) -> float:
        rested = 1.0 if self.rest_days is None else min(max(self.rest_days, 0), FULL_REST_DAYS) / FULL_REST_DAYS
        return TOPIC * self.topic + LEVEL * self.level + MODE * self.mode + REST * rested


def teaches(levels: Collection[Jenjang], wanted: Collection[Jenjang]) -> bool:
    """Whether somebody who teaches these levels teaches one of those; all madrasah are each of its kinds, and the other way round."""
    asked = {one for level in wanted for one in (*level.asked_by, *level.within)}
    return not asked.isdisjoint(levels)


def fit(
    *,
    topics: Collection[str],
    wanted_topics: Collection[str],
    levels: Collection[Jenjang],
    wanted_levels: Collection[Jenjang],
    modes: Collection[str],
    wanted_mode: Mode,
    rest_days: int | None,
) -> Fit:
    """No wanted topic or level means: any; a volunteer without levels or modes takes all of them."""
    return Fit(
        topic=not wanted_topics or not set(topics).isdisjoint(wanted_topics),
        level=not wanted_levels or not levels or teaches(levels, wanted_levels),
        mode=not modes or wanted_mode is Mode.HYBRID or wanted_mode.value in modes,
        rest_days=rest_days,
    )
