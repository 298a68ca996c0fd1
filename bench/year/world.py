"""The world around the product: its clock, the relay that takes letters, the broker's rings, and what kills a process."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import orm

from calakan.kernel import db
from calakan.notifications.channels.interface import Outcome, Parcel, Result


class Crash(BaseException):
    """A process ends here, as if it were killed. Nobody catches it but whoever looks on."""


class Moment(StrEnum):
    """Where a process may be killed."""

    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"
    BEFORE_SEND = "before the letter is out"
    AFTER_SEND = "after the letter is out"


class Clock:
    """Stands still but for what the year does with it; no two acts happen in the same microsecond."""

    def __init__(self, start: datetime) -> None:
        self.at = start
        self._ticks = 0

    def now(self) -> datetime:
        return self.at

    def tick(self) -> datetime:
        self._ticks += 1
        self.at = self.at.replace(microsecond=0) + timedelta(seconds=1, microseconds=self._ticks)
        return self.at

    def on(self, by: timedelta) -> None:
        self.at += by


class World:
    """Counts what the relay took by the key of its row, and forgets nothing of it."""

    def __init__(self, chance: random.Random, clock: Clock, transaction: Callable[..., object]) -> None:
        self.chance, self.clock = chance, clock
        self._transaction = transaction
        self.taken: Counter[str] = Counter()
        self.doubtful: set[str] = set()
        self.refused: set[str] = set()
        self.rung: set[str] = set()
        self.doom: tuple[Moment, int] | None = None
        self.answers: list[Outcome] = []
        self.meanwhile: Callable[[], object] | None = None

    def ring(self, queue: str) -> None:
        self.rung.add(queue)

    @contextmanager
    def transaction(self) -> Iterator[orm.Session]:
        """The product's own, in a process that may be killed before and after its commit; a ring is lost with it."""
        before = set(self.rung)
        with self._transaction() as session:  # type: ignore[attr-defined]  # the function that this one stands for
            yield session
            self.pass_by(Moment.BEFORE_COMMIT)
        try:
            self.pass_by(Moment.AFTER_COMMIT)
        except Crash:
            self.rung = before
            raise

    def pass_by(self, moment: Moment) -> None:
        """Raises Crash when the time has come."""
        if self.doom is None or self.doom[0] is not moment:
            return
        left = self.doom[1] - 1
        self.doom = (moment, left) if left > 0 else None
        if self.doom is None:
            raise Crash(moment)

    def calm(self) -> None:
        """Nothing more happens by itself."""
        self.doom, self.meanwhile, self.answers = None, None, []


class Relay:
    """Takes letters for the channel; may refuse, wait, break off, or have somebody else at work meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(self, parcel: Parcel) -> Result:
        world = self.world
        if world.doom is not None and world.doom[0] in (Moment.BEFORE_SEND, Moment.AFTER_SEND):
            if world.doom[1] == 1:
                world.doubtful.add(parcel.key)
            world.pass_by(Moment.BEFORE_SEND)
        outcome = world.answers.pop() if world.answers else Outcome.SENT
        if outcome is Outcome.LATER:
            return Result(Outcome.LATER, "451 later", rests=world.chance.random() < 0.5)
        if outcome is Outcome.REFUSED:
            world.refused.add(parcel.key)
            return Result(Outcome.REFUSED, "550 nobody of that name")
        world.taken[parcel.key] += 1
        if outcome is Outcome.UNCERTAIN:
            world.doubtful.add(parcel.key)
        if world.meanwhile is not None:
            meanwhile, world.meanwhile = world.meanwhile, None
            world.doubtful.add(parcel.key)  # its lease may have ended by now
            meanwhile()
        world.pass_by(Moment.AFTER_SEND)
        return Result(outcome, provider_id=parcel.key)

    def close(self) -> None:
        pass


def forget_process() -> None:
    """What is left of a killed process: nothing."""
    db.session().rollback()
    db.db.session.remove()
