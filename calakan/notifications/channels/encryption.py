"""A push message that only one browser can read: RFC 8291 on top of RFC 8188, in one record."""

from __future__ import annotations

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

RECORD = 4096  # what every push service takes
MOST = RECORD - 16 - 1 - 86  # without the tag, the delimiter and the header


def encrypt(plain: bytes, *, public: str, auth: str, salt: bytes | None = None, private: Any = None) -> bytes:
    """The body of the request. `salt` and `private` are drawn anew but for test vectors. Raises ValueError."""
    from cryptography.hazmat.primitives import hashes  # late: only push needs it
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(plain) > MOST:
        raise ValueError("too long for one record")
    theirs = unpacked(public)
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    sender = private or ec.generate_private_key(ec.SECP256R1())
    ours, salt = point(sender), salt or os.urandom(16)
    secret = sender.exchange(ec.ECDH(), receiver)
    key = _derived(secret, unpacked(auth), b"WebPush: info\x00" + theirs + ours, 32, hashes.SHA256())
    content_key = _derived(key, salt, b"Content-Encoding: aes128gcm\x00", 16, hashes.SHA256())
    nonce = _derived(key, salt, b"Content-Encoding: nonce\x00", 12, hashes.SHA256())
    header = salt + struct.pack("!LB", RECORD, len(ours)) + ours
    return header + AESGCM(content_key).encrypt(nonce, plain + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int, algorithm: Any) -> bytes:
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # late: only push needs it

    return HKDF(algorithm, length, salt, info).derive(secret)


def point(private: Any) -> bytes:
    """The public half as 65 bytes."""
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
    )  # late: only push needs it

    return bytes(private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def packed(content: bytes) -> str:
    """URL-safe base64 without the padding, as everything in Web Push is written."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
