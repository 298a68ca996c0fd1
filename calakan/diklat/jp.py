"""How many JP a schedule carries: 1 JP is 45 minutes by default, rounded downward (PerLAN 5/2018). Pure.

The sessions of a row are counted together, so two of half an hour are one JP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from calakan.diklat.errors import JpAboveMinutes
from calakan.diklat.models import WHOLE, LiveSession


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


def of_some(jp: int, some: Sequence[LiveSession], every: Sequence[LiveSession], per_jp: int) -> int:
    """What some of all sessions of a row carry of its JP: whatever is held, followed or left over counts by this.

    A row that is planned with all JP of its minutes keeps all of theirs; one that leaves out breaks gives each session
    its share, by the minutes or as it was typed.
    """
    able, whole = carried(minutes_of(*some), per_jp), carried(minutes_of(*every), per_jp)
    if jp >= whole:
        return able
    if len(some) == len(every):
        return jp
    even = jp * minutes_of(*some) // minutes_of(*every)
    return min(able, max(even, sum(session.jp for session in some)))


def shared_out(jp: int, sessions: Sequence[LiveSession]) -> list[int]:
    """The JP of a row in whole numbers, given to its sessions by their minutes; the sum is the row's."""
    minutes = [minutes_of(session) for session in sessions]
    given = [jp * each // sum(minutes) for each in minutes]
    rests = sorted(range(len(given)), key=lambda n: (-(jp * minutes[n] % sum(minutes)), n))
    for place in rests[: jp - sum(given)]:
        given[place] += 1
    return given


def weights(jp: int, sessions: Sequence[LiveSession]) -> list[int]:
    """The same in thousandths of a JP, which is how much of the presence of a diklat each session is."""
    whole = minutes_of(*sessions)
    return [jp * WHOLE * minutes_of(session) // whole for session in sessions]


def followed(sessions: Sequence[LiveSession], attended: Container[int], per_jp: int) -> int:
    """JP of the sessions of a diklat of which these were attended, row by row."""
    rows: dict[int, list[LiveSession]] = defaultdict(list)
    for session in sessions:
        rows[session.row_id].append(session)
    return sum(
        of_some(sum(s.jp for s in every), [s for s in every if s.id in attended], every, per_jp)
        for every in rows.values()
    )
