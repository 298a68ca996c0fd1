"""Clean texts before they are set: one normal form, single blanks, nothing invisible."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

INVISIBLE = frozenset({"Cc", "Cf"})
BLANK = frozenset({"Zs", "Zl", "Zp"})


def clean(text: str) -> str:
    """NFC, runs of blanks (any kind, also tabs and line ends) as one space, no control or direction marks."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_shown(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in BLANK or char in "\t\n\r\v\f\x85":
        return " "
    return "" if category in INVISIBLE else char
