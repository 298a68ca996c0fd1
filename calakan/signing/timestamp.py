"""RFC 3161 time stamps: ask a service for one, and believe it only with a signature that leads to a trusted certificate."""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST = 65_536


class TimeStampError(OSError):
    """No stamp now, or none to be trusted; like a full disk, it mends itself, so the paper waits."""


def trusted(path: str) -> list[x509.Certificate]:
    """The certificates in a PEM file. Raises TimeStampError."""
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise TimeStampError(f"CALAKAN_TIMESTAMP_ROOTS cannot be read: {error}") from error


class TimeStamper:
    """Stamps by way of one service, whose certificate was issued by one of the roots or is one."""

    def __init__(self, url: str, roots: Sequence[x509.Certificate], *, timeout: float = 10) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("the time stamp service needs an http address")
        if not roots:
            raise TimeStampError("CALAKAN_TIMESTAMP_ROOTS holds no certificate")
        self.url, self.roots, self.timeout = url, list(roots), timeout

    def __call__(self, message: bytes) -> bytes:
        """The token over the SHA-256 of these bytes. Raises TimeStampError."""
        from rfc3161_client import (  # late: few offices have such a service
            HashAlgorithm,
            TimestampRequestBuilder,
            VerificationError,
            VerifierBuilder,
            decode_timestamp_response,
        )

        asked = TimestampRequestBuilder(data=message, hash_algorithm=HashAlgorithm.SHA256).build()
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            self.url, data=asked.as_bytes(), headers={"Content-Type": QUERY, "Accept": REPLY}
        )
        verifier = VerifierBuilder(nonce=asked.nonce, roots=list(self.roots)).build()
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310  # as above
                reply = decode_timestamp_response(answer.read(LARGEST))
            verifier.verify_message(reply, message)
            return bytes(reply.time_stamp_token())
        except (OSError, ValueError, VerificationError) as error:
            raise TimeStampError(f"time stamp: {error}") from error
