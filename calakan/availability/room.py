"""What this room brings to the application."""

from __future__ import annotations

from calakan.availability import tasks
from calakan.availability.beats import BEATS
from calakan.availability.views import blueprint
from calakan.availability.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    work={
        "availability.fetch": tasks.fetch_due,
    },
    beats=BEATS,
    words=WORDS,
)
