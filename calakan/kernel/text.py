"""Text that comes in, by forms and files alike, and how names are compared: without case, accents, dots and apostrophes."""

from __future__ import annotations

import re
import unicodedata

# Controls; marks that turn the direction of what follows, which a name never needs; the sign for what was lost; code points
# that are no characters at all. One pattern, because a text may have a megabyte.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Marks without width that come along when text is copied from pages and documents.
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))
# Joiners mean something between letters of other scripts and between pictures, nothing beside a Latin one.
_JOINERS = re.compile("(?<=[ -\u024f])[\u200c\u200d]|[\u200c\u200d](?=[ -\u024f])|^[\u200c\u200d]+|[\u200c\u200d]+$")
# Letters by their category, that nobody sees all the same.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_BREAKS = re.compile(" *[\n\t\u2028\u2029][ \n\t\u2028\u2029]*")
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


def tidy(text: str) -> str:
    """NFC, no blanks around, no marks without width. Raises ValueError for control and direction marks: no keyboard types them."""
    text = text.replace("\r\n", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", _JOINERS.sub("", text.translate(_UNSEEN)))
    text = text.strip()
    if _UNREADABLE.search(text):
        raise ValueError("a mark that nobody can read")
    return text if any(_seen(c) for c in text) else ""


def without_marks(text: str) -> str:
    """What `tidy` takes: marks that nobody can read are left out; those that part words, as a page break does, are a blank."""
    return _UNREADABLE.sub(lambda mark: " " if mark[0].isspace() else "", text)


def one_line(text: str) -> str:
    """`tidy`, with a blank for each line break: what is one line on a page is one line in mails, files and headers too."""
    return _BREAKS.sub(" ", tidy(text))


def _seen(c: str) -> bool:
    return c not in _BLANK_LETTERS and unicodedata.category(c) not in ("Cf", "Zs", "Zl", "Zp", "Cc")
