"""The form in which a room says what its refusals, lists, acts and letters are called; the words stand in `<room>/words.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
