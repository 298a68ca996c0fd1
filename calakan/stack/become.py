"""How whoever has made everything ready becomes the supervisor: a fresh process, that keeps nothing of it in memory."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from calakan.stack.supervisor import supervise
from config import load


def become_supervisor(banner: str) -> NoReturn:
    """Replace this process by one that supervises and prints `banner` when the web answers.

    For a caller that has loaded the application: it would keep some 100 MB that only the children need.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    ours, theirs = os.pipe()  # not an argument: every `ps` would show it
    os.write(theirs, banner.encode())
    os.close(theirs)
    os.set_inheritable(ours, True)
    os.execv(sys.executable, [sys.executable, "-m", "calakan.stack.become", str(ours)])  # noqa: S606  # our own module


def main() -> int:
    """The argument is the file descriptor with the banner."""
    with open(int(sys.argv[1]), encoding="utf-8") as given:
        banner = given.read()
    return supervise(load(), lambda: print(banner, flush=True))


if __name__ == "__main__":
    sys.exit(main())
