"""Switches off what keeps a promise, to see that a year without it is noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

import sqlalchemy as sa

from calakan import wiring
from calakan.certificates import numbering
from calakan.certificates.models import RegisterKind
from calakan.kernel import claims, codes, db
from calakan.kernel.claims import WorkState

SWEEPS = ("notifications.sweep", "certificates.sweep")


@contextmanager
def without_lock() -> Iterator[None]:
    """Whoever counts seats holds nothing meanwhile. SQLite has one writer whatever we do."""

    def hold(model: type[db.Base], id: int, *columns: Any) -> Any:
        table = db.table(model)
        return (
            db.session()
            .execute(sa.select(table.c.id, *(table.c[c.key] for c in columns)).where(table.c.id == id))
            .one()
        )

    with mock.patch.object(db, "hold", hold), mock.patch.object(db, "_stand_in_line"):
        yield


@contextmanager
def without_claim() -> Iterator[None]:
    """Workers take what others hold, and go on with what they lost."""

    def claim(model: type[db.Base], *, now: datetime, limit: int, **_: object) -> tuple[str, Sequence[int]]:
        table, token = db.table(model), codes.code(26)
        wanted = sa.select(table.c.id).where(
            table.c.state.in_([WorkState.PENDING, WorkState.CLAIMED]), table.c.due_at <= now
        )
        taken = db.session().execute(
            sa.update(table)
            .where(table.c.id.in_(wanted.limit(limit)))
            .values(state=WorkState.CLAIMED, claim_token=token, lease_until=now + claims.LEASE)
            .returning(table.c.id)
        )
        return token, sorted(taken.scalars())

    def step(model: type[db.Base], id: int, token: str, *, was: WorkState, **values: object) -> bool:
        table = db.table(model)
        db.session().execute(sa.update(table).where(table.c.id == id).values(values))
        return True

    with mock.patch.object(claims, "claim", claim), mock.patch.object(claims, "step", step):
        yield


@dataclass
class _Uncounted:
    """A register that forgets how far it was."""

    kind: RegisterKind
    year: int
    last_serial: int = 0


@contextmanager
def without_counter() -> Iterator[None]:
    """Each round of papers begins with the number one."""
    with mock.patch.object(numbering, "register_of", _Uncounted):
        yield


@contextmanager
def without_sweep() -> Iterator[None]:
    """What no ring announced, nobody finds."""
    with mock.patch.dict(wiring.WORK, dict.fromkeys(SWEEPS, lambda _: 0)):
        yield


CONTROLS = {"lock": without_lock, "claim": without_claim, "sweep": without_sweep, "counter": without_counter}
