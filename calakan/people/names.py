"""Names and titles: one name field, titles apart, every abbreviation with its dot (EYD; Permenristekdikti 59/2018)."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

from calakan.kernel.text import search_key
from calakan.paper import undrawable
from calakan.people.errors import NameIsAddress, NameTooLong, NameUndrawable

DATA = Path(__file__).parent / "data"
# Characters of the columns of the name and of its key.
MOST_LETTERS, MOST_KEY = 100, 120
# As bytes of UTF-8: the signed QR of a certificate (`signing.token`) holds no more beside its number and dates.
MOST_PRINTED = 150
# As they are written; looked up without dots and case, except that Dr. and dr. differ.
BEFORE = ("Prof.", "Dr.", "dr.", "Drs.", "Dra.", "Ir.", "H.", "Hj.", "K.H.", "R.", "Ns.", "drg.")
AFTER = (
    *(
        "A.Ma.",
        "A.Ma.Pd.",
        "A.Md.",
        "A.Md.Kom.",
        "S.Pd.",
        "S.Pd.SD.",
        "S.Pd.AUD.",
        "S.Pd.I.",
        "S.Ag.",
        "S.E.",
        "S.Kom.",
    ),
    *("S.T.", "S.Si.", "S.S.", "S.Sos.", "S.H.", "S.Sn.", "S.Psi.", "S.Or.", "M.Pd.", "M.Pd.I.", "M.M.", "M.Si."),
    *("M.Kom.", "M.T.", "M.A.", "M.Ag.", "M.Hum.", "Gr.", "Ph.D."),
)

# What a name never is: a site, with or without a path. An abbreviation without its blank (`Moch.Arif`, `Moh.Id'ris`) is none,
# nor are two titles or names beside a stroke (`S.Ag/S.Pd.I`, `Abd.Rahman/Rahman`).
_ENDINGS = (
    r"(?:com|net|org|id|co|me|ly|io|gg|info|biz|xyz|top|vip|win|bet|app|dev|web|fun"
    r"|icu|buzz|cyou|live|link|shop|site|club|click|store|space|world|online|website|example)"
)
_SHORTENED = r"(?!(?:moh|muh|mhd|mohd|muhd|moch|much|abd)\.)"
_SITE = re.compile(
    rf"://|\bwww\.|[\w-]\.{_ENDINGS}/|[\w-]{{3}}\.(?!pd|ag|si)[a-z]{{2}}/|(?<![\w-]){_SHORTENED}[\w-]{{3,}}\.{_ENDINGS}\b",
    re.IGNORECASE,
)


def _bare(title: str) -> str:
    return title.replace(".", "").replace(" ", "").casefold()


_AS_NO_NAME = re.compile(r"[A-Z]{2}[a-z]+[A-Z]*|[B-DF-HJ-NP-TV-Z]{3,}", re.ASCII)
_KNOWN_AFTER = {_bare(title): title for title in AFTER}
_KNOWN_BEFORE = {_bare(title): title for title in BEFORE if title not in ("Dr.", "dr.")}


def title_after(typed: str) -> str:
    """`spd, mpd` -> `S.Pd., M.Pd.`; unknown titles keep their letters and get a final dot."""
    titles = [" ".join(part.split()) for part in re.split(r"[,;]", typed)]
    return ", ".join(_KNOWN_AFTER.get(_bare(t)) or (t if t.endswith(".") else t + ".") for t in titles if t)


def title_before(typed: str) -> str:
    """`dra hj` -> `Dra. Hj.`; `Dr` and `dr` are left in their case."""
    words = re.split(r"[\s,]+", re.sub(r"\.(?=\S)", ". ", typed).strip())
    joined, parts = [], [w for w in words if w]
    while parts:
        word = parts.pop(0)
        if _bare(word) == "k" and parts and _bare(parts[0]) == "h":
            parts.pop(0)
            joined.append("K.H.")
            continue
        known = _KNOWN_BEFORE.get(_bare(word))
        joined.append(known or (word if word.endswith(".") else word + "."))
    return " ".join(joined)


def clean_name(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFC", typed).replace("`", "'").replace("´", "'").split())


def checked(typed: str, *, title_before: str = "", title_after: str = "") -> str:
    """The tidy name, which can be kept, found, printed and signed with these titles: the one rule of every door.

    Raises NameUndrawable, NameIsAddress, NameTooLong.
    """
    name = clean_name(typed)
    whole = printed(title_before, name, title_after)
    if letters := undrawable(whole):
        raise NameUndrawable(letters=letters)
    if _SITE.search(whole):
        raise NameIsAddress()
    length = len(whole.encode())
    if len(name) > MOST_LETTERS or len(search_key(name)) > MOST_KEY or length > MOST_PRINTED:
        raise NameTooLong(bytes=length, most=MOST_PRINTED)
    return name


def suggestion(name: str) -> str | None:
    """Title case for a name typed in capitals, as Dapodik has them; None when there is nothing to suggest."""
    letters = [c for c in name if c.isalpha()]
    if len(letters) < 4 or not name.isupper():
        return None
    # str.title() would write Ma'Ruf.
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda m: m[0].capitalize(), name)


def initials(name: str) -> str:
    words = [w for w in name.split() if w[:1].isalpha()]
    return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def first_name(name: str) -> str:
    return name.split(" ")[0] if name else ""


def without_titles(printed: str) -> str:
    """`Drs. H. Joko Wiyono, M.Si.` -> `Joko Wiyono`; of a name that is nothing but titles, the last word."""
    return apart(printed)[1]


def apart(printed: str) -> tuple[str, str, str]:
    """Titles before, name, titles behind, as lists write them: `Drs.H.Joko Wiyono S. Pd, M.Si`. What stands behind the first
    comma is behind, whatever it is.
    """
    head, _, rest = printed.partition(",")
    words, before, after = head.split(), list[str](), list[str]()
    while words and (title := _leading(words[0])) and (len(words) > 1 or title != words[0]):
        before.append(title)
        words[:1] = [words[0][len(title) :]] if title != words[0] else []
    while count := _trailing(words):
        after.insert(0, "".join(words[-count:]))
        del words[-count:]
        words[-1] = words[-1].rstrip(".") or words[-1]
    return " ".join(before), " ".join(words), ", ".join([*after, *([rest.strip()] if rest.strip() else [])])


def _leading(word: str) -> str:
    """The title that this word is, or begins with, its blank left out: `Drs.Suparno`, but not the initials of `H.M. Nur`."""
    if _bare(word) in _KNOWN_BEFORE or _bare(word) == "dr":
        return word
    for title in sorted(BEFORE, key=len, reverse=True):
        rest = word[len(title) :]
        if word[: len(title)].casefold() == title.casefold() and (re.match(r"[^\W\d_]{2}", rest) or _leading(rest)):
            return word[: len(title)]
    return ""


def _trailing(words: list[str]) -> int:
    """How many of the last words are one title without its comma: with a dot, or written as no name is (`SPd`, `SPD`)."""
    for count in range(min(3, len(words) - 1), 0, -1):
        last = "".join(words[-count:])
        dotted = "." in last.rstrip(".") or all(word.endswith(".") for word in words[-count:])
        if _bare(last) in _KNOWN_AFTER and (dotted or (count == 1 and _AS_NO_NAME.fullmatch(last))):
            return count
    return 0


@cache
def _foot() -> tuple[set[str], tuple[str, ...]]:
    """What stands among and below the names of a table, as it is, and what it begins with (`bukan_nama.csv`)."""
    with (DATA / "bukan_nama.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["ditulis"] for row in rows}, tuple(f"{row['ditulis']} " for row in rows if row["lanjut"])


def no_person(typed: str) -> bool:
    """Whether a cell of names holds no name at all: `1`, `NIP. 1965…`, a sum, who signs."""
    key = re.sub(r"^(?:a n|an|plt|plh|pj) ", "", search_key(typed))
    whole, begun = _foot()
    wordless = not any(c.isalpha() for c in key) or re.search(r"[0-9]{4}", key) is not None
    return wordless or key in whole or key.startswith(begun)


def printed(title_before: str, name: str, title_after: str) -> str:
    """The name as it stands on the certificate (EYD; Permenristekdikti 59/2018)."""
    full = f"{title_before} {name}".strip()
    return f"{full}, {title_after}" if title_after else full
