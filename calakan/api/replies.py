"""Keeping answers for a day: the same key and the same request find the first answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.api.errors import KeyReused
from calakan.api.models import ApiReply
from calakan.kernel import db

KEPT_FOR = timedelta(hours=24)


def kept(token_hash: str, key: str, fingerprint: str, *, now: datetime) -> ApiReply | None:
    """The answer that was given. Raises KeyReused when the key belongs to another request."""
    found = db.session().scalar(
        sa.select(ApiReply).where(
            ApiReply.token_hash == token_hash, ApiReply.key == key, ApiReply.created_at > now - KEPT_FOR
        )
    )
    if found is not None and found.fingerprint != fingerprint:
        raise KeyReused()
    return found


def reserve(token_hash: str, key: str, fingerprint: str, *, now: datetime) -> ApiReply:
    """Take the key, before the act: of two equal requests at once one waits here and loses. Raises KeyInUse at the flush."""
    db.session().execute(
        sa.delete(ApiReply).where(
            ApiReply.token_hash == token_hash, ApiReply.key == key, ApiReply.created_at <= now - KEPT_FOR
        )
    )
    reply = ApiReply(token_hash=token_hash, key=key, fingerprint=fingerprint, created_at=now)
    db.session().add(reply)
    db.session().flush()
    return reply


def forget(*, now: datetime) -> int:
    gone = db.session().execute(sa.delete(ApiReply).where(ApiReply.created_at <= now - KEPT_FOR))
    return db.touched(gone)
