"""What this room brings to the application."""

from __future__ import annotations

from calakan.attendance import reactions, tasks
from calakan.attendance.beats import BEATS
from calakan.attendance.cards import cards
from calakan.attendance.entrance.views import blueprint as pages
from calakan.attendance.letters import LETTERS
from calakan.attendance.listing.views import blueprint as manage
from calakan.attendance.words import WORDS
from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved, PresenceRuleChanged
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    cards=[cards],
    letters=LETTERS,
    reactions={
        LiveSessionCancelled: reactions.on_session_cancelled,
        LiveSessionMoved: reactions.on_session_moved,
        PresenceRuleChanged: reactions.on_rule_changed,
    },
    work={
        "attendance.queue_code_reminders": tasks.queue_code_reminders,
        "attendance.ask_absent": tasks.ask_absent,
        "attendance.recount": tasks.recount,
        "attendance.forget_lists": tasks.forget_lists,
    },
    beats=BEATS,
    words=WORDS,
)
