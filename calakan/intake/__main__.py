"""A file on standard input, the piece made of it on standard output; a file that is too much ends this process alone."""

from __future__ import annotations

import fcntl
import json
import resource
import sys

MEMORY, SECONDS, PHOTO_SECONDS = 1024 * 1024 * 1024, 25, 10


def main(purpose: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    most = SECONDS if purpose == "background" else PHOTO_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Among all web processes of the host: the kernel lets the next one in when this one ends, however it ends.
    turn = open(__file__, "rb")  # noqa: SIM115  # held until the end
    fcntl.flock(turn, fcntl.LOCK_EX)
    from calakan.intake import kinds  # after the limits are set
    from calakan.intake.unfit import UnfitError

    answer: dict[str, object]
    try:
        answer = {"piece": kinds.made(purpose, sys.stdin.buffer.read()).decode("ascii")}
    except UnfitError as error:
        answer = {"unfit": error.why, "facts": error.facts}
    except MemoryError:
        answer = {"unfit": "heavy", "facts": {}}
    sys.stdout.write(json.dumps(answer))


main(sys.argv[1])
