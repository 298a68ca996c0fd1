"""How whoever has made everything ready becomes the supervisor: a fresh process, that keeps nothing of it in memory."""

from __future__ import annotations

import os
import socket
import sys
from typing import NoReturn

from calakan.stack.forking import Begun, Forked
from calakan.stack.supervisor import supervise
from config import load


def become_supervisor(banner: str, loader: Begun | None = None) -> NoReturn:
    """Replace this process by one that supervises and prints `banner` when the web answers; a `loader` goes along.

    For a caller that has loaded the application: it would keep some 100 MB that only the children need.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    ours, theirs = os.pipe()  # not an argument: every `ps` would show it
    os.write(theirs, banner.encode())
    os.close(theirs)
    os.set_inheritable(ours, True)
    begun = []
    if loader is not None:
        loader.link.set_inheritable(True)
        begun = [str(loader.process.pid), str(loader.link.fileno())]
    command = [sys.executable, "-m", "calakan.stack.become", str(ours), *begun]
    os.execv(sys.executable, command)  # noqa: S606  # our own module


def main() -> int:
    """The arguments are the file descriptor with the banner, and process and file descriptor of a loader."""
    ours, *begun = map(int, sys.argv[1:])
    with open(ours, encoding="utf-8") as given:
        banner = given.read()
    loader = Begun(Forked(begun[0]), socket.socket(fileno=begun[1])) if begun else None
    if loader is not None:
        loader.link.set_inheritable(False)
    return supervise(load(), lambda: print(banner, flush=True), loader)


if __name__ == "__main__":
    sys.exit(main())
