"""When a change of a session is told."""

from __future__ import annotations

from datetime import datetime, timedelta

# Long enough for a second thought: whoever changes twice within it is told of once, with the last.
SETTLE = timedelta(minutes=5)
URGENT = timedelta(hours=2)


def told_at(starts_at: datetime, *, now: datetime) -> datetime:
    """At once when the session is near, otherwise after a while of nothing changing."""
    return now if starts_at - now <= URGENT else now + SETTLE
