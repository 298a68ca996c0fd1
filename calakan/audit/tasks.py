"""The door of the beat."""

from __future__ import annotations

from calakan.audit import chain
from calakan.kernel import clock
from calakan.kernel.claims import Shift
from config import Settings


def seal(settings: Settings) -> int:
    shift, done = Shift(), 0
    while (made := chain.seal()) and not shift.is_over():
        done += made
    chain.close_day(now=clock.now())
    return done + made
