"""The door of the workers: read calendar addresses that are due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from calakan.availability import apart, services
from calakan.availability.fetching import Fetcher, FetchFailed
from calakan.availability.models import BusySource
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from config import Settings

log = logging.getLogger(__name__)
AGAIN = timedelta(hours=6)
SOON = timedelta(minutes=1)
BATCH = 5
# Longer than a task may last: a calendar that is never done with holds up one worker at a time, and ever more seldom.
UNREAD = timedelta(minutes=30)


def fetch_due(settings: Settings, fetcher: Fetcher | None = None) -> int:
    """Read every address that is due; the network is used outside of any transaction. Returns how many were read."""
    fetcher, read = fetcher or Fetcher(), 0
    with db.transaction():
        claims.release_expired(BusySource, now=clock.now())
        token, ids = claims.claim(BusySource, now=clock.now(), limit=BATCH)
    for id in ids:
        with db.transaction():
            url = _begun(id, token, now=clock.now())
        if url is None:
            continue
        try:
            times = apart.busy_times(fetcher.fetch(url), now=clock.now())
        except (FetchFailed, apart.CalendarUnread) as error:
            log.info("calendar of source %s not read: %s", id, error.why)
            with db.transaction():
                _failed(id, token, error.why, now=clock.now())
        else:
            with db.transaction():
                _read(id, token, times, now=clock.now())
            read += 1
    return read


def _begun(id: int, token: str, *, now: datetime) -> str | None:
    """The address, if it is still this claim's. It waits for its next try from here on: whatever ends the worker is no failure."""
    source = db.session().get(BusySource, id)
    if source is None:
        return None
    url, attempts = source.url, source.attempts + 1
    later = now + min(UNREAD * attempts, timedelta(days=1))
    waits = {"state": WorkState.PENDING, "due_at": later, "lease_until": None, "attempts": attempts}
    return url if claims.step(BusySource, id, token, was=WorkState.CLAIMED, **waits) else None


def _read(id: int, token: str, times: list[tuple[datetime, datetime]], *, now: datetime) -> None:
    """Unless the address was changed or forgotten meanwhile."""
    source = db.session().get(BusySource, id)
    if source is None or source.claim_token != token:
        return
    services.store(source, times)
    source.fetched_at, source.last_error, source.attempts = now, None, 0
    source.due_at, source.claim_token = now + AGAIN, None


def _failed(id: int, token: str, why: str, *, now: datetime) -> None:
    """What was read before stays; the next try comes later and later, at most a day away."""
    source = db.session().get(BusySource, id)
    if source is None or source.claim_token != token:
        return
    if why == "busy":  # others were read: no fault of this one
        source.attempts, source.due_at, source.claim_token = source.attempts - 1, now + SOON, None
        return
    source.last_error, source.claim_token = why, None
    source.due_at = now + min(AGAIN * source.attempts, timedelta(days=1))
