"""The stored pictures of the house: read once, since the name of a stored file is its content."""

from __future__ import annotations

import base64
from functools import lru_cache

from calakan import paper
from calakan.kernel.files import Store

_store: Store | None = None


def connect(store: Store) -> None:
    """Called once, from `calakan.app`."""
    global _store
    _store = store
    logo.cache_clear()
    letterhead.cache_clear()


@lru_cache(maxsize=2)
def logo(sha256: str) -> bytes:
    """The logo as a square PNG. Raises OSError."""
    assert _store is not None
    return base64.b64decode(paper.unpack(_store.get(sha256)).picture.partition(",")[2])


@lru_cache(maxsize=2)
def letterhead(sha256: str) -> bytes:
    """The head of letters as a PNG. Raises OSError."""
    assert _store is not None
    return _store.get(sha256)
