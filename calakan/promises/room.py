"""What this room brings to the application."""

from __future__ import annotations

from calakan.promises import nightly, samples
from calakan.promises.beats import BEATS
from calakan.promises.views import blueprint
from calakan.room import Room

ROOM = Room(
    blueprints=[blueprint],
    work={"backup.nightly": nightly.run, "promises.sample": samples.take},
    hours=["backup.nightly"],
    beats=BEATS,
)
