"""Work as rows: who may take a row, for how long, and what happens when the taker dies. The broker is only a doorbell."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel import codes, db
from calakan.kernel.askable import Askable

LEASE = timedelta(minutes=5)
CUT_SHORT = "stopped while handing over"  # why a row is uncertain whose worker died
MOST_ATTEMPTS = 8
SHIFT_SECONDS = 60.0


class WorkState(Askable):
    """`PAUSED` and `SIGNING` wait for a person, not for a worker."""

    PENDING = "pending"
    CLAIMED = "claimed"
    PAUSED = "paused"
    SIGNING = "signing"
    HANDING = "handing"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


class Claimable:
    """Columns of a row that a worker takes, does and settles. `key` is unique: asking twice finds it asked.

    `lease` is how long a claim holds that nobody renews; whoever hands over to the outside has LEASE for that.
    """

    lease: ClassVar[timedelta] = LEASE
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    state: Mapped[WorkState] = db.enum_column(WorkState, default=WorkState.PENDING, index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(26))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)


class Shift:
    """How long one task goes on taking work; what is left is for the next one, which it rings for.

    Far below the time limit of tasks, which kills wherever one stands, so none is ever in the middle of something then.
    """

    def __init__(self) -> None:
        self._end = time.monotonic() + SHIFT_SECONDS

    def is_over(self) -> bool:
        return time.monotonic() >= self._end


def claim(
    model: type[db.Model],
    *,
    now: datetime,
    limit: int,
    first: str | None = None,
    only: Mapping[str, object] | None = None,
) -> tuple[str, Sequence[int]]:
    """Take up to `limit` due rows for the model's lease; returns the claim's token and the ids. Needs a transaction.

    The oldest are taken first; with `first`, those whose column of that name is smallest. `only` names values of columns.
    """
    table = db.table(model)
    token = codes.code(26)
    wanted = (
        sa.select(table.c.id)
        .where(table.c.state == WorkState.PENDING, table.c.due_at <= now)
        .where(*(table.c[name] == value for name, value in (only or {}).items()))
        .order_by(*([table.c[first]] if first is not None else []), table.c.due_at, table.c.id)
        .limit(limit)
    )
    if db.engine().dialect.name == "postgresql":
        wanted = wanted.with_for_update(skip_locked=True)
    # A CTE is read once; PostgreSQL may run a subquery anew for each row, and then it skips what it has locked itself.
    chosen = wanted.cte("chosen")
    taken = db.session().execute(
        sa.update(table)
        .where(table.c.id.in_(sa.select(chosen.c.id)), table.c.state == WorkState.PENDING)
        .values(state=WorkState.CLAIMED, claim_token=token, lease_until=now + _lease(model))
        .returning(table.c.id)
    )
    return token, sorted(taken.scalars())


def _lease(model: type[db.Base]) -> timedelta:
    found: timedelta = getattr(model, "lease", LEASE)
    return found


def renew(model: type[db.Base], token: str, *, now: datetime) -> None:
    """Go on holding what this claim has not begun yet."""
    table = db.table(model)
    db.session().execute(
        sa.update(table)
        .where(table.c.claim_token == token, table.c.state == WorkState.CLAIMED)
        .values(lease_until=now + _lease(model))
    )


def step(model: type[db.Model], id: int, token: str, *, was: WorkState, **values: object) -> bool:
    """Move a claimed row on, unless the claim was lost meanwhile: a frozen worker that wakes up late changes nothing."""
    given = {f"new_{name}": value for name, value in values.items()}
    moved = db.session().execute(
        _step(db.table(model), tuple(values)), {"held_id": id, "held_state": was, "held_token": token, **given}
    )
    return bool(db.touched(moved))


@lru_cache(maxsize=64)
def _step(table: sa.Table, names: tuple[str, ...]) -> sa.Update:
    """Built once for each set of columns: workers need it twice for every letter."""
    held = (
        table.c.id == sa.bindparam("held_id"),
        table.c.state == sa.bindparam("held_state"),
        table.c.claim_token == sa.bindparam("held_token"),
    )
    return sa.update(table).where(*held).values({name: sa.bindparam(f"new_{name}") for name in names})


def put_back(model: type[db.Model], token: str) -> None:
    """What this claim has not begun waits again, for anybody."""
    table = db.table(model)
    db.session().execute(
        sa.update(table)
        .where(table.c.claim_token == token, table.c.state == WorkState.CLAIMED)
        .values(state=WorkState.PENDING, claim_token=None, lease_until=None)
    )


def hold(model: type[db.Model], ids: Sequence[int], token: str, *, was: WorkState, now: datetime) -> set[int]:
    """Those of `ids` that are still held by this claim, locked until the transaction ends, with a new lease."""
    table = db.table(model)
    held = db.session().execute(
        sa.update(table)
        .where(table.c.id.in_(ids), table.c.state == was, table.c.claim_token == token)
        .values(lease_until=now + LEASE)
        .returning(table.c.id)
    )
    return set(held.scalars())


def settle(model: type[db.Model], outcomes: Mapping[int, Mapping[str, object]]) -> None:
    """Write how held rows ended, in one statement; all outcomes name the same columns. Only for what `hold` returned."""
    if not outcomes:
        return
    table = db.table(model)
    names = next(iter(outcomes.values()))
    db.session().execute(
        sa.update(table)
        .where(table.c.id == sa.bindparam("held_id"))
        .values({name: sa.bindparam(f"new_{name}") for name in names} | {"claim_token": None, "lease_until": None}),
        [{"held_id": id, **{f"new_{name}": value for name, value in ended.items()}} for id, ended in outcomes.items()],
    )


def release_expired(model: type[db.Model], *, now: datetime) -> int:
    """Dead claims become pending again; a claim that died while handing over becomes uncertain and is not repeated."""
    table = db.table(model)
    # Nobody was given a lease that long: it is of a clock that has been set back since.
    dead = (table.c.lease_until < now) | (table.c.lease_until > now + 2 * LEASE)
    uncertain = db.session().execute(
        sa.update(table)
        .where(table.c.state == WorkState.HANDING, dead)
        .values(state=WorkState.UNCERTAIN, claim_token=None, last_error=CUT_SHORT)
    )
    pending = db.session().execute(
        sa.update(table)
        .where(table.c.state == WorkState.CLAIMED, dead)
        .values(
            state=WorkState.PENDING,
            claim_token=None,
            lease_until=None,
            due_at=sa.case((table.c.due_at > now, now), else_=table.c.due_at),  # it was due already when it was taken
        )
    )
    return db.touched(uncertain) + db.touched(pending)


def open_since(model: type[db.Model], *, now: datetime, where: sa.ColumnElement[bool] | None = None) -> datetime | None:
    """Since when the oldest row that could be done by now is not done: it waits, or somebody has it."""
    table = db.table(model)
    waits = sa.and_(table.c.state == WorkState.PENDING, table.c.due_at <= now)
    held = table.c.state.in_([WorkState.CLAIMED, WorkState.HANDING])
    wanted = sa.select(sa.func.min(table.c.due_at)).where(waits | held, sa.true() if where is None else where)
    found: datetime | None = db.session().scalar(wanted)
    return found


def last_claim(model: type[db.Model]) -> datetime | None:
    """When somebody took work last, of what is held now."""
    table = db.table(model)
    leases = {WorkState.CLAIMED: _lease(model), WorkState.HANDING: LEASE}
    wanted = sa.select(table.c.state, sa.func.max(table.c.lease_until)).where(table.c.state.in_(leases))
    taken = [until - leases[state] for state, until in db.session().execute(wanted.group_by(table.c.state)) if until]
    return max(taken, default=None)


def depths(model: type[db.Model]) -> dict[WorkState, int]:
    table = db.table(model)
    rows = db.session().execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state))
    return dict(rows.all())


def retry_at(now: datetime, attempts: int) -> datetime:
    """Growing, jittered gaps: about 1, 2, 4 … minutes, at most an hour."""
    gap = min(60 * 2 ** max(attempts - 1, 0), 3600)
    return now + timedelta(seconds=gap * random.uniform(0.8, 1.2))  # noqa: S311  # no secret
