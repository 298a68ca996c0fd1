"""One request to a provider's HTTP address, and how far it came. Tokens stand in no error and in no log."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from calakan.notifications.channels.interface import BREATH, TIMEOUT_SECONDS, TROUBLE, Outcome, Result

log = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
MOST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """`body` is the JSON object of the answer; empty when there was none."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Gateway:
    """Each message has a connection of its own: of one kept open nobody could say whether the other side read it."""

    url: str
    secrets: Sequence[str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = TIMEOUT_SECONDS

    def post_json(self, path: str, body: Mapping[str, Any], judge: Callable[[Answer], Result]) -> Result:
        return self._post(path, json.dumps(body).encode(), "application/json", judge)

    def post_form(self, path: str, body: Mapping[str, str], judge: Callable[[Answer], Result]) -> Result:
        return self._post(path, urlencode(body).encode(), "application/x-www-form-urlencoded", judge)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """A question that may be repeated at will. Raises OSError, HTTPException."""
        connection = self._connection()
        try:
            content = json.dumps(body).encode() if body is not None else b""
            return self._exchange(connection, method, path, content, "application/json")
        finally:
            connection.close()

    def _post(self, path: str, content: bytes, kind: str, judge: Callable[[Answer], Result]) -> Result:
        """What `judge` makes of the answer. Without one: not connected, then later; connected, then nobody knows."""
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            return in_trouble(f"not reached: {type(error).__name__}", BREATH)
        try:
            answer = self._exchange(connection, "POST", path, content, kind)
        except (OSError, http.client.HTTPException) as error:
            return _unclear(f"no answer: {type(error).__name__}")
        finally:
            connection.close()
        return self._masked(judge(answer) if answer.body else _without_words(answer.status))

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        maker = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return maker(parts.hostname or "", parts.port, timeout=self.timeout)

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, content: bytes, kind: str
    ) -> Answer:
        headers = {**self.headers, "Content-Type": kind, "Accept": "application/json", "User-Agent": "Calakan"}
        connection.request(method, urlsplit(self.url).path.rstrip("/") + path, body=content or None, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, _object(response.read(MOST_BYTES)))

    def _masked(self, result: Result) -> Result:
        detail = result.detail
        for secret in self.secrets:
            detail = detail.replace(secret, "••••••••") if secret else detail
        if result.rests:
            log.error("a provider takes nothing at present: %s", detail)
        return Result(result.outcome, detail[:300], result.provider_id[:200], result.retry_after, result.rests)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _without_words(status: int) -> Result:
    """No JSON: the answer of something in between. Success, or a broken gateway, may mean that it was taken."""
    if status == 429:
        return in_trouble("status 429", BREATH)
    if status in (401, 403):
        return in_trouble(f"status {status}")
    if status < 400 or status in (502, 504):
        return _unclear(f"status {status} without a sensible answer")
    return in_trouble(f"status {status}", BREATH)


def _unclear(detail: str) -> Result:
    """This one is not said again; the others wait a moment."""
    return Result(Outcome.UNCERTAIN, detail, retry_after=BREATH, rests=True)


def in_trouble(detail: str, wait: timedelta = TROUBLE) -> Result:
    """Not this message's fault: the channel rests, and the page of messages says why."""
    return Result(Outcome.LATER, detail, retry_after=wait, rests=True)


def seconds(value: object, *, otherwise: timedelta) -> timedelta:
    """A wait that the provider names, within reason."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return min(timedelta(seconds=value), MOST_WAIT)
    return otherwise
