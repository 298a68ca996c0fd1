"""What this room brings to the application."""

from __future__ import annotations

from calakan.room import Room
from calakan.roster import tasks
from calakan.roster.beats import BEATS
from calakan.roster.cards import cards
from calakan.roster.manage import blueprint as manage
from calakan.roster.views import blueprint as pages
from calakan.roster.words import WORDS

ROOM = Room(
    blueprints=[pages, manage],
    cards=[cards],
    work={
        "roster.work": tasks.work_due,
        "roster.sweep": tasks.sweep,
        "roster.forget": tasks.forget,
    },
    beats=BEATS,
    words=WORDS,
)
