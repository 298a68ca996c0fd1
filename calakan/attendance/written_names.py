"""Names as they stand in lists: with titles, schools, devices, in other order. Which of it may be a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calakan.kernel.text import search_key
from calakan.people import names

_TITLES = {search_key(title) for title in (*names.BEFORE, *names.AFTER)} | {"spd", "mpd", "dr", "drs", "dra", "hj"}
_ABBREVIATED = re.compile(r"^(?:[A-Za-z]{1,4}\.)+[A-Za-z]{0,5}\.?$")
# Between two people in one line.
_AND = r"\s(?:dan|and|bersama|beserta|serta|dengan|with)\s"
# What numbers the lines of a list is no part of a name.
_NUMBERED = re.compile(r"^\s*\d{1,4}\s*[.)]\s*(?=\D)")
_ENDINGS = {
    "pd",
    "si",
    "kom",
    "ag",
    "sos",
    "hum",
    "or",
    "sn",
    "sd",
    "tr",
    "kep",
    "gr",
    "s",
    "m",
    "amd",
    "ma",
    "st",
    "mm",
}
# What may stand beside a name without being part of one.
_SCHOOL = re.compile(r"^(?:sd|smp|sma|smk|tk|kb|ra|mi|mts|ma|slb|paud|pkbm|sps|tpa|upt|upk|korwil|dinas|dindik)n?\b")
_BESIDE = {
    "host", "cohost", "guest", "tamu", "external", "eksternal", "unverified", "unknown", "belum", "diverifikasi",
    "peserta", "narasumber", "moderator", "panitia", "guru", "kelas", "kepala", "sekolah", "ks", "kepsek", "bapak",
    "ibu", "bpk", "pak", "bu", "kec", "kecamatan", "kab", "kabupaten", "kota", "hp", "oppo", "vivo", "iphone", "ipad",
    "samsung", "galaxy", "redmi", "xiaomi", "mi", "poco", "realme", "infinix", "itel", "tecno", "nokia", "asus", "acer",
    "lenovo", "laptop", "notebook", "pc", "komputer", "android", "windows", "macbook", "mac", "huawei", "honor", "advan",
    "evercoss", "user", "zoom", "tablet", "tab", "pro", "max", "plus", "note", "lite", "mini", "ultra", "se",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of what was written: its key, and whether all the rest is school, place, device or title."""

    key: str
    alone: bool


def parts(shown: str, places: frozenset[str] = frozenset()) -> list[Part]:
    """`Agus Santoso (UTARA_Agus, S.Pd)` -> the names that it may hold, whole first."""
    outside = _NUMBERED.sub("", re.sub(r"\([^)]*\)", " ", shown))
    texts = [text for text in (outside, *re.findall(r"\(([^)]*)\)", shown)) if text.strip()]
    pieces = [piece for text in texts for piece in re.split(rf"[_|/;–—&+]+|\s-\s|{_AND}", text, flags=re.IGNORECASE)]
    keys = [(piece, key) for piece in [*texts, *pieces] for key in _keys(piece)]
    atoms = [search_key(piece) for piece in pieces]
    found: dict[str, bool] = {}
    for _, key in keys:
        if len(key) > 2 and not key.isdigit():
            rest = [atom for atom in atoms if atom and not _same(atom, key)]
            alone = all(_beside(atom, places) for atom in rest)
            found[key] = found.get(key, False) or alone
    return [Part(key, alone) for key, alone in found.items()]


def _same(atom: str, key: str) -> bool:
    """The piece is the name itself, with titles or without, or a part of it."""
    words = [word for word in atom.split() if word not in _TITLES and word not in _ENDINGS]
    return set(words) <= set(key.split())


def _beside(atom: str, places: frozenset[str]) -> bool:
    if _SCHOOL.match(atom):
        return True
    words = atom.split()
    return all(
        w in _BESIDE or w in places or w in _TITLES or re.fullmatch(r"[a-z]{0,3}\d+[a-z]{0,3}", w) for w in words
    )


def _keys(text: str) -> Iterator[str]:
    """The key with all its words, and without titles at either end."""
    head, _, tail = text.partition(",")
    if tail.strip() and not is_titles(tail):
        return
    whole = search_key(head)
    yield whole
    words = whole.split()
    while words and words[0] in _TITLES:
        words.pop(0)
    while words and words[-1] in _TITLES:
        words.pop()
    yield " ".join(words)


def is_titles(text: str) -> bool:
    """`S.Pd.SD., M.Pd` and `S. Pd` are; `Dwi` is not."""
    for chunk in text.split(","):
        words = chunk.split()
        bare = search_key(chunk).replace(" ", "")
        known = bare in _TITLES or all(
            _ABBREVIATED.match(word) or search_key(word) in _ENDINGS | _TITLES for word in words
        )
        if words and not known:
            return False
    return True


def loose_keys(shown: str) -> list[str]:
    """All that may hint at somebody: each piece, and the words of both sides of a comma in either order."""
    texts = [re.sub(r"\([^)]*\)", " ", shown), *re.findall(r"\(([^)]*)\)", shown)]
    pieces = [
        piece for text in texts for piece in (text, *re.split(rf"[_|/;–—,&+\-]+|{_AND}", text, flags=re.IGNORECASE))
    ]
    keys = [key for piece in pieces for key in _keys(piece.replace(",", " "))]
    return [key for key in dict.fromkeys(keys) if len(key) > 2 and not key.isdigit()]
