"""What a process may take that reads a file from outside: its turn, processor time, memory, and no file of its own."""

from __future__ import annotations

import fcntl
import json
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
_turn = open(__file__, "rb")  # noqa: SIM115  # held until the process ends


def begin(seconds: int) -> None:
    """Call it before anything is imported that decodes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Among all processes of the host: the kernel lets the next one in when this one ends, however it ends.
    fcntl.flock(_turn, fcntl.LOCK_EX)


def say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def refuse(why: str, **facts: Any) -> None:
    """Said instead of an answer."""
    say({"unfit": why, "facts": facts})
