"""Kabupaten and kota beside our own, as people write them."""

from __future__ import annotations

import re

from calakan.kernel.text import search_key
from calakan.office.house import house

_KIND = re.compile(r"^(kabupaten|kab|kota)\b\.?\s*", re.IGNORECASE)


def tidy(typed: str) -> str:
    """`KAB. INDAH` and `kabupaten indah` -> `Indah`, `kota indah` -> `Kota Indah`; our own is no other one, and gives ""."""
    text = " ".join(typed.split())
    kind = _KIND.match(text)
    name = _KIND.sub("", text)
    name = name.title() if name == name.lower() or name == name.upper() else name
    is_city = kind is not None and kind[1].lower() == "kota"
    ours = house()
    same_kind = kind is None or is_city == ours.region.startswith("Kota ")
    if search_key(name) == search_key(ours.place) and same_kind:
        return ""
    return f"Kota {name}" if is_city and name else name
