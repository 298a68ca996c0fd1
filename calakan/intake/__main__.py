"""A file on standard input, the piece made of it on standard output; a file that is too much ends this process alone."""

from __future__ import annotations

import sys

from calakan.intake import limits

SECONDS, PHOTO_SECONDS = 25, 10


def main(purpose: str) -> None:
    limits.begin(SECONDS if purpose == "background" else PHOTO_SECONDS)
    from calakan.intake import kinds  # after the limits are set
    from calakan.intake.unfit import UnfitError

    try:
        limits.say({"piece": kinds.made(purpose, sys.stdin.buffer.read()).decode("ascii")})
    except UnfitError as error:
        limits.refuse(error.why, **error.facts)
    except MemoryError:
        limits.refuse("heavy")


main(sys.argv[1])
