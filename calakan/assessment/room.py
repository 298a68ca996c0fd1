"""What this room brings to the application."""

from __future__ import annotations

from calakan.assessment import reactions, tasks
from calakan.assessment.beats import BEATS
from calakan.assessment.cards import cards
from calakan.assessment.letters import LETTERS
from calakan.assessment.manage import blueprint as manage
from calakan.assessment.views import blueprint as pages
from calakan.assessment.words import WORDS
from calakan.diklat.events import DiklatPublished, ProgrammeCounted
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    cards=[cards],
    letters=LETTERS,
    reactions={
        DiklatPublished: reactions.on_diklat_published,
        ProgrammeCounted: reactions.on_programme_counted,
    },
    work={
        "assessment.forget_files": tasks.forget_files,
        "assessment.queue_reminders": tasks.queue_reminders,
    },
    beats=BEATS,
    words=WORDS,
)
