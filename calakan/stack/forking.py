"""The supervisor's end of the loader (`calakan.stack.loader`): asks it for a process, and keeps what it made as its own child."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from selectors import EVENT_READ, BaseSelector
from typing import NamedTuple

from calakan.stack import libc
from calakan.stack.children import Child, Process, launch

# The warning is about pickle, which we refuse; in a container everything runs as root.
_QUIET = ["-W", "ignore:You're running the worker with superuser privileges"]
COMMAND = [sys.executable, *_QUIET, "-m", "calakan.stack.loader"]
LOAD_SECONDS = 120.0  # a loader that takes longer is frozen: twice what the most crowded machine was seen to take
FORK_SECONDS = 3.0  # a loader that takes longer is frozen; we do nothing else meanwhile
BEGIN = b"begin"  # until it comes, a loader reads code and settings, and no data
LOADED = b"loaded"
KNOWN = b"known"  # without it a fork ends: one that came too late would live on beside the next
SOCKET = "LOADER_SOCKET"
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Whoever loses the parent below this process becomes its own child (Linux)."""
    if libc is not None:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0)


class Forked:
    """A child that somebody else forked for us, in the terms of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int:
        """The exit status, when it has ended."""
        status = self._waited(0)
        assert status is not None
        return status

    def _waited(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


class Begun(NamedTuple):
    """A loader that was launched and waits for `BEGIN`: its process, and our end of its connection."""

    process: Process
    link: socket.socket


def launch_loader(output: int | None = None) -> Begun:
    """Reads the code at once. It ends with this process, whatever program that becomes."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        return Begun(launch(COMMAND, output, given={SOCKET: theirs.fileno()}), ours)


class Loader(Child):
    """Has the application in memory, once it is `loaded`, and forks for us what needs it. Its death ends none of them.

    `begun`: the first one, launched before there was a supervisor.
    """

    def __init__(self, selector: BaseSelector, begun: Begun | None = None) -> None:
        super().__init__("loader", self._begin)
        self.loaded = False
        self._begun = begun
        self._selector = selector
        self._link: socket.socket | None = None

    def _begin(self, output: int | None) -> Process:
        self._hang_up()
        begun, self._begun = self._begun or launch_loader(output), None
        self._link = begun.link
        self._link.settimeout(FORK_SECONDS)
        self._selector.register(self._link, EVENT_READ, self._hear)
        with contextlib.suppress(OSError):  # it died meanwhile, which is noticed as any other death
            socket.send_fds(self._link, [BEGIN], [] if output is None else [output])
        return begun.process

    def fork(self, name: str, argv: list[str], output: int | None, given: Mapping[str, int]) -> Forked:
        """A process that does what `python -m …` of `argv` would. Raises OSError when the loader makes none."""
        if self._link is None or not self.loaded:
            raise OSError("the loader is away")
        wanted = {"name": name, "argv": argv, "given": list(given), "output": output is not None}
        link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        files = [theirs.fileno(), *([] if output is None else [output]), *given.values()]
        with link, theirs:
            link.settimeout(FORK_SECONDS)
            try:
                socket.send_fds(self._link, [json.dumps(wanted).encode()], files)
                theirs.close()
                pid = link.recv(64)
                if pid:
                    link.send(KNOWN)
            except OSError:
                self._hang_up()
                self.send(signal.SIGKILL)  # its death is noticed as any other
                raise
        if not pid:
            raise OSError("the loader could not fork")
        return Forked(int(pid))

    @property
    def load_by(self) -> float | None:
        """Until when it has to have loaded (monotonic); None when it has, or does not run."""
        return None if self.loaded or self.process is None else self.started + LOAD_SECONDS

    def kill(self) -> int:
        """With the connection, which a frozen one would keep."""
        self._hang_up()
        return super().kill()

    def _hear(self) -> None:
        if self._link is None:
            return
        heard = b""
        with contextlib.suppress(OSError):  # it died with our `BEGIN` unread
            heard = self._link.recv(64)
        if heard == LOADED:
            self.loaded = True
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        self.loaded = False
        if self._link is not None:
            self._selector.unregister(self._link)
            self._link.close()
            self._link = None
