"""Angkatan: which time a diklat is held, as the office calls it; short, and alike wherever it is typed."""

from __future__ import annotations

import re

LONGEST = 30
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,4}\Z")
_IN_TITLE = re.compile(r" \((angkatan [0-9]{1,4})\)\Z", re.IGNORECASE)


def normal(text: str) -> str:
    """One space between words and a capital at the head, so that reports find one; a bare number is that of an angkatan."""
    words = re.sub(r"\Aangkatan\b", "Angkatan", " ".join(text.split()), flags=re.IGNORECASE)
    if _NUMBER.fullmatch(words):
        words = f"Angkatan {words}"
    return (words[:1].upper() + words[1:])[:LONGEST].rstrip()


def following(cohort: str) -> str:
    """The next one, where it ends in a number; else empty."""
    found = _NUMBER.search(cohort)
    after = f"{cohort[: found.start()]}{int(found[0]) + 1}" if found else ""
    return after if len(after) <= LONGEST else ""


def suggested(title: str, cohort: str, *, most: int) -> tuple[str, str]:
    """Title and angkatan of a copy of a diklat with these.

    A title that carries the angkatan carries the next one, and one that stands beside it stays; of a diklat without any,
    the copy is the second.
    """
    said = _IN_TITLE.search(title)
    before = cohort or (normal(said[1]) if said else "Angkatan 1")
    after = following(before)
    tail = f" ({before})"
    if title.casefold().endswith(tail.casefold()):
        title = title[: -len(tail)]
    elif cohort:
        return title, after
    return (f"{title[: most - len(after) - 3]} ({after})" if after else title), after


def apart(title: str, cohort: str) -> str:
    """The angkatan where it has to be said beside the title; empty where the title carries it."""
    return "" if re.search(rf"(?<!\w){re.escape(cohort)}(?!\w)", title, re.IGNORECASE) else cohort
