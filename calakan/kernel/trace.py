"""Which request or task the work at hand belongs to: its id stands in log lines, rung tasks, letters and error pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_TAKEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(frozen=True)
class Trace:
    """`what` is the endpoint of a request or the name of a task."""

    id: str = ""
    what: str = ""


_NOTHING = Trace()
_current: ContextVar[Trace] = ContextVar("trace", default=_NOTHING)


def current() -> Trace:
    """Empty outside of requests and tasks."""
    return _current.get()


def current_id() -> str:
    return _current.get().id


def begin(what: str, given: str = "") -> Trace:
    """From now on in this thread. `given` is an id from before, taken when it is one that can stand anywhere."""
    made = Trace(given if _TAKEN.fullmatch(given) else secrets.token_hex(6), what)
    _current.set(made)
    return made


def end() -> None:
    _current.set(_NOTHING)


@contextmanager
def carrying(what: str, given: str = "") -> Iterator[Trace]:
    """For a piece of work; afterwards it is as before."""
    before = _current.get()
    try:
        yield begin(what, given)
    finally:
        _current.set(before)
