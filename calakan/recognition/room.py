"""What this room brings to the application."""

from __future__ import annotations

from calakan.diklat.events import DiklatPublished
from calakan.narasumber.events import SpeakerConfirmed
from calakan.recognition import reactions
from calakan.recognition.views import blueprint
from calakan.recognition.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    reactions={
        SpeakerConfirmed: reactions.on_speaker_confirmed,
        DiklatPublished: reactions.on_diklat_published,
    },
    words=WORDS,
)
