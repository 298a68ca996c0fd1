"""News from a provider, read from whatever JSON came in: nothing in it is trusted to be of the right kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

MOST_ITEMS = 500
STOP = {"stop", "/stop", "berhenti", "/berhenti"}


class Fate(StrEnum):
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


_FATES = {
    "read": Fate.READ,
    **dict.fromkeys(("delivered", "received"), Fate.DELIVERED),
    **dict.fromkeys(("failed", "invalid", "expired", "url unreachable", "cancel", "reject", "rejected"), Fate.FAILED),
}


@dataclass(frozen=True)
class Receipt:
    """`renamed` is another id by which the provider speaks of the message from now on."""

    provider_id: str
    fate: Fate | None
    at: datetime
    detail: str = ""
    renamed: str = ""


@dataclass(frozen=True)
class News:
    """`stops` are addresses from which somebody wrote STOP, `starts` tokens of our links with the chat that opened them."""

    receipts: list[Receipt] = field(default_factory=list)
    stops: list[tuple[str, datetime]] = field(default_factory=list)
    starts: list[tuple[str, str]] = field(default_factory=list)
    blocked: list[tuple[str, datetime]] = field(default_factory=list)


def of_cloud(body: Any, now: datetime) -> News:
    """https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components"""
    news = News()
    for entry in _maps(_map(body).get("entry")):
        for change in _maps(entry.get("changes")):
            value = _map(change.get("value"))
            for status in _maps(value.get("statuses")):
                error = next(iter(_maps(status.get("errors"))), {})
                words = f"{_text(error.get('code'))} {_text(error.get('title'))}".strip()
                news.receipts.append(_receipt(status.get("id"), status.get("status"), status, now, words))
            for message in _maps(value.get("messages")):
                _hear(news, message.get("from"), _map(message.get("text")).get("body"), message.get("timestamp"), now)
    return news


def of_fonnte(body: Mapping[str, Any], now: datetime) -> News:
    """https://docs.fonnte.com/webhook-update-message-status/: first `id` with `stateid`, then `stateid` alone."""
    news = News()
    if "sender" in body:
        _hear(news, body.get("sender"), body.get("message"), body.get("timestamp"), now)
        return news
    known, state_id = _id(body.get("id")), _id(body.get("stateid"))
    words = body.get("state") or body.get("status")
    receipt = _receipt(known or state_id, words, body, now, _text(body.get("status")))
    renamed = state_id if known and state_id != known else ""
    news.receipts.append(Receipt(receipt.provider_id, receipt.fate, receipt.at, receipt.detail, renamed))
    return news


def of_wablas(body: Mapping[str, Any], now: datetime) -> News:
    """Tracking has a `status`; an incoming message has a `message`."""
    news = News()
    if "message" in body and "status" not in body:
        _hear(news, body.get("phone"), body.get("message"), body.get("timestamp"), now)
    else:
        words = _text(body.get("note")) or _text(body.get("status"))
        news.receipts.append(_receipt(body.get("id"), body.get("status"), body, now, words))
    return news


def of_telegram(body: Any, now: datetime) -> News:
    """https://core.telegram.org/bots/api#update: private chats only."""
    news, update = News(), _map(body)
    message, member = _map(update.get("message")), _map(update.get("my_chat_member"))
    chat = _chat(message)
    if chat:
        words = _text(message.get("text"))
        start = re.fullmatch(r"/start ([A-Za-z0-9_-]{1,64})", words.strip())
        if start is not None:
            news.starts.append((start[1], chat))
        elif words.strip().lower() in STOP:
            news.stops.append((chat, _moment(message.get("date"), now)))
    if _chat(member) and _map(member.get("new_chat_member")).get("status") == "kicked":
        news.blocked.append((_chat(member), _moment(member.get("date"), now)))
    return news


def _chat(message: Mapping[str, Any]) -> str:
    chat = _map(message.get("chat"))
    return _id(chat.get("id")) if chat.get("type") == "private" else ""


def _hear(news: News, sender: Any, words: Any, said_at: Any, now: datetime) -> None:
    number = re.sub(r"\D", "", _text(sender)) if isinstance(sender, str | int) else ""
    if number and _text(words).strip().lower() in STOP:
        news.stops.append((f"62{number[1:]}" if number.startswith("0") else number, _moment(said_at, now)))


def _receipt(provider_id: Any, status: Any, body: Mapping[str, Any], now: datetime, words: str) -> Receipt:
    fate = _FATES.get(_text(status).strip().lower())
    return Receipt(_id(provider_id), fate, _moment(body.get("timestamp"), now), words if fate is Fate.FAILED else "")


def _moment(value: Any, now: datetime) -> datetime:
    """When the provider says it was; what is missing, unreadable or in the future is now."""
    try:
        return min(datetime.fromtimestamp(int(value), UTC), now)
    except (TypeError, ValueError, OverflowError, OSError):
        return now


def _id(value: Any) -> str:
    """An id as providers give them: letters, digits and signs of ASCII; anything else is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[\x21-\x7e]{1,200}", text) else ""


def _text(value: Any) -> str:
    text = str(value)[:200] if isinstance(value, str | int) else ""
    return "".join(c if c.isprintable() else " " for c in text)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value[:MOST_ITEMS] if isinstance(item, dict)] if isinstance(value, list) else []
