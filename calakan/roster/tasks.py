"""The door of the workers: lists to be read, applied or taken back, and those that were kept long enough."""

from __future__ import annotations

import logging
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.roster import lists, working
from calakan.roster.models import RosterList
from calakan.tables.errors import TableUnreadable
from config import Settings

log = logging.getLogger(__name__)
MOST_UNFORESEEN = 3
SOON = timedelta(seconds=10)


def work_due(settings: Settings) -> int:
    """Bring lists to the end of their stage for the length of a shift; returns how many. Any number of workers may run this."""
    settled, shift = 0, claims.Shift()
    while not shift.is_over():
        if not work_one():
            return settled
        settled += 1
    with db.transaction():
        db.ring(lists.QUEUE)
    return settled


def work_one(list_id: int | None = None) -> bool:
    """The list that waits longest, or this one; whether it waited. What fails unforeseen is tried again, then left to people."""
    with db.transaction():
        only = {"id": list_id} if list_id is not None else None
        token, ids = claims.claim(RosterList, now=clock.now(), limit=1, only=only)
    if not ids:
        return False
    try:
        working.work(ids[0], token)
    except working.Lost:
        log.warning("roster list %s went on elsewhere", ids[0])
    except TableUnreadable:
        log.warning("roster list %s waits: other files are read", ids[0])
        db.session().rollback()
        _soon(ids[0], token)
    except Exception as error:
        if not (isinstance(error, SQLAlchemyError) and db.is_away(error)):  # no fault of this list: its lease ends
            db.session().rollback()
            _again(ids[0], token, error)
        raise
    return True


def _soon(id: int, token: str) -> None:
    """Its turn to be read did not come, which is no fault of the list."""
    with db.transaction():
        claims.step(
            RosterList, id, token, was=WorkState.CLAIMED, claim_token=None, lease_until=None, state=WorkState.PENDING,
            due_at=clock.now() + SOON,
        )  # fmt: skip


def _again(id: int, token: str, error: Exception) -> None:
    """Later, or failed after `MOST_UNFORESEEN` tries: it stands as far as it came, and its page says so."""
    now = clock.now()
    with db.transaction():
        attempts = 1 + (db.session().scalar(sa.select(RosterList.attempts).where(RosterList.id == id)) or 0)
        claims.step(
            RosterList, id, token, was=WorkState.CLAIMED, claim_token=None, lease_until=None, attempts=attempts,
            state=WorkState.FAILED if attempts >= MOST_UNFORESEEN else WorkState.PENDING,
            due_at=claims.retry_at(now, attempts), last_error=type(error).__name__,
        )  # fmt: skip


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then work: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(RosterList, now=clock.now())
    return work_due(settings)


def forget(settings: Settings) -> int:
    with db.transaction():
        return lists.forget(now=clock.now())
