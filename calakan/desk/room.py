"""What this room brings to the application."""

from __future__ import annotations

from calakan.desk.cards import cards
from calakan.desk.letters import LETTERS
from calakan.desk.manage import blueprint
from calakan.desk.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    cards=[cards],
    letters=LETTERS,
    words=WORDS,
)
