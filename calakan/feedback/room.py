"""What this room brings to the application."""

from __future__ import annotations

from calakan.feedback import errors, tasks
from calakan.feedback.beats import BEATS
from calakan.feedback.cards import cards
from calakan.feedback.letters import LETTERS
from calakan.feedback.views import blueprint
from calakan.feedback.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    cards=[cards],
    letters=LETTERS,
    work={
        "feedback.mix": tasks.mix,
        "feedback.queue_digests": tasks.queue_digests,
        "feedback.queue_reminders": tasks.queue_reminders,
    },
    beats=BEATS,
    words=WORDS,
    conflicts={
        "uq_quote_year_place": errors.QuotePlaceTaken,
    },
)
