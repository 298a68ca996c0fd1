"""WhatsApp by Wablas (https://www.wablas.com/documentation/api): a phone of the office's own on a server named to it."""

from __future__ import annotations

from calakan.notifications.channels.fonnte import OF_THE_ACCOUNT, OF_THE_MESSAGE, USUAL_CAPS
from calakan.notifications.channels.gateway import Answer, Gateway, in_trouble
from calakan.notifications.channels.interface import TIMEOUT_SECONDS, Outcome, Parcel, Result
from calakan.notifications.letters import short_of

__all__ = ["USUAL_CAPS", "WablasChannel"]


class WablasChannel:
    """The token is `token`, or `token.secret` where the device asks for both."""

    def __init__(self, token: str, *, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._gateway = Gateway(url, [token, *token.split(".")], {"Authorization": token}, timeout)

    def send(self, parcel: Parcel) -> Result:
        body = {"phone": parcel.address, "message": short_of(parcel.letter)}
        return self._gateway.post_form("/api/send-message", body, _judged)

    def close(self) -> None:
        pass


def _judged(answer: Answer) -> Result:
    body = answer.body
    data = body.get("data")
    if body.get("status") is True and isinstance(data, dict):
        messages = data.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else {}
        return Result(Outcome.SENT, provider_id=str(first.get("id", "")) if isinstance(first, dict) else "")
    detail = str(body.get("message") or f"status {answer.status}")
    words = detail.lower()
    if answer.status in (401, 403) or any(sign in words for sign in OF_THE_ACCOUNT):
        return in_trouble(detail)
    refused = answer.status < 500 and any(sign in words for sign in (*OF_THE_MESSAGE, "phone"))
    return Result(Outcome.REFUSED if refused else Outcome.LATER, detail)
