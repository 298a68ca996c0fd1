"""DKIM (RFC 6376): the domain of the sender answers for the mail. Relaxed both ways, RSA or Ed25519 (RFC 8463).

Written out, because the library for it comes without a wheel and calculates RSA in Python.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# Those of ours that mean something to a reader; `from` once more, so that nobody adds a second one.
SIGNED = (
    "from", "to", "subject", "date", "message-id", "auto-submitted", "content-type", "mime-version",
    "list-unsubscribe", "list-unsubscribe-post", "from",
)  # fmt: skip
SMALLEST_RSA = 2048


@dataclass(frozen=True)
class Signer:
    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    def signed(self, mail: bytes, at: datetime) -> bytes:
        """The mail with its signature in front."""
        head, _, body = mail.partition(b"\r\n\r\n")
        found = _headers(head + b"\r\n")
        names = [name for number, name in enumerate(SIGNED) if name in found or number == len(SIGNED) - 1]
        algorithm = "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"
        tags = (
            f"v=1; a={algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={int(at.timestamp())};\r\n"
            f" h={':'.join(names)};\r\n"
            f" bh={_base64(hashlib.sha256(relaxed_body(body)).digest())};\r\n b="
        )
        lines = [relaxed_header(name, found.pop(name)) for name in names if name in found]
        ours = relaxed_header("dkim-signature", tags.encode()).removesuffix(b"\r\n")
        signature = _base64(self._sign(b"".join([*lines, ours])))
        folded = "\r\n ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
        return f"DKIM-Signature: {tags}{folded}\r\n".encode() + mail

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(data).digest())  # RFC 8463: the hash is what is signed


@lru_cache(maxsize=4)
def signer_of(path: Path, selector: str, domain: str) -> Signer:
    """Reads the key once. Raises OSError, and ValueError for what is no private key of a usable kind and size."""
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("DKIM takes RSA and Ed25519")
    if isinstance(key, RSAPrivateKey) and key.key_size < SMALLEST_RSA:
        raise ValueError(f"an RSA key below {SMALLEST_RSA} bits is no longer believed")
    return Signer(domain, selector, key)


def relaxed_header(name: str, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    unfolded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.encode() + b":" + unfolded + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    text = re.sub(rb"(\r\n)+\Z", b"", lines)
    return text + b"\r\n" if text else b""


def _headers(head: bytes) -> dict[str, bytes]:
    """Name in small letters -> value as it is folded; each of ours stands there once."""
    found = re.findall(rb"^([!-9;-~]+):(.*?)\r\n(?![ \t])", head, re.M | re.S)
    return {name.decode().lower(): value for name, value in found}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
