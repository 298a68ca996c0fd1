"""Words that find a diklat: in its title and summary, its topics, by other words for the same thing, and mistyped."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState, DiklatTopic
from calakan.kernel import db
from calakan.kernel.text import like, search_key
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices

MOST_WORDS = 8
SHORT = 3  # letters: such a word is looked for at the beginning of words alone, or "ai" finds "nilai"
LIKE_ENOUGH = 0.75  # of difflib's ratio: one or two slips in a word of eight letters
Also = Callable[[str], sa.ColumnElement[bool]]


@cache
def same_words() -> tuple[tuple[str, ...], ...]:
    """What people call the same thing: a line each, in the words of `search_key`."""
    text = Path(__file__).with_name("same_words.txt").read_text()
    return tuple(tuple(line.split(", ")) for line in text.splitlines())


def alternatives(word: str) -> list[str]:
    """The word, and what else is called so."""
    return list(dict.fromkeys([word, *(other for same in same_words() if word in same for other in same)]))


def matching(words: str, also: Iterable[Also] = ()) -> list[sa.ColumnElement[bool]]:
    """One condition on Diklat for each word; `also` are other rooms' ways to find a diklat by a word."""
    return [_finds(word, also) for word in search_key(words).split()[:MOST_WORDS]]


def _finds(word: str, also: Iterable[Also]) -> sa.ColumnElement[bool]:
    found = [_written(text) for text in alternatives(word)]
    if topics := _topics(word):
        found.append(sa.exists().where(DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic.in_(topics)))
    return sa.or_(*found, *(ask(word) for ask in also))


def _written(text: str) -> sa.ColumnElement[bool]:
    if len(text) > SHORT:
        return Diklat.title_key.like(like(text), escape="\\")
    return (" " + Diklat.title_key).like(like(f" {text}"), escape="\\")


def _topics(word: str) -> list[str]:
    wanted = [text for text in alternatives(word) if len(text) > SHORT]
    return [
        row.code for row in choices().rows(ChoiceKind.TOPIC) if any(text in search_key(row.label) for text in wanted)
    ]


def corrected(words: str) -> str:
    """The words with each that nothing public contains replaced by the most alike; empty where that changes nothing."""
    keys = db.session().scalars(
        sa.select(Diklat.title_key)
        .where(Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]))
        .order_by(Diklat.id.desc())
        .limit(1000)
    )
    known = {word for key in keys for word in key.split()}
    known |= {word for row in choices().rows(ChoiceKind.TOPIC) for word in search_key(row.label).split()}
    known |= {word for same in same_words() for text in same for word in text.split()}
    typed = search_key(words).split()[:MOST_WORDS]
    meant = [_alike(word, known) for word in typed]
    return " ".join(meant) if meant != typed else ""


def _alike(word: str, known: set[str]) -> str:
    if len(word) <= SHORT or any(word in other for other in known):
        return word
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=LIKE_ENOUGH)
    return near[0] if near else word
