"""What this room brings to the application."""

from __future__ import annotations

from calakan.duplicates import tasks
from calakan.duplicates.beats import BEATS
from calakan.duplicates.manage import blueprint as manage
from calakan.duplicates.words import WORDS
from calakan.room import Room

ROOM = Room(blueprints=[manage], work={"duplicates.find": tasks.find}, beats=BEATS, words=WORDS)
