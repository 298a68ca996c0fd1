"""The door of the workers: files that were asked for, those whose time is over, and the rolls that counting reads."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from calakan.certificates.errors import YearUnsigned
from calakan.certificates.yearly.many import UnsignedError
from calakan.kernel import claims, clock, db
from calakan.kernel.buckets import Bucket
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.kernel.files import AwayError
from calakan.reports import rolls, schedules, services
from calakan.reports.documents import making
from calakan.reports.documents.making import Order
from calakan.reports.errors import ExportNotMade, StorageFull
from calakan.reports.models import Export
from calakan.reports.shelf import FOLDER, Kept, Shelf
from config import Settings

log = logging.getLogger(__name__)
DRAFTS_FOR = timedelta(days=1)
MOST_UNFORESEEN = 3


class _Stopped(Exception):
    """Somebody asked to leave it, or the claim is lost."""


def shelf(settings: Settings) -> Shelf:
    return Shelf(settings.data_dir / FOLDER, Bucket(settings.files_url) if settings.many_hosts else None)


def make_due(settings: Settings) -> int:
    """Make files that are due for the length of a shift, one after the other, and ring for the rest; returns how many.

    Any number of workers may run this at once.
    """
    settled, shift = 0, claims.Shift()
    while not shift.is_over():
        with db.transaction():
            token, ids = claims.claim(Export, now=clock.now(), limit=1)
        if not ids:
            return settled
        _make(ids[0], token, settings)
        settled += 1
    with db.transaction():
        db.ring(services.QUEUE)
    return settled


def _make(id: int, token: str, settings: Settings) -> None:
    """The file is ours alone, so after a crash it is simply made again. Nothing is offered before it is on the disk."""
    place = shelf(settings)
    try:
        order = making.order(id)
        with place.draft(order.code, token) as draft:
            _write(order, draft, token, settings)
            kept = place.keep(draft, order.code)
    except _Stopped:
        _settle(id, token, state=WorkState.DROPPED, finished_at=clock.now())
    except DomainError as error:
        _settle(id, token, state=WorkState.FAILED, last_error=error.code, finished_at=clock.now())
    except UnsignedError as error:  # so does a key that is away
        log.warning("export %s not signed: %s", id, error)
        _again(id, token, YearUnsigned.code, most=claims.MOST_ATTEMPTS)
    except AwayError as error:  # no fault of this file, however long it lasts
        log.warning("export %s waits for the store: %s", id, error)
        _again(id, token, ExportNotMade.code, most=None)
    except OSError as error:  # a full disk mends itself: try again
        log.warning("export %s not stored: %s", id, error)
        _again(id, token, StorageFull.code, most=claims.MOST_ATTEMPTS)
    except Exception as error:  # what cannot be made must not come back for ever; what was in its way is in the log
        if isinstance(error, SQLAlchemyError) and db.is_away(error):
            raise  # no fault of this file: its lease ends, and the next one begins it
        log.exception("export %s cannot be made", id)
        db.session().rollback()
        _again(id, token, ExportNotMade.code, most=MOST_UNFORESEEN)
    else:
        _done(order, token, kept)


def _write(order: Order, draft: Path, token: str, settings: Settings) -> None:
    def progress(written: int, total: int) -> None:
        """Renews the lease, shows how far it is, and asks whether it is still wanted."""
        with db.transaction():
            held = claims.hold(Export, [order.id], token, was=WorkState.CLAIMED, now=clock.now())
            wanted = held and not db.session().scalar(sa.select(Export.stop).where(Export.id == order.id))
            if wanted:
                claims.step(Export, order.id, token, was=WorkState.CLAIMED, written=written, total=total)
        if not wanted:
            raise _Stopped

    making.write(order, draft, progress, settings=settings, now=clock.now())


def _settle(id: int, token: str, **values: object) -> None:
    with db.transaction():
        claims.step(Export, id, token, was=WorkState.CLAIMED, claim_token=None, lease_until=None, **values)


def _again(id: int, token: str, why: str, *, most: int | None) -> None:
    """Once more in a minute, or failed after `most` tries; None: this one does not count. Whoever asked reads why either way."""
    now = clock.now()
    attempts = db.session().get_one(Export, id, populate_existing=True).attempts + (most is not None)
    given_up = most is not None and attempts >= most
    _settle(
        id, token, attempts=attempts, last_error=why, finished_at=now if given_up else None,
        state=WorkState.FAILED if given_up else WorkState.PENDING, due_at=claims.retry_at(now, 1),
    )  # fmt: skip


def _done(order: Order, token: str, kept: Kept) -> None:
    now = clock.now()
    with db.transaction():
        settled = claims.step(
            Export, order.id, token, was=WorkState.CLAIMED, state=WorkState.DONE, claim_token=None, lease_until=None,
            finished_at=now, expires_at=services.keep_until(now), file_name=making.file_name(order, now=now),
            size=kept.size, sha256=kept.sha256, last_error=None,
        )  # fmt: skip
        if settled:
            schedules.tell(order.id, now=now)


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then work: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Export, now=clock.now())
    return make_due(settings)


def forget(settings: Settings) -> int:
    """Files past their time, of removed rows, and what killed workers left; returns how many files went."""
    now, place = clock.now(), shelf(settings)
    with db.transaction():
        services.expire(now=now)
    gone = set(db.session().scalars(sa.select(Export.code).where(Export.removed_at.is_not(None))))
    unwanted = [code for code in place.codes() if code in gone]
    for code in unwanted:
        place.remove(code)
    return len(unwanted) + place.clear_drafts(before=now - DRAFTS_FOR)


def keep_rolls(settings: Settings) -> int:
    """Make the rolls of every diklat that was changed, one transaction each; returns how many diklat."""
    diklat_ids = rolls.stale()
    for diklat_id in diklat_ids:
        with db.transaction():
            rolls.keep(diklat_id)
    return len(diklat_ids)


def send_monthly(settings: Settings) -> int:
    """Ask for the files of the month that is over; returns how many."""
    asked = 0
    for schedule_id in schedules.due(today=clock.today()):
        try:
            with db.transaction():
                asked += schedules.ask_for(schedule_id, today=clock.today(), now=clock.now())
        except DomainError as error:  # such as too many files at once: the next hour tries again
            log.warning("monthly report %s not asked for: %s", schedule_id, error)
    return asked
