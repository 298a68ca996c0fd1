"""The photo of a narasumber: made anew by the process with limits that everything drawn from outside goes through."""

from __future__ import annotations

import base64

from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import PORTRAIT
from calakan.narasumber.errors import PhotoUnreadable

LARGEST_FILE = 5 * 1024 * 1024


def portrait(content: bytes) -> bytes:
    """A small WebP of an uploaded JPEG, PNG or WebP. Raises PhotoUnreadable; a file is judged by content, not by name."""
    if len(content) > LARGEST_FILE:
        raise PhotoUnreadable(why="large")
    try:
        return base64.b64decode(process.piece_of(content, PORTRAIT))
    except ArtworkUnfit as error:
        raise PhotoUnreadable(why=error.of_photo) from None
