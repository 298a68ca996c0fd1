"""What this room brings to the application."""

from __future__ import annotations

from calakan.privacy.letters import LETTERS
from calakan.privacy.views import blueprint
from calakan.privacy.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    letters=LETTERS,
    words=WORDS,
)
