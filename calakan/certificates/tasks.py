"""The door of the workers: number, render, store and announce the papers that wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan import paper
from calakan.certificates import numbering, queries, rendering, services
from calakan.certificates.models import Certificate
from calakan.certificates.seals import Seals
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import system
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store, opened
from config import Settings

log = logging.getLogger(__name__)
BATCH = 200
LET_GO_SECONDS = 10.0
MOST_FAULTS = 3
"""A key or a service that is away for so many papers is away for the whole batch."""

RULE = system("rule of the diklat")


def issue_due(settings: Settings) -> int:
    """Issue what is due for the length of a shift, and ring for the rest; returns how many were settled.

    Any number of workers may run this at once.
    A paper's file is ours alone, so after a crash it is simply made again: same number, same facts.
    """
    store, settled = opened(settings), 0
    templates = rendering.Templates(settings.base_url, store)
    seals, helped, shift = Seals(settings, now=clock.now()), False, claims.Shift()
    while not shift.is_over():
        now = clock.now()
        with db.transaction():
            token, ids = claims.claim(Certificate, now=now, limit=BATCH)
            if len(ids) == BATCH and not helped:
                db.ring(services.QUEUE)  # more than one worker's share: the next one joins in
                helped = True
        if not ids:
            return settled
        with db.transaction():
            numbering.number_and_freeze(ids, token, now=now)
        settled += _make(ids, token, store, templates, seals)
    with db.transaction():
        db.ring(services.QUEUE)
    return settled


@dataclass(frozen=True)
class _Failure:
    why: str
    final: bool


def _waits(error: OSError) -> _Failure:
    """Its class comes first: the board tells by it what is away."""
    return _Failure(f"{type(error).__name__}: {error}"[:300], final=False)


def _make(ids: Sequence[int], token: str, store: Store, templates: rendering.Templates, seals: Seals) -> int:
    """Draw all, store all, then settle all in one transaction: no row is issued before its file is on the disk."""
    now = clock.now()
    drawn, failed = _draw(ids, token, templates, seals, now=now)
    try:
        files = dict(zip(drawn, rendering.keep(list(drawn.values()), store), strict=True))
    except OSError as error:  # a full disk mends itself: try again
        log.warning("%s certificates not stored: %s", len(drawn), error)
        files = {}
        failed |= dict.fromkeys(drawn, _waits(error))
    with db.transaction():
        held = claims.hold(Certificate, ids, token, was=WorkState.CLAIMED, now=now)
        _settle({id: made for id, made in files.items() if id in held}, now, signed=not seals.elsewhere)
        for id in failed.keys() & held:
            _fail(id, token, failed[id], now=now)
    return len(files) + len(failed)


def _draw(
    ids: Sequence[int], token: str, templates: rendering.Templates, seals: Seals, *, now: datetime
) -> tuple[dict[int, rendering.Drawn], dict[int, _Failure]]:
    drawn: dict[int, rendering.Drawn] = {}
    failed: dict[int, _Failure] = {}
    faults: list[_Failure] = []
    read_at = time.monotonic()
    rows = db.session().scalars(
        sa.select(Certificate)
        .where(Certificate.id.in_(ids), Certificate.claim_token == token)
        .order_by(Certificate.id)
        .execution_options(populate_existing=True)
    )
    for row in rows.all():
        if time.monotonic() - read_at > LET_GO_SECONDS:  # a slow token must not keep a transaction open
            db.session().rollback()
            read_at = time.monotonic()
        if len(faults) == MOST_FAULTS:
            failed[row.id] = faults[-1]
            continue
        try:
            drawn[row.id] = rendering.draw(row, templates, seals, now=now)
        except (paper.UndrawableError, ValueError) as error:
            failed[row.id] = _Failure(str(error)[:300], final=True)
        except OSError as error:  # a key or a time stamp service that is away comes back: try again
            log.warning("certificate %s not signed: %s", row.id, error)
            faults.append(_waits(error))
            failed[row.id] = faults[-1]
    return drawn, failed


def _settle(files: Mapping[int, rendering.Files], now: datetime, *, signed: bool) -> None:
    """What an official has to sign first waits for that; the holder is told once it is done."""
    state, issued_at = (WorkState.DONE, now) if signed else (WorkState.SIGNING, None)
    claims.settle(
        Certificate,
        {
            id: {"state": state, "issued_at": issued_at, "last_error": None, **asdict(made)}
            for id, made in files.items()
        },
    )
    if signed:
        services.tell_holders(list(files), now=now)


def _fail(id: int, token: str, failure: _Failure, *, now: datetime) -> None:
    attempts = db.session().get_one(Certificate, id).attempts + 1
    values: dict[str, object] = {
        "attempts": attempts,
        "last_error": failure.why,
        "claim_token": None,
        "lease_until": None,
    }
    if failure.final:
        values["state"] = WorkState.FAILED
    else:
        # Never given up: somebody waits for this paper.
        values |= {"state": WorkState.PENDING, "due_at": claims.retry_at(now, min(attempts, 1))}
    claims.step(Certificate, id, token, was=WorkState.CLAIMED, **values)


def sweep(settings: Settings) -> int:
    """Free what dead workers held, ask for what a rule says, then issue: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Certificate, now=clock.now())
    for diklat_id in queries.due_early(clock.now()):
        with db.transaction():
            services.request_early(diklat_id, actor=RULE, now=clock.now())
    for diklat_id in queries.due_late(clock.now()):
        with db.transaction():
            services.request_for(diklat_id, actor=RULE, now=clock.now())
    return issue_due(settings)
