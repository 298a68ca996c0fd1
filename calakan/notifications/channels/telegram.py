"""A Telegram bot (https://core.telegram.org/bots/api#sendmessage): plain text, its floods obeyed, blocked chats given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from calakan.notifications.channels.gateway import Answer, Gateway, in_trouble, seconds
from calakan.notifications.channels.interface import TIMEOUT_SECONDS, Outcome, Parcel, Result
from calakan.notifications.letters import short_of

# About thirty messages a second leave a bot; a margin for answers to /start.
USUAL_CAPS: Mapping[timedelta, int] = {timedelta(seconds=1): 25}
LONGEST = 4096
FLOOD = timedelta(seconds=30)
GONE = ("chat not found", "user is deactivated", "peer_id_invalid")


class TelegramChannel:
    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._path = f"/bot{token}/sendMessage"
        self._gateway = Gateway(url, [token], timeout=timeout)

    def send(self, parcel: Parcel) -> Result:
        text = short_of(parcel.letter)[:LONGEST]
        body = {"chat_id": parcel.address, "text": text, "link_preview_options": {"is_disabled": True}}
        return self._gateway.post_json(self._path, body, lambda answer: _judged(answer, parcel.address))

    def close(self) -> None:
        pass


def _judged(answer: Answer, chat: str) -> Result:
    body = answer.body
    result, parameters = body.get("result"), body.get("parameters")
    if body.get("ok") is True and isinstance(result, dict):
        return Result(Outcome.SENT, provider_id=f"{chat}/{result.get('message_id', '')}")
    code, words = body.get("error_code", answer.status), str(body.get("description", ""))
    detail = f"{code} {words}"
    if code == 429:
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return in_trouble(detail, seconds(wait, otherwise=FLOOD))
    if code in (401, 404):  # what the Bot API says to a token it does not know
        return in_trouble(detail)
    if code == 403 or any(sign in words.lower() for sign in GONE):
        return Result(Outcome.GONE, detail)
    return Result(Outcome.LATER if answer.status >= 500 else Outcome.REFUSED, detail)
