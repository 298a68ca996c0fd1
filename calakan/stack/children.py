"""A process below the supervisor: started in a session of its own, looked at, told, ended with all it left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from calakan.stack import die_with


class Process(Protocol):
    """What is asked of a process, whoever started it for us (`subprocess.Popen`, `forking.Forked`)."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...


@dataclass(eq=False)
class Child:
    """One process of the stack, with its restarts."""

    name: str
    launch: Callable[[int | None], Process | None]
    process: Process | None = None
    pipe: int | None = None
    partial_line: bytes = b""
    started: float = 0.0
    deaths: int = 0
    due: float | None = None  # when to start it (again); None: runs, or is not wanted

    @property
    def is_dead(self) -> bool:
        """Looks without reaping: until it is reaped, nobody else can get its process id, and `kill` hits only its group."""
        if self.process is None:
            return False
        if self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> int:
        """End it and its whole group now; its exit status."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        self.process = None
        return status

    def send(self, signum: int) -> None:
        """To the child alone (it tells its own children), after waking its group if it was frozen."""
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.process.pid, signum)
            os.killpg(self.process.pid, signal.SIGCONT)


def launch(argv: list[str], output: int | None, given: Mapping[str, int] | None = None) -> subprocess.Popen[bytes]:
    """In a session of its own: a terminal's Ctrl-C is ours to pass on, and it must not arrive twice.

    `given`: file descriptors that it inherits, by the variable that tells it their number.
    """
    given = given or {}
    environ = {
        "PYTHONUNBUFFERED": "1",  # what a child prints is wanted now
        "MALLOC_ARENA_MAX": "2",  # glibc's arena per thread costs more memory than it saves time
        **os.environ,
        **{name: str(descriptor) for name, descriptor in given.items()},
    }
    return subprocess.Popen(  # noqa: S603 - our own commands
        argv,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        pass_fds=tuple(given.values()),
        preexec_fn=partial(die_with, os.getpid()),
    )


def write_line(name: str | None, line: bytes) -> None:
    """On our own output, after the name of whose it is."""
    text = line.decode(errors="replace")
    with contextlib.suppress(OSError, ValueError):  # a reader that went away must not end the stack
        sys.stdout.write(f"{name:<6} | {text}\n" if name else f"{text}\n")
        sys.stdout.flush()
