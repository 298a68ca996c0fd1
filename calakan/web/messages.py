"""How refusals, members of lists, acts and letters become words. The words themselves stand in `<room>/words.py`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from calakan.kernel.errors import DomainError
from calakan.kernel.wording import Sentence, Words, connect_phrases

log = logging.getLogger(__name__)
Key = TypeVar("Key")
_sentences: dict[type[DomainError], Sentence] = {}
_members: dict[type[StrEnum], Mapping[StrEnum, str]] = {}
_acts: dict[str, str] = {}
_letters: dict[str, str] = {}
_parts: dict[str, str] = {}
_strict = True


def connect(rooms: Iterable[Words], *, strict: bool) -> None:
    """Called once, from `calakan.app`. `strict`: a word that is missing raises; without it the code itself is shown."""
    global _strict
    _strict = strict
    for table in (_sentences, _members, _acts, _letters, _parts):
        table.clear()
    rooms = list(rooms)
    connect_phrases(rooms)
    for words in rooms:
        _sentences.update(words.sentences)
        _members.update(words.members)
        _acts.update(words.acts)
        _letters.update(words.letters)
        _parts.update({f"{name.partition('.')[0]}.": words.acts_are_of for name in words.acts if words.acts_are_of})


def sentence(error: DomainError) -> str:
    """The one sentence of a refusal. Raises KeyError for one that no room has words for."""
    found = _sentences[type(error)]
    return found(error.facts) if callable(found) else found


def word(member: StrEnum) -> str:
    """The word for a member of an enumeration. Raises KeyError for one without, where `connect` was strict."""
    return _found(_members.get(type(member), {}), member)


def letter(kind: str) -> str:
    """What the office calls a letter of this kind. Raises KeyError as above."""
    return _found(_letters, kind)


def act(name: str) -> str:
    """What the trail calls an act; one of an older version of the program is shown as it is."""
    return _acts.get(name, name)


def parts_of_the_trail() -> list[tuple[str, str]]:
    """How the acts of each room begin, and what the trail calls them, by that name."""
    return sorted(_parts.items(), key=lambda part: part[1])


def picks(members: Iterable[StrEnum], *, none: str | None = None) -> Callable[[], list[tuple[str, str]]]:
    """The choices of a field, read when the form is made; `none` is the word for no choice."""
    chosen = list(members)

    def read() -> list[tuple[str, str]]:
        first = [] if none is None else [("", none)]
        return [*first, *((member.value, word(member)) for member in chosen)]

    return read


def _found(table: Mapping[Key, str], key: Key) -> str:
    if key not in table:
        if _strict:
            raise KeyError(f"no word for {key!r} in the words of its room")
        log.error("no word for %r", key)
    return table.get(key, str(key))
