"""What belongs to no room: the pages of the site itself."""

from __future__ import annotations

from calakan.room import Room
from calakan.web.health import blueprint as health
from calakan.web.pages import blueprint as pages

ROOM = Room(
    blueprints=[pages, health],
)
