"""What this room brings to the application."""

from __future__ import annotations

from calakan.materials.views import blueprint
from calakan.materials.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    words=WORDS,
)
