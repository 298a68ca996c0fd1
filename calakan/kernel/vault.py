"""Secrets that the database keeps but does not know: encrypted, or vouched for, with a key that lies outside of it.

The keys are a setting, or a file of the data directory; the first one is used, and all of them are understood, so that
a key can be changed while older values still stand (`calakan vault`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = "v1"
_NONCE = 12


class VaultLocked(RuntimeError):
    """None of our keys opens this: the key was lost or the value was tampered with; for operators, not for users."""


@dataclass(frozen=True)
class _Key:
    name: str
    secret: bytes


_keys: tuple[_Key, ...] = ()


def connect(keys: str) -> None:
    """One or more words of at least 32 characters, the newest first. Called once, from `calakan.app`."""
    global _keys
    _keys = tuple(_Key(hashlib.sha256(b"name:" + word).hexdigest()[:8], word) for word in keys.encode().split())


def sealed(text: str, *, about: str) -> str:
    """`text` in a form that only a key of ours opens, and only where `about` (table and column) is said again."""
    key, nonce = _keys[0], os.urandom(_NONCE)
    content = _cipher(key).encrypt(nonce, text.encode(), about.encode())
    return ":".join([_MARK, key.name, base64.urlsafe_b64encode(nonce + content).decode()])


def opened(text: str, *, about: str) -> str:
    """What `sealed` was given. Raises VaultLocked."""
    mark, _, rest = text.partition(":")
    name, _, packed = rest.partition(":")
    key = next((key for key in _keys if key.name == name), None)
    if mark != _MARK or key is None:
        raise VaultLocked(f"no key of ours opens a value of {about}")
    from cryptography.exceptions import InvalidTag  # late: heavy, few processes need it

    try:
        raw = base64.urlsafe_b64decode(packed)
        plain: bytes = _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultLocked(f"a value of {about} is not what was kept") from error
    return plain.decode()


def is_newest(text: str) -> bool:
    """Whether this was sealed with the key of now."""
    return text.startswith(f"{_MARK}:{_keys[0].name}:")


def proof(text: str) -> str:
    """Says of a text that we wrote it; nobody who has the database alone can make one."""
    return f"{_keys[0].name}:{_mac(_keys[0], text)}"


def proves(mark: str, text: str) -> bool:
    name, _, mac = mark.partition(":")
    return any(key.name == name and hmac.compare_digest(mac, _mac(key, text)) for key in _keys)


def _mac(key: _Key, text: str) -> str:
    return hmac.new(b"proof:" + key.secret, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _cipher(key: _Key) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # late: heavy, few processes need it

    return AESGCM(hashlib.sha256(b"cipher:" + key.secret).digest())


class Raw(str):
    """A sealed value as it lies in the database, for a backup that is read back."""


class Sealed(sa.types.TypeDecorator[str]):
    """A column whose text only a key of ours opens; it cannot be searched or compared. `about` is table and column."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or isinstance(value, Raw) else sealed(value, about=self.about)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else opened(value, about=self.about)
