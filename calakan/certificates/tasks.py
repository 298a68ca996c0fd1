"""The door of the workers: number, render, store and announce the papers that wait."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.certificates import paper, rendering, services
from calakan.certificates.models import Certificate
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store
from config import Settings

log = logging.getLogger(__name__)
BATCH = 100


def issue_due(settings: Settings) -> int:
    """Issue everything that is due; returns how many were settled. Any number of workers may run this at once.

    A paper's file is ours alone, so after a crash it is simply made again: same number, same facts.
    """
    store, templates, settled = Store(settings.data_dir / "files"), rendering.Templates(), 0
    while True:
        now = clock.now()
        with db.transaction():
            token, ids = claims.claim(Certificate, now=now, limit=BATCH)
        if not ids:
            return settled
        with db.transaction():
            services.number_and_freeze(ids, token, now=now)
        settled += _make(ids, token, store, templates, settings)


def _make(ids: Sequence[int], token: str, store: Store, templates: rendering.Templates, settings: Settings) -> int:
    papers = (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(Certificate.id.in_(ids), Certificate.claim_token == token)
            .order_by(Certificate.id)
        )
        .all()
    )
    now = clock.now()
    made: list[tuple[int, rendering.Files]] = []
    failed: list[tuple[int, str, bool]] = []
    for row in papers:
        try:
            made.append((row.id, rendering.make(row, store, templates, base_url=settings.base_url, now=now)))
        except (paper.UndrawableError, ValueError) as error:
            failed.append((row.id, str(error)[:300], True))
        except OSError as error:  # a full disk mends itself: try again
            log.warning("certificate %s not stored: %s", row.id, error)
            failed.append((row.id, str(error)[:300], False))
    with db.transaction():
        for id, files in made:
            _settle(id, token, files, now)
        for id, why, final in failed:
            _fail(id, token, why, final=final, now=now)
    return len(made) + len(failed)


def _settle(id: int, token: str, files: rendering.Files, now: datetime) -> None:
    done = claims.step(
        Certificate,
        id,
        token,
        was=WorkState.CLAIMED,
        state=WorkState.DONE,
        sha256=files.sha256,
        prefix_sha256=files.prefix_sha256,
        tail_sha256=files.tail_sha256,
        issued_at=now,
        claim_token=None,
        lease_until=None,
        last_error=None,
    )
    if done:
        paper_row = (
            db.session()
            .scalars(
                sa.select(Certificate)
                .where(Certificate.id == id)
                .options(joinedload(Certificate.person))
                .execution_options(populate_existing=True)
            )
            .one()
        )
        services.tell_holder(paper_row, now=now)


def _fail(id: int, token: str, why: str, *, final: bool, now: datetime) -> None:
    attempts = db.session().get_one(Certificate, id).attempts + 1
    values: dict[str, object] = {"attempts": attempts, "last_error": why, "claim_token": None, "lease_until": None}
    if final:
        values["state"] = WorkState.FAILED
    else:
        # Never given up: somebody waits for this paper.
        values |= {"state": WorkState.PENDING, "due_at": claims.retry_at(now, min(attempts, 1))}
    claims.step(Certificate, id, token, was=WorkState.CLAIMED, **values)


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then issue: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Certificate, now=clock.now())
    return issue_due(settings)
