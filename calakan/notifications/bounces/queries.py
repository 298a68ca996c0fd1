"""Which addresses do not take our letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from calakan.kernel import db
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.models import Bounce

SOME = 20  # for a page; the rest is found by the search
_refusing = (Bounce.kind == BounceKind.HARD, Bounce.trusted_at.is_(None))


def refusing(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that gave a letter back for good."""
    wanted = sa.select(Bounce.address).where(Bounce.address.in_(set(addresses)), *_refusing)
    return set(db.session().scalars(wanted))


def some_refusals() -> tuple[Sequence[Bounce], int]:
    """The newest addresses that give letters back, each by its last bounce; and how many there are."""
    last = sa.select(sa.func.max(Bounce.id)).where(*_refusing).group_by(Bounce.address)
    newest = sa.select(Bounce).where(Bounce.id.in_(last)).order_by(Bounce.id.desc()).limit(SOME)
    number = db.session().scalar(sa.select(sa.func.count(Bounce.address.distinct())).where(*_refusing))
    return db.session().scalars(newest).all(), number or 0


def refusal(address: str | None) -> Bounce | None:
    """Why no mail goes to this address; None when it does."""
    wanted = sa.select(Bounce).where(Bounce.address == address, *_refusing).order_by(Bounce.id.desc()).limit(1)
    return db.session().scalar(wanted)


def soft_bounces(address: str | None) -> int:
    """How many letters came back that others may follow: a full mailbox, say."""
    wanted = sa.select(sa.func.count(Bounce.id)).where(
        Bounce.address == address, Bounce.kind == BounceKind.SOFT, Bounce.trusted_at.is_(None)
    )
    return db.session().scalar(wanted) or 0
