"""How many JP a schedule carries: 1 JP is 45 minutes by default (PerLAN 5/2018). Pure.

The minutes of a diklat are rounded downward once: those of the sessions of a row are counted together, and what rows
leave over together makes whole JP as well.
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


def rounded(rows: Sequence[tuple[int, int | None]], per_jp: int) -> list[int]:
    """JP of rows that are taught, of each its minutes and the JP that were typed for it (None: all that they carry).

    The sum is that of all their minutes, rounded downward once. The JP that rests make together stand with the rows that
    leave most, the earlier first. One that was typed stays as it is, within its own minutes, and its rest is a break.
    """
    whole = [carried(minutes, per_jp) for minutes, _ in rows]
    given = [most if typed is None else min(typed, most) for most, (_, typed) in zip(whole, rows, strict=True)]
    rests = [minutes % per_jp if typed is None else 0 for minutes, typed in rows]
    for place in sorted(range(len(rows)), key=lambda n: (-rests[n], n))[: carried(sum(rests), per_jp)]:
        given[place] += 1
    return given


def refuse_above(jp: int, minutes: int, allowed: int, per_jp: int) -> None:
    """Raises JpAboveMinutes when so many minutes of this diklat do not carry this JP."""
    if jp > allowed:
        raise JpAboveMinutes(jp=jp, minutes=minutes, allowed=allowed, per_jp=per_jp)


def of_some(jp: int, some: Sequence[LiveSession], every: Sequence[LiveSession], per_jp: int) -> int:
    """What some of all sessions of a row carry of its JP: whatever is held, followed or left over counts by this.

    A row that is planned with all JP of its minutes keeps all of theirs; one that leaves out breaks gives each session
    its share, by the minutes or as it was typed.
    """
    if len(some) == len(every):
        return min(jp, -(-minutes_of(*every) // per_jp))
    able, whole = carried(minutes_of(*some), per_jp), carried(minutes_of(*every), per_jp)
    if jp >= whole:
        return able
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
