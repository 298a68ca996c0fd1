"""WhatsApp by Fonnte (https://docs.fonnte.com/api-send-message/): a phone of the office's own, so slowly and not much.

It answers 200 to everything; `status` and `reason` say what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from calakan.notifications.channels.gateway import Answer, Gateway, in_trouble
from calakan.notifications.channels.interface import TIMEOUT_SECONDS, Outcome, Parcel, Result
from calakan.notifications.letters import short_of

URL = "https://api.fonnte.com"
# WhatsApp bans private numbers that write like a machine.
USUAL_CAPS: Mapping[timedelta, int] = {timedelta(seconds=8): 1, timedelta(days=1): 300}
OF_THE_ACCOUNT = ("token", "device", "disconnect", "quota", "package", "expired", "banned")
OF_THE_MESSAGE = ("target", "number", "body", "input", "content")


class FonnteChannel:
    def __init__(self, token: str, *, url: str = URL, timeout: float = TIMEOUT_SECONDS) -> None:
        self._gateway = Gateway(url, [token], {"Authorization": token}, timeout)

    def send(self, parcel: Parcel) -> Result:
        # The number is whole already: 0 keeps the country code from being put before it.
        body = {"target": parcel.address, "message": short_of(parcel.letter), "countryCode": "0"}
        return self._gateway.post_form("/send", body, _judged)

    def close(self) -> None:
        pass


def _judged(answer: Answer) -> Result:
    body = answer.body
    ids = body.get("id")
    if body.get("status") is True:
        first = ids[0] if isinstance(ids, list) and ids else ids or ""
        return Result(Outcome.SENT, provider_id=str(first))
    detail = str(body.get("reason") or body.get("detail") or f"status {answer.status}")
    words = detail.lower()
    if answer.status == 401 or any(sign in words for sign in OF_THE_ACCOUNT):
        return in_trouble(detail)
    refused = any(sign in words for sign in OF_THE_MESSAGE)
    return Result(Outcome.REFUSED if refused else Outcome.LATER, detail)
