"""A workbook on standard input, its visible sheets on standard output; one that is too much ends this process alone."""

from __future__ import annotations

import sys

from calakan.intake import limits

SECONDS = 25


def main() -> None:
    limits.begin(SECONDS)
    from calakan.tables import apart  # after the limits are set
    from calakan.tables.errors import TableUnreadable

    try:
        limits.say(apart.told(sys.stdin.buffer.read()))
    except TableUnreadable as error:
        limits.refuse(**error.facts)
    except MemoryError:
        limits.refuse("heavy")


main()
