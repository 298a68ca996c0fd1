"""What this room brings to the application."""

from __future__ import annotations

from calakan.audit import tasks
from calakan.audit.beats import BEATS
from calakan.room import Room

ROOM = Room(work={"audit.seal": tasks.seal}, beats=BEATS)
