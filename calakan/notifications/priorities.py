"""What leaves first."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Smaller leaves first. From ROUND on a letter may wait for the morning."""

    AT_ONCE = 0  # somebody waits at a screen
    CALLED_OFF = 10  # or moved
    SESSION = 20  # of today
    USUAL = 40
    ANSWER = 45  # to work that was handed in
    ROUND = 50
    SURVEY = 60
    BROADCAST = 70
    DIGEST = 80
