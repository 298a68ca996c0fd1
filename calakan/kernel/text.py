"""How names are compared and searched: without titles, case, accents, dots and apostrophes."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘ʼʿʾ`´.]")


def search_key(text: str) -> str:
    """`Ma'ruf` and `MARUF` give the same key; blanks are single."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())


def like(words: str) -> str:
    """A LIKE pattern (escape character `\\`) that finds the words anywhere."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
