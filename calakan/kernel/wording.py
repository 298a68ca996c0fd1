"""The form in which a room says what its refusals, lists, acts and letters are called; the words stand in `<room>/words.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from calakan.kernel.errors import DomainError

Sentence = str | Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Words:
    """What one room says. A sentence may be made of the facts of its error; an enumeration has words for all its members."""

    sentences: Mapping[type[DomainError], Sentence] = field(default_factory=dict)
    members: Mapping[type[StrEnum], Mapping[Any, str]] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    acts_are_of: str = ""
    """What the trail calls all acts of this room together; they begin with its name."""
    phrases: Mapping[str, str] = field(default_factory=dict)
    """What a core keeps in a row, prints or hands on in words; it asks by name, `<room>.<phrase>`."""


_phrases: dict[str, str] = {}


def connect_phrases(rooms: Iterable[Words]) -> None:
    """Called once, from `calakan.app`."""
    _phrases.clear()
    for words in rooms:
        _phrases.update(words.phrases)


def phrase(name: str, /, **facts: object) -> str:
    """The words a room has under this name, filled with these facts. Raises KeyError for a name that no room has."""
    return _phrases[name].format(**facts) if facts else _phrases[name]
