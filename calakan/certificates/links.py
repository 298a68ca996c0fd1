"""The signed link of the letter that brings a certificate: it opens that one paper, without a log-in, and serves nothing else.

Whether the paper still counts and its holder still has an account is asked when the link is followed.
"""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer

_key = ""


def connect(secret_key: str) -> None:
    """Called once, from `calakan.app`."""
    global _key
    _key = secret_key


def token(code: str) -> str:
    """`code` is the paper's."""
    return str(_serializer().dumps(code))


def read(text: str) -> str | None:
    """The code of the paper that a link of ours is for; None for anything else."""
    try:
        code = _serializer().loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return code if isinstance(code, str) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        _key,
        salt="certificates.letter",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
