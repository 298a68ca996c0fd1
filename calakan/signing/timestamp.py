"""RFC 3161 time stamps: ask a service for one, and make sure that it answers what was asked."""

from __future__ import annotations

import secrets
import urllib.request

from calakan.signing import der
from calakan.signing.cms import SHA256, SIGNED_DATA

TYPES = {"query": "application/timestamp-query", "reply": "application/timestamp-reply"}
INFO = der.oid("1.2.840.113549.1.9.16.1.4")
TRUE = b"\x01\x01\xff"
GRANTED = (0, 1)
LARGEST = 65_536


class TimeStampError(OSError):
    """No stamp now; like a full disk, it mends itself, so the paper waits."""


class TimeStamper:
    """Stamps by way of one service."""

    def __init__(self, url: str, *, timeout: float = 10) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("the time stamp service needs an http address")
        self.url, self.timeout = url, timeout

    def __call__(self, digest: bytes) -> bytes:
        """The token over a SHA-256. Raises TimeStampError."""
        nonce = secrets.randbits(64)
        imprint = der.encode(der.SEQUENCE, SHA256, der.encode(der.OCTETS, digest))
        query = der.encode(der.SEQUENCE, der.integer(1), imprint, der.integer(nonce), TRUE)
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            self.url, data=query, headers={"Content-Type": TYPES["query"], "Accept": TYPES["reply"]}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                reply = answer.read(LARGEST)
            return _token(reply, digest, nonce)
        except (OSError, der.MalformedError, IndexError, StopIteration) as error:
            raise TimeStampError(f"time stamp: {error}") from error


def _token(reply: bytes, digest: bytes, nonce: int) -> bytes:
    status, *rest = der.decode(reply).only(der.SEQUENCE).children()
    if status.children()[0].number() not in GRANTED or not rest:
        raise TimeStampError("the service refused")
    kind, wrapped = rest[0].only(der.SEQUENCE).children()
    if kind.whole != SIGNED_DATA:
        raise TimeStampError("not a token")
    content = der.decode(wrapped.body).children()[2]
    named, packed = content.children()
    if named.whole != INFO:
        raise TimeStampError("not a token")
    info = der.decode(der.decode(packed.body).body).children()
    stamped = info[2].children()[1].body
    nonces = [value.number() for value in info[5:] if value.tag == der.INTEGER]
    if stamped != digest or nonces != [nonce]:
        raise TimeStampError("the answer belongs to another question")
    return rest[0].whole
