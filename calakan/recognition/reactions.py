"""What this room does when somebody is confirmed, or a diklat with confirmed people is published: write the letters."""

from __future__ import annotations

from calakan.diklat.events import DiklatPublished
from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.narasumber.events import SpeakerConfirmed
from calakan.narasumber.models import Assignment
from calakan.recognition import services


def on_speaker_confirmed(event: SpeakerConfirmed) -> None:
    row = db.session().get_one(Assignment, event.assignment_id)
    session = db.session().get_one(LiveSession, row.live_session_id)
    services.write_letters(session.diklat_id, actor=event.actor, now=event.now)


def on_diklat_published(event: DiklatPublished) -> None:
    services.write_letters(event.diklat_id, actor=event.actor, now=event.now)
