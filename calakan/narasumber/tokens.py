"""The signed link of an invitation: it says which assignment and which round, and serves nothing else.

Expiry and single use are the row's business; a link of an older round, or for another purpose, is worthless.
"""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer

_key = ""


def connect(secret_key: str) -> None:
    """Called once, from `calakan.app`."""
    global _key
    _key = secret_key


def token(assignment_id: int, round: int) -> str:
    return str(_serializer().dumps([assignment_id, round]))


def read(text: str) -> tuple[int, int] | None:
    """Assignment and round of a link we signed; None for anything else."""
    try:
        assignment_id, round = _serializer().loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return (assignment_id, round) if isinstance(assignment_id, int) and isinstance(round, int) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        _key,
        salt="narasumber.invitation",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
