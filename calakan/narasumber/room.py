"""What this room brings to the application."""

from __future__ import annotations

from calakan.diklat.events import DiklatCancelled, LiveSessionCancelled, LiveSessionMoved
from calakan.narasumber import reactions, tasks
from calakan.narasumber.beats import BEATS
from calakan.narasumber.cards import cards
from calakan.narasumber.letters import LETTERS
from calakan.narasumber.manage import blueprint as manage
from calakan.narasumber.views import blueprint as pages
from calakan.narasumber.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    cards=[cards],
    letters=LETTERS,
    reactions={
        LiveSessionMoved: reactions.on_session_moved,
        LiveSessionCancelled: reactions.on_session_cancelled,
        DiklatCancelled: reactions.on_diklat_cancelled,
    },
    work={
        "narasumber.pass_on": tasks.pass_on,
        "narasumber.queue_reminders": tasks.queue_reminders,
    },
    beats=BEATS,
    words=WORDS,
)
