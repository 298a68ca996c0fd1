"""What this room brings to the application."""

from __future__ import annotations

from calakan.privacy import tasks
from calakan.privacy.beats import BEATS
from calakan.privacy.cards import cards
from calakan.privacy.letters import LETTERS
from calakan.privacy.manage import blueprint as manage
from calakan.privacy.views import blueprint
from calakan.privacy.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint, manage],
    cards=[cards],
    letters=LETTERS,
    work={"privacy.forget": tasks.forget},
    beats=BEATS,
    words=WORDS,
)
