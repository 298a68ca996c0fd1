"""Notifications on devices: RFC 8030 push messages, each readable by one browser only.

A repeat replaces the first one (same topic, same tag), so whatever went wrong may simply be tried again.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from calakan.kernel import codes
from calakan.notifications import letters
from calakan.notifications.channels.encryption import encrypt
from calakan.notifications.channels.interface import Outcome, Parcel, Result
from calakan.notifications.channels.vapid import Sender

TIMEOUT_SECONDS = 10
MOST_BODY = 600
# A message without an end is worth reading for a day, and no service keeps one longer than four weeks.
USUAL_LIFE, LONGEST_LIFE = timedelta(days=1), timedelta(days=28)
URGENT = timedelta(hours=1)


class WebPushChannel:
    """One connection to each push service, kept for the batch."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._open: dict[tuple[str, str], http.client.HTTPConnection] = {}
        self._rests: dict[str, datetime] = {}

    def send(self, parcel: Parcel) -> Result:
        device = parcel.device
        if device is None:
            return Result(Outcome.GONE, "no device")
        parts, life = urlsplit(device.endpoint), _life(parcel)
        rest = self._rests.get(parts.netloc, parcel.at) - parcel.at
        if rest > timedelta(0):
            return Result(Outcome.LATER, "the push service asked to wait", retry_after=rest)
        headers = {
            "Authorization": self._sender.authorization(device.endpoint, now=parcel.at),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(life.total_seconds())),
            "Topic": _tag(parcel),
            "Urgency": "high" if life <= URGENT else "normal",
        }
        try:
            body = encrypt(_payload(parcel), public=device.public, auth=device.auth)
        except ValueError:
            return Result(Outcome.GONE, "the keys of this device are none")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            answer = self._post((parts.scheme, parts.netloc), target, headers, body)
        except (OSError, http.client.HTTPException) as error:
            return Result(Outcome.LATER, type(error).__name__)
        return self._result(answer, parts.netloc, parcel.at)

    def _post(
        self, service: tuple[str, str], target: str, headers: Mapping[str, str], body: bytes
    ) -> http.client.HTTPResponse:
        """A kept connection may have been closed by the other side meanwhile; a new one is tried once."""
        for fresh in (service not in self._open, True):
            if service not in self._open:
                self._open[service] = _connection(*service)
            connection = self._open[service]
            try:
                connection.request("POST", target, body, dict(headers))
                answer = connection.getresponse()
                answer.read(4096)
                if answer.will_close:
                    self._open.pop(service).close()
                return answer
            except (OSError, http.client.HTTPException):
                self._open.pop(service).close()
                if fresh:
                    raise
        raise AssertionError("the second connection is fresh")

    def _result(self, answer: http.client.HTTPResponse, host: str, now: datetime) -> Result:
        detail = f"status {answer.status}"
        if 200 <= answer.status < 300:
            return Result(Outcome.SENT, provider_id=(answer.headers.get("Location") or "")[-200:])
        if answer.status in (404, 410):
            return Result(Outcome.GONE, detail)
        wait = _retry_after(answer.headers.get("Retry-After"), now)
        if answer.status == 429 or answer.status >= 500:
            if wait is not None:
                self._rests[host] = now + wait
            return Result(Outcome.LATER, detail, retry_after=wait)
        return Result(Outcome.REFUSED, detail)

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


def _connection(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(netloc, timeout=TIMEOUT_SECONDS)


def _payload(parcel: Parcel) -> bytes:
    """Title, a sentence or two and where a tap leads: what may stand on a locked screen."""
    letter = parcel.letter
    text = letter.short.removeprefix(letter.subject).strip() or letters.first_paragraph(letter)
    facts = {"title": letter.subject, "body": text[:MOST_BODY], "url": letters.site_link(letter), "tag": _tag(parcel)}
    return json.dumps(facts, ensure_ascii=False).encode()


def _tag(parcel: Parcel) -> str:
    """The same for each repeat of a message (RFC 8030: at most 32 characters of URL-safe base64)."""
    return codes.hashed(parcel.key)[:32]


def _life(parcel: Parcel) -> timedelta:
    life = parcel.until - parcel.at if parcel.until is not None else USUAL_LIFE
    return max(timedelta(0), min(life, LONGEST_LIFE))


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110); None for anything else. At most a day."""
    if not text:
        return None
    try:
        wait = timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(seconds=1)), timedelta(days=1))
