"""The whole application on one machine: embedded broker, web, worker and beat under one supervisor.

Here is only what its processes share; a production that runs each process by itself needs no more than `gunicorn_conf`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
# Loaded before any fork: a child between fork and exec must not take the loader's locks.
libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int, signum: int = signal.SIGKILL) -> None:
    """Called in a child: let the kernel send it `signum` as soon as the process `parent` is gone (Linux only).

    The thread of the parent that forked must live as long as the child may, so fork from the main thread.
    """
    if libc is None:
        return
    libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew
        os.kill(os.getpid(), signum)


def name_process(name: str) -> None:
    """What `top` and `ps -o comm` show of this process and its forks, up to 15 bytes (Linux only)."""
    if libc is not None:
        libc.prctl(_PR_SET_NAME, ctypes.c_char_p(name.encode()), 0, 0, 0)
