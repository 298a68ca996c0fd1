"""What this room brings to the application."""

from __future__ import annotations

from calakan.diklat.events import (
    DiklatCancelled,
    LiveSessionCancelled,
    LiveSessionMoved,
    QuotaLowered,
    QuotaRaised,
    SeatRuleChanged,
)
from calakan.enrolment import reactions, tasks
from calakan.enrolment.beats import BEATS
from calakan.enrolment.entering.views import blueprint as pages
from calakan.enrolment.letters import LETTERS
from calakan.enrolment.manage import blueprint as manage
from calakan.enrolment.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[pages, manage],
    letters=LETTERS,
    reactions={
        QuotaLowered: reactions.on_quota_lowered,
        QuotaRaised: reactions.on_quota_raised,
        SeatRuleChanged: reactions.on_seat_rule_changed,
        LiveSessionMoved: reactions.on_session_moved,
        LiveSessionCancelled: reactions.on_session_cancelled,
        DiklatCancelled: reactions.on_diklat_cancelled,
    },
    work={
        "enrolment.queue_reminders": tasks.queue_reminders,
        "enrolment.repair_seats": tasks.repair_seats,
        "enrolment.tell_wishes": tasks.tell_wishes,
    },
    beats=BEATS,
    words=WORDS,
)
