"""Taking in what a provider tells: each piece counts once, in whatever order and however often it comes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.notifications.webhooks.news import Fate, News, Receipt

_LEFT = (WorkState.DONE, WorkState.FAILED)


def take(way: Way, news: News, *, now: datetime) -> News:
    """Returns what it changed of agreements: the chats that were opened, the addresses that were closed."""
    for receipt in news.receipts:
        if receipt.provider_id:
            _note(way, receipt)
    return News(
        starts=[(token, chat) for token, chat in news.starts if addresses.confirm_chat(token, chat, now=now)],
        stops=[(address, at) for address, at in news.stops if addresses.stop(way, address, said_at=at, now=now)],
        blocked=[(address, at) for address, at in news.blocked if addresses.stop(way, address, said_at=at, now=now)],
    )


def _note(way: Way, receipt: Receipt) -> None:
    """Earliest moments stay; what was delivered does not fail afterwards, what was said to fail may still arrive."""
    values: dict[str, object] = {}
    at, failed = sa.literal(receipt.at, db.UTCDateTime()), sa.literal(WorkState.FAILED, Message.state.type)
    if receipt.fate is Fate.FAILED:
        lost = sa.and_(Message.delivered_at.is_(None), Message.state == WorkState.DONE)
        values = {
            "state": sa.case((lost, failed), else_=Message.state),
            "last_error": sa.case((lost, receipt.detail or "failed"), else_=Message.last_error),
        }
    elif receipt.fate is not None:
        values = {
            "delivered_at": sa.func.coalesce(Message.delivered_at, at),
            "state": WorkState.DONE,
            "last_error": None,
        }
        if receipt.fate is Fate.READ:
            values["read_at"] = sa.func.coalesce(Message.read_at, at)
    if receipt.renamed:
        values["provider_id"] = receipt.renamed
    if values:
        db.session().execute(
            sa.update(Message)
            .where(Message.provider_id == receipt.provider_id, Message.channel == way, Message.state.in_(_LEFT))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
