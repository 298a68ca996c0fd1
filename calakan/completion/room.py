"""What this room brings to the application."""

from __future__ import annotations

from calakan.completion import tasks
from calakan.completion.beats import BEATS
from calakan.completion.cards import cards
from calakan.completion.letters import LETTERS
from calakan.completion.manage import blueprint
from calakan.completion.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    cards=[cards],
    letters=LETTERS,
    work={"completion.queue_reminders": tasks.queue_reminders},
    beats=BEATS,
    words=WORDS,
)
