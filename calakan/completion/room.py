"""What this room brings to the application."""

from __future__ import annotations

from calakan.completion.cards import cards
from calakan.completion.letters import LETTERS
from calakan.completion.manage import blueprint
from calakan.completion.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    cards=[cards],
    letters=LETTERS,
    words=WORDS,
)
