"""How many JP a schedule carries: 1 JP is 45 minutes by default, rounded downward (PerLAN 5/2018). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from calakan.diklat.errors import JpAboveMinutes, JpBelowSessions
from calakan.diklat.models import LiveSession


def minutes_of(*sessions: LiveSession) -> int:
    """Scheduled minutes of these sessions together."""
    return sum(int((s.ends_at - s.starts_at).total_seconds()) // 60 for s in sessions)


def carried(minutes: int, per_jp: int) -> int:
    """Whole JP in so many minutes."""
    return minutes // per_jp


def refuse_above(jp: int, minutes: int, per_jp: int) -> None:
    """Raises JpAboveMinutes when so many minutes do not carry this JP."""
    if jp > carried(minutes, per_jp):
        raise JpAboveMinutes(jp=jp, minutes=minutes, allowed=carried(minutes, per_jp), per_jp=per_jp)


def shared_out(jp: int, sessions: Sequence[LiveSession]) -> list[int]:
    """The JP of a row, given to its sessions by their minutes: each gets one at least, and the sum is the row's.

    Raises JpBelowSessions when there are more sessions than JP.
    """
    if jp < len(sessions):
        raise JpBelowSessions(jp=jp, sessions=len(sessions))
    minutes = [minutes_of(session) for session in sessions]
    given = [max(1, jp * each // sum(minutes)) for each in minutes]
    while sum(given) != jp:
        step = 1 if sum(given) < jp else -1
        able = [n for n, got in enumerate(given) if step > 0 or got > 1]
        # Whoever is furthest from a fair share gives or gets one.
        place = max(able, key=lambda n: step * (jp * minutes[n] / sum(minutes) - given[n]))
        given[place] += step
    return given
