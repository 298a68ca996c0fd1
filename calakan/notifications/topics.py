"""What a person may say no to, and the signed link in a mail that says it. Seats, changes and papers always arrive."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from itsdangerous import BadData, URLSafeSerializer


class Topic(StrEnum):
    REMINDERS = "pengingat"
    CODES = "kode"
    SURVEYS = "angket"
    DIGESTS = "umpan-balik"
    BROADCASTS = "siaran"


_key = ""


def connect(secret_key: str) -> None:
    """Called once, from `calakan.app`."""
    global _key
    _key = secret_key


def token(person_id: int, topic: Topic) -> str:
    """For the address of the page without a log-in; it can do nothing but switch this topic."""
    return str(_serializer().dumps([person_id, topic.value]))


def read(text: str) -> tuple[int, Topic] | None:
    """Person and topic of a link we signed; None for anything else."""
    try:
        person_id, topic = _serializer().loads(text)
        return (person_id, Topic(topic)) if isinstance(person_id, int) else None
    except (BadData, ValueError, TypeError):
        return None


def _serializer() -> URLSafeSerializer:
    signing = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(_key, salt="notifications.topics", signer_kwargs=signing)
