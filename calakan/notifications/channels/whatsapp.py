"""WhatsApp by Meta's Cloud API: approved templates alone, and its error codes, which count more than the HTTP status.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from calakan.notifications.channels.gateway import Answer, Gateway, in_trouble
from calakan.notifications.channels.interface import TIMEOUT_SECONDS, Outcome, Parcel, Result
from calakan.notifications.letters import short_of

URL = "https://graph.facebook.com/v23.0"
# A new number may write to 250 people a day; the office raises it when Meta does.
USUAL_CAPS: Mapping[timedelta, int] = {timedelta(seconds=1): 20, timedelta(days=1): 250}
MOST_TITLE, MOST_TEXT = 100, 700  # together below the 1,024 letters of a template's text
TOO_FAST = {4, 80007, 130429}
TOO_FAST_FOR_ONE = {131056}
TOO_MUCH_SPAM = {131048}
# Token, permission, account, payment, or the template itself: the same for every message.
BROKEN = {0, 3, 10, 190, 368, 131031, 131042, 131045, 132000, 132001, 132007, 132012, 132015, 132016, 133010}
PASSING = {1, 2, 131000, 131016, 133004}
UNWANTED = {131050}  # the person told WhatsApp to stop


class CloudChannel:
    def __init__(
        self,
        token: str,
        number_id: str,
        *,
        template: str,
        code_template: str,
        url: str = URL,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._path, self._template, self._code_template = f"/{number_id}/messages", template, code_template
        self._gateway = Gateway(url, [token], {"Authorization": f"Bearer {token}"}, timeout)

    def send(self, parcel: Parcel) -> Result:
        body = {
            "messaging_product": "whatsapp",
            "to": parcel.address,
            "type": "template",
            "template": self._code(parcel.letter.code) if parcel.letter.code else self._text(parcel),
        }
        return self._gateway.post_json(self._path, body, _judged)

    def _text(self, parcel: Parcel) -> dict[str, Any]:
        subject = parcel.letter.subject
        text = short_of(parcel.letter).removeprefix(subject)
        return _template(self._template, [_body(_flat(subject)[:MOST_TITLE], _flat(text)[:MOST_TEXT] or "-")])

    def _code(self, code: str) -> dict[str, Any]:
        """An authentication template shows the code and copies it with a button."""
        button = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": code}]}
        return _template(self._code_template, [_body(code), button])

    def close(self) -> None:
        pass


def _template(name: str, components: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "language": {"code": "id"}, "components": components}


def _body(*values: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}


def _flat(text: str) -> str:
    """A parameter of a template holds no line break, no tab and no run of blanks."""
    return " ".join(text.split())


def _judged(answer: Answer) -> Result:
    sent, error = answer.body.get("messages"), answer.body.get("error")
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        return Result(Outcome.SENT, provider_id=str(sent[0].get("id", "")))
    if not isinstance(error, dict):
        return Result(Outcome.UNCERTAIN, f"status {answer.status} without a message id")
    code = error.get("code")
    detail = f"{code} {error.get('message', '')}"
    if code in TOO_FAST:
        return in_trouble(detail, timedelta(minutes=1))
    if code in TOO_MUCH_SPAM:
        return in_trouble(detail, timedelta(hours=1))
    if code in BROKEN or (isinstance(code, int) and 200 <= code < 300) or answer.status == 401:
        return in_trouble(detail)
    if code in TOO_FAST_FOR_ONE:
        return Result(Outcome.LATER, detail, retry_after=timedelta(minutes=1))
    if code in UNWANTED:
        return Result(Outcome.GONE, detail)
    return Result(Outcome.LATER if code in PASSING or answer.status >= 500 else Outcome.REFUSED, detail)
