"""A calendar on standard input, its busy times on standard output; one that is too much ends this process alone."""

from __future__ import annotations

import sys
from datetime import datetime

from calakan.intake import limits

SECONDS = 15


def main(now: str, zone: str) -> None:
    limits.begin(SECONDS)
    from calakan.availability import reading  # after the limits are set
    from calakan.kernel import clock

    clock.connect(clock.Zone(zone))
    try:
        found = reading.busy_times(sys.stdin.buffer.read(), now=datetime.fromisoformat(now))
        limits.say({"times": [(begins.isoformat(), ends.isoformat()) for begins, ends in found]})
    except reading.NotACalendar as error:
        limits.refuse(error.why)
    except MemoryError:
        limits.refuse("heavy")


main(*sys.argv[1:])
