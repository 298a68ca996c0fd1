"""What this room brings to the application."""

from __future__ import annotations

from calakan.diklat.manage import blueprint as manage
from calakan.diklat.views import blueprint as pages
from calakan.diklat.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    words=WORDS,
)
