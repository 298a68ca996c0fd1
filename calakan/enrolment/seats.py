"""Who gets a seat, who waits and who is refused, with the reason: decided from a small snapshot, without the database.

Seats may be shared out by school, kecamatan, jenjang or jabatan. A share is the most its group may hold until what is left
over is released; where groups are named, all others together hold the rest of the quota. Whose group nobody knows waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from calakan.diklat.models import SeatBy
from calakan.diklat.seat_shares import EACH
from calakan.enrolment.plans import QUIET_UNTIL
from calakan.kernel import clock
from calakan.kernel.errors import DomainError
from calakan.kernel.text import search_key

OTHERS = "*"
"""The share of all groups that have none by name."""
MOST_KEY = 80
Who = TypeVar("Who")


class Shared(Protocol):
    """What of a diklat says how its seats are shared out: itself, or the columns that were locked."""

    @property
    def quota(self) -> int | None: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def seat_by(self) -> SeatBy | None: ...
    @property
    def seat_limits(self) -> dict[str, int]: ...
    @property
    def seat_release_days(self) -> int | None: ...


class Outcome(StrEnum):
    SEAT = "seat"
    WAIT = "wait"
    REFUSE = "refuse"


class Why(StrEnum):
    """Why somebody waits; LATE is why nobody does any more."""

    FULL = "full"
    SHARE = "share"
    UNKNOWN = "unknown"
    LATE = "late"


@dataclass(frozen=True)
class Rule:
    """Seats of a diklat at one moment; `released`: what is left over of the shares is for everybody."""

    quota: int | None
    by: SeatBy | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    released: bool = False

    @property
    def binds(self) -> bool:
        return self.by is not None and not self.released

    def share_of(self, profile: Any) -> str | None:
        """The share that a person, or a row with these columns, is counted in; None where that is not known."""
        own = group(self.by, profile) if self.by is not None else None
        return own if own is None or EACH in self.limits or own in self.limits else OTHERS

    def most(self, share: str) -> int | None:
        """The most seats of a share; None is no limit of its own."""
        if EACH in self.limits:
            return self.limits[EACH]
        if share in self.limits:
            return self.limits[share]
        return None if self.quota is None else max(self.quota - sum(self.limits.values()), 0)


@dataclass(frozen=True)
class Snapshot:
    """What is taken at this moment, and in the own share; `share` is None where the own group is not known.

    `refusal` is why nobody may join now, or not this person; `moves`: whether those who wait still get seats.
    """

    taken: int
    share: str | None = None
    in_share: int = 0
    refusal: DomainError | None = None
    moves: bool = True


@dataclass(frozen=True)
class Verdict:
    """`most` and `taken` are those of the share or, where all seats are taken, of the diklat."""

    outcome: Outcome
    why: Why | None = None
    taken: int = 0
    most: int = 0
    refusal: DomainError | None = None

    @property
    def seated(self) -> bool:
        return self.outcome is Outcome.SEAT


def decide(rule: Rule, now: Snapshot) -> Verdict:
    """Seat, wait or refuse."""
    if now.refusal is not None:
        return Verdict(Outcome.REFUSE, refusal=now.refusal)
    waits = _waits(rule, now)
    if waits is None:
        return Verdict(Outcome.SEAT)
    return waits if now.moves else Verdict(Outcome.REFUSE, Why.LATE, waits.taken, waits.most)


def _waits(rule: Rule, now: Snapshot) -> Verdict | None:
    if rule.quota is not None and now.taken >= rule.quota:
        return Verdict(Outcome.WAIT, Why.FULL, now.taken, rule.quota)
    if not rule.binds:
        return None
    if now.share is None:
        return Verdict(Outcome.WAIT, Why.UNKNOWN)
    most = rule.most(now.share)
    return Verdict(Outcome.WAIT, Why.SHARE, now.in_share, most) if most is not None and now.in_share >= most else None


def allot(rule: Rule, held: Mapping[str | None, int], line: Iterable[tuple[Who, str | None]]) -> list[Who]:
    """Whom of a line (somebody, his share) the free seats go to; `held` are the seats of each share, None of no share.

    Who may have none yet is passed over and keeps his place.
    """
    counts, taken, seated = Counter(held), sum(held.values()), []
    for who, share in line:
        verdict = decide(rule, Snapshot(taken, share, counts[share]))
        if verdict.seated:
            seated.append(who)
            taken += 1
            counts[share] += 1
        elif verdict.why is Why.FULL:
            break
    return seated


def above(rule: Rule, held: Mapping[str | None, int]) -> list[str]:
    """Shares of which more is held than they have."""
    known = {share: seats for share, seats in held.items() if share is not None}
    return sorted(share for share, seats in known.items() if (most := rule.most(share)) is not None and seats > most)


def group(by: SeatBy, profile: Any) -> str | None:
    """The group of a person, or of a row with these columns; None where the profile does not say it.

    A place outside is a group of its own by its name; who stands above the levels (no jenjang) is one too.
    """
    if by is SeatBy.JENJANG:
        return str(profile.jenjang or "-")
    if by is SeatBy.POST:
        return profile.jabatan or None
    elsewhere = search_key(profile.kabupaten_elsewhere)
    if by is SeatBy.KECAMATAN:
        return profile.kecamatan_code or (f"luar {elsewhere}"[:MOST_KEY] if elsewhere else None)
    if profile.school_id is not None:
        return str(profile.school_id)
    school = search_key(profile.school_elsewhere)
    return f"luar {school} {elsewhere}"[:MOST_KEY].strip() if school else None


def released_at(diklat: Shared) -> datetime | None:
    """When shares end: at five in the morning of the day that lies so many days before the first session."""
    if diklat.seat_by is None or diklat.seat_release_days is None or diklat.starts_at is None:
        return None
    day = clock.local(diklat.starts_at).date() - timedelta(days=diklat.seat_release_days)
    return clock.instant(day, QUIET_UNTIL)


def rule_of(diklat: Shared, *, now: datetime) -> Rule:
    """What binds at this moment."""
    until = released_at(diklat)
    return Rule(diklat.quota, diklat.seat_by, diklat.seat_limits, until is not None and until <= now)
