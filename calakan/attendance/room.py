"""What this room brings to the application."""

from __future__ import annotations

from calakan.attendance import tasks
from calakan.attendance.beats import BEATS
from calakan.attendance.cards import cards
from calakan.attendance.letters import LETTERS
from calakan.attendance.manage import blueprint as manage
from calakan.attendance.running.views import blueprint as running
from calakan.attendance.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[running, manage],
    cards=[cards],
    letters=LETTERS,
    work={
        "attendance.queue_code_reminders": tasks.queue_code_reminders,
    },
    beats=BEATS,
    words=WORDS,
)
