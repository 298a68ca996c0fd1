"""What this room brings to the application."""

from __future__ import annotations

from calakan.assessment.events import ResultsImproved
from calakan.certificates import reactions, tasks
from calakan.certificates.beats import BEATS
from calakan.certificates.cards import cards
from calakan.certificates.designs.views import blueprint as designs
from calakan.certificates.letters import LETTERS
from calakan.certificates.outside.views import blueprint as outside
from calakan.certificates.past.manage import blueprint as manage
from calakan.certificates.views import blueprint as pages
from calakan.certificates.words import WORDS
from calakan.certificates.yearly.views import blueprint as yearly
from calakan.completion.events import ExceptionGiven
from calakan.diklat.events import DiklatClosed
from calakan.planning.events import DiklatCloned
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage, designs, yearly, outside],
    cards=[cards],
    letters=LETTERS,
    reactions={
        DiklatClosed: reactions.on_diklat_closed,
        ResultsImproved: reactions.on_results_improved,
        ExceptionGiven: reactions.on_exception_given,
        DiklatCloned: reactions.on_diklat_cloned,
    },
    work={
        "certificates.issue": tasks.issue_due,
        "certificates.sweep": tasks.sweep,
    },
    beats=BEATS,
    words=WORDS,
)
