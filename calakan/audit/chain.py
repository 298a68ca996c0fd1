"""The chain over the trail: made by the beat over entries that are committed, so that no act waits for another's entry.

Entries take their place in the order in which the beat finds them; one whose transaction lasted longer comes later. Each
link covers the one before, and each evening's head is vouched for with a key outside the database.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from calakan.audit.models import AuditEntry, TrailHead, TrailLink
from calakan.kernel import clock, db, vault

log = logging.getLogger(__name__)
CHUNK = 1000
REACH = 5000  # an entry whose number is so far behind the newest is looked for once a day
PATIENCE = timedelta(days=2)


def seal(*, thorough: bool = False) -> int:
    """Give up to CHUNK entries their place, in a transaction of its own; returns how many. Of two at once one does it."""
    try:
        with db.transaction() as session:
            last = session.execute(
                sa.select(TrailLink.position, TrailLink.hash).order_by(TrailLink.position.desc()).limit(1)
            ).first()
            position, before = (last.position, last.hash) if last is not None else (0, "")
            rows = []
            for entry in _waiting(thorough=thorough):
                position, salt = position + 1, secrets.token_hex(16)
                words = words_of(entry, salt)
                before = hash_of(entry, position, before, words)
                rows.append({"position": position, "entry_id": entry.id, "salt": salt, "words": words, "hash": before})
            if rows:
                session.execute(sa.insert(TrailLink), rows)
            return len(rows)
    except IntegrityError:
        log.info("another worker made these links of the trail")
        return 0


def _waiting(*, thorough: bool) -> Iterator[AuditEntry]:
    wanted = (
        sa.select(AuditEntry)
        .where(~sa.exists().where(TrailLink.entry_id == AuditEntry.id))
        .order_by(AuditEntry.id)
        .limit(CHUNK)
        # An erasure that is taking words out of one of them waits, or is waited for.
        .with_for_update(read=True)
    )
    if not thorough:
        newest = sa.select(sa.func.coalesce(sa.func.max(TrailLink.entry_id), 0)).scalar_subquery()
        wanted = wanted.where(AuditEntry.id > newest - REACH)
    yield from db.session().scalars(wanted)


def close_day(*, now: datetime) -> bool:
    """Note where the chain stands after yesterday, once; whatever was left behind takes its place before."""
    day = clock.local(now).date() - timedelta(days=1)
    if db.session().get(TrailHead, day) is not None:
        return False
    while seal(thorough=True):
        pass
    with db.transaction() as session:
        last = session.scalars(sa.select(TrailLink).order_by(TrailLink.position.desc()).limit(1)).first()
        if last is None:
            return False
        stated = _stated(day, last.position, last.hash)
        proof = vault.proof(stated)
        session.execute(sa.insert(TrailHead).values(day=day, position=last.position, hash=last.hash, proof=proof))
    log.info("trail: head of %s", stated)
    return True


def _stated(day: date, position: int, hash: str) -> str:
    return f"{day.isoformat()} {position} {hash}"


def words_of(entry: AuditEntry, salt: str) -> str:
    """A digest of what an erasure may take away."""
    return _digest([salt, entry.actor_name, entry.subject_name, entry.facts])


def hash_of(entry: AuditEntry, position: int, before: str, words: str) -> str:
    return _digest([
        position, before, entry.id, entry.at.isoformat(), entry.actor_id, entry.act, entry.subject_kind, entry.subject_id,
        words,
    ])  # fmt: skip


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def breaks(*, now: datetime, erased: Collection[int], newest: int | None = None) -> Iterator[str]:
    """One line for each entry, link or head that is not what it was; of the `newest` links alone where that is given.

    `erased` are the people whose words may be gone.
    """
    last = db.session().scalar(sa.select(sa.func.max(TrailLink.position))) or 0
    first = 1 if newest is None else max(1, last - newest + 1)
    yield from _links(first, set(erased))
    yield from _outside(now)
    for head in db.session().scalars(sa.select(TrailHead).order_by(TrailHead.day)):
        link = db.session().get(TrailLink, head.position)
        stated = _stated(head.day, head.position, head.hash)
        if not vault.proves(head.proof, stated) or link is None or link.hash != head.hash:
            yield f"the head of {head.day} is not the one that was noted"


def _outside(now: datetime) -> Iterator[str]:
    """Once the chain has begun: before, everything stands outside, also what is dated long ago, as a demo is."""
    if db.session().scalar(sa.select(TrailLink.position).limit(1)) is None:
        return
    late = sa.select(AuditEntry.id, AuditEntry.act).where(
        ~sa.exists().where(TrailLink.entry_id == AuditEntry.id), AuditEntry.at < now - PATIENCE
    )
    for id, act in db.session().execute(late.order_by(AuditEntry.id)):
        yield f"entry {id} ({act}) stands outside of the chain"


def _links(first: int, erased: set[int]) -> Iterator[str]:
    before = db.session().scalar(sa.select(TrailLink.hash).where(TrailLink.position == first - 1)) or ""
    expected = first
    rows = db.session().execute(
        sa.select(TrailLink, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == TrailLink.entry_id)
        .where(TrailLink.position >= first)
        .order_by(TrailLink.position)
        .execution_options(yield_per=CHUNK)
    )
    for link, entry in rows:
        if link.position != expected:
            yield f"links {expected} to {link.position - 1} are missing"
        if entry is None:
            yield f"entry {link.entry_id} was taken away"
        elif link.hash != hash_of(entry, link.position, before, link.words):
            yield f"entry {entry.id} ({entry.act}) was changed, or its link"
        elif not _words_stand(link, entry, erased):
            yield f"entry {entry.id} ({entry.act}): its names or facts were changed"
        before, expected = link.hash, link.position + 1


def _words_stand(link: TrailLink, entry: AuditEntry, erased: set[int]) -> bool:
    if link.salt is not None:
        return link.words == words_of(entry, link.salt)
    return link.erased_id in erased
