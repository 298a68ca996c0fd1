"""What this room brings to the application."""

from __future__ import annotations

from calakan.reports import tasks
from calakan.reports.beats import BEATS
from calakan.reports.letters import LETTERS
from calakan.reports.views.coverage import blueprint as coverage
from calakan.reports.views.evidence import blueprint as evidence
from calakan.reports.views.exports import blueprint as exports
from calakan.reports.views.participation import blueprint as participation
from calakan.reports.views.public import blueprint as public
from calakan.reports.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[participation, exports, evidence, public, coverage],
    letters=LETTERS,
    work={
        "reports.export": tasks.make_due,
        "reports.sweep": tasks.sweep,
        "reports.keep_rolls": tasks.keep_rolls,
        "reports.forget": tasks.forget,
        "reports.send_monthly": tasks.send_monthly,
    },
    beats=BEATS,
    words=WORDS,
)
