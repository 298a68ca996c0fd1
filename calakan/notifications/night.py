"""The quiet hours: no reminder falls into them, and by a chat only what somebody waits for at a screen leaves then.

Mails of a big round or a broadcast that did not get out before wait for the morning.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from calakan.kernel import clock

QUIET_FROM, QUIET_UNTIL = time(21), time(5)


def quiet(instant: datetime) -> bool:
    """Whether people sleep: from 21.00 to 05.00 in Jakarta."""
    at = clock.local(instant).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def waking(instant: datetime) -> datetime:
    """This instant, or the end of the quiet hours it falls into."""
    if not quiet(instant):
        return instant
    here = clock.local(instant)
    return clock.instant(here.date() + timedelta(days=1 if here.time() >= QUIET_FROM else 0), QUIET_UNTIL)
