"""What this room brings to the application."""

from __future__ import annotations

from calakan.notifications import tasks
from calakan.notifications.beats import BEATS
from calakan.notifications.bounces import tasks as bounces_tasks
from calakan.notifications.bounces.views import blueprint as bounces
from calakan.notifications.consent.views import blueprint as consent
from calakan.notifications.own_letters import LETTERS
from calakan.notifications.webhooks.views import blueprint as webhooks
from calakan.notifications.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[consent, bounces, webhooks],
    letters=LETTERS,
    work={
        "notifications.deliver": tasks.deliver_due,
        "notifications.sweep": tasks.sweep,
        "notifications.read_mailbox": bounces_tasks.read_mailbox,
    },
    beats=BEATS,
    words=WORDS,
)
