"""The quiet hours: no reminder falls into them, and by a chat only what somebody waits for at a screen leaves then."""

from __future__ import annotations

from datetime import datetime, time

from calakan.kernel import clock

QUIET_FROM, QUIET_UNTIL = time(21), time(5)


def quiet(instant: datetime) -> bool:
    """Whether people sleep: from 21.00 to 05.00 in Jakarta."""
    at = clock.local(instant).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL
