"""What a room brings to the application; `<room>/room.py` says it, and `wiring` lists the rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calakan.kernel.wording import Words

if TYPE_CHECKING:
    from flask import Blueprint

    from calakan.background import Work
    from calakan.kernel.cards import Provider
    from calakan.kernel.errors import DomainError
    from calakan.kernel.events import Handler
    from calakan.notifications.letters import LetterKind


@dataclass(frozen=True, kw_only=True)
class Room:
    """`reactions`: the handler of each event of a room further left. `conflicts`: the refusal of each unique constraint.
    `cards`: what it puts on the page of today.

    `work`: what a worker can be asked to do, by the name of `calakan sweep NAME`; `hours`: what of it may take hours where
    other work is ended. `beats`: how often the beat asks for it, in seconds; a room
    that has any says it in `beats.py`, which imports nothing, so that the beat loads no room.
    """

    blueprints: Sequence[Blueprint] = ()
    letters: Sequence[LetterKind] = ()
    reactions: Mapping[type, Handler] = field(default_factory=dict)
    work: Mapping[str, Work] = field(default_factory=dict)
    hours: Sequence[str] = ()
    beats: Mapping[str, int] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    cards: Sequence[Provider] = ()
    conflicts: Mapping[str, type[DomainError]] = field(default_factory=dict)
