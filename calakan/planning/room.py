"""What this room brings to the application."""

from __future__ import annotations

from calakan.planning.letters import LETTERS
from calakan.planning.manage import blueprint as manage
from calakan.planning.views import blueprint as pages
from calakan.planning.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    letters=LETTERS,
    words=WORDS,
)
