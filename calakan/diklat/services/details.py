"""Creating a diklat and changing what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import cohorts
from calakan.diklat import jp as hours
from calakan.diklat.errors import DiklatFinal, JpLengthFixed, SharesAboveQuota, WindowReversed
from calakan.diklat.events import PresenceRuleChanged, QuotaLowered, QuotaRaised, SeatRuleChanged
from calakan.diklat.models import (
    Diklat,
    DiklatLevel,
    DiklatPost,
    DiklatState,
    DiklatTopic,
    JpRule,
    Kind,
    Mode,
    PresenceRule,
    SeatBy,
)
from calakan.diklat.seat_shares import EACH
from calakan.diklat.services import shares
from calakan.kernel import codes, db, events
from calakan.kernel.actor import Actor
from calakan.kernel.text import search_key
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the form of a diklat holds."""

    title: str
    summary: str
    description: str = ""
    outcomes: str = ""
    kind: Kind = Kind.DIKLAT
    mode: Mode = Mode.ONLINE
    place: str = ""
    cohort: str = ""
    topics: list[str] = field(default_factory=list)
    levels: list[Jenjang] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    quota: int | None = None
    seat_by: SeatBy | None = None
    seat_limits: dict[str, int] = field(default_factory=dict)
    seat_release_days: int | None = None
    newcomers_first: bool = False
    enrol_opens_at: datetime | None = None
    enrol_closes_at: datetime | None = None
    min_attendance_percent: int = 80
    minutes_per_jp: int | None = None
    """None: the office's for a new one, unchanged for one that there is."""
    jp_rule: JpRule = JpRule.HELD
    presence_rule: PresenceRule = PresenceRule.CODE_OR_MINUTES
    presence_percent: int = 80
    remind: bool = True
    issue_at_once: bool = False
    questionnaire: bool = False


def open_for_change(diklat_id: int) -> Diklat:
    """Lock a diklat that may still change. Raises NotFound, DiklatFinal."""
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state in (DiklatState.CLOSED, DiklatState.CANCELLED):
        raise DiklatFinal(state=diklat.state.value)
    return diklat


def create(details: Details, *, lead_id: int | None, actor: Actor, now: datetime) -> Diklat:
    """A draft, seen by nobody but its lead and the panitia. Raises WindowReversed, SharesAboveQuota."""
    diklat = Diklat(slug=_free_slug(details.title), created_at=now, state=DiklatState.DRAFT, lead_id=lead_id)
    diklat.minutes_per_jp = details.minutes_per_jp or office_settings().minutes_per_jp
    db.session().add(diklat)
    _write(diklat, details)
    db.session().flush()
    audit.record("diklat.create", diklat, actor=actor, now=now)
    return diklat


def change(diklat_id: int, details: Details, *, actor: Actor, now: datetime, keep_seated: bool = False) -> Diklat:
    """A raised quota seats those who wait; one below those who are seated, or shares below them, is refused by whoever
    seats them, unless they are to keep their seats (`keep_seated`).

    Raises DiklatFinal, WindowReversed, SharesAboveQuota, JpLengthFixed, JpAboveMinutes, and what a lowered quota is refused
    for.
    """
    diklat = open_for_change(diklat_id)
    _set_length_of_jp(diklat, details.minutes_per_jp or diklat.minutes_per_jp)
    lowered = details.quota is not None and (diklat.quota is None or details.quota < diklat.quota)
    rule, seating = (diklat.presence_rule, diklat.presence_percent), _seating(diklat)
    raised = diklat.quota is not None and (details.quota is None or details.quota > diklat.quota)
    _write(diklat, details)
    db.session().flush()
    if rule != (diklat.presence_rule, diklat.presence_percent):
        events.announce(PresenceRuleChanged(diklat_id=diklat.id, actor=actor, now=now))
    audit.record("diklat.change", diklat, actor=actor, now=now)
    if lowered:
        events.announce(QuotaLowered(diklat_id=diklat.id, actor=actor, now=now, keep_seated=keep_seated))
    if seating != _seating(diklat):
        events.announce(SeatRuleChanged(diklat_id=diklat.id, actor=actor, now=now, keep_seated=keep_seated))
    if raised and diklat.state is DiklatState.PUBLISHED:
        events.announce(QuotaRaised(diklat_id=diklat.id, actor=actor, now=now))
    return diklat


def _seating(diklat: Diklat) -> tuple[object, ...]:
    """What shares the seats out; a quota is part of it where groups are named, because the others get the rest."""
    rest = None if EACH in diklat.seat_limits else diklat.quota
    shares = (diklat.seat_by, diklat.seat_limits, diklat.seat_release_days, rest) if diklat.seat_by else ()
    return (*shares, diklat.newcomers_first)


def set_lead(diklat_id: int, person_id: int | None, *, actor: Actor, now: datetime) -> Diklat:
    """Put a narasumber in charge, or nobody. Raises DiklatFinal."""
    diklat = open_for_change(diklat_id)
    diklat.lead_id = person_id
    audit.record("diklat.set_lead", diklat, actor=actor, now=now, person_id=person_id)
    return diklat


def _set_length_of_jp(diklat: Diklat, minutes: int) -> None:
    """JP that follow the minutes of sessions follow; those that were typed must still find room. Raises JpLengthFixed."""
    if minutes == diklat.minutes_per_jp:
        return
    if diklat.public:
        raise JpLengthFixed()
    for row, sessions in shares.rows_taught(diklat.id):
        if row.jp_typed:
            length = hours.minutes_of(*sessions)
            hours.refuse_above(row.jp, length, hours.carried(length, minutes), minutes)
    diklat.minutes_per_jp = minutes
    shares.fit(diklat)
    shares.sum_up(diklat)


def _write(diklat: Diklat, details: Details) -> None:
    opens, closes = details.enrol_opens_at, details.enrol_closes_at
    if opens is not None and closes is not None and opens >= closes:
        raise WindowReversed()
    _share_out(diklat, details)
    diklat.title, diklat.summary = details.title, details.summary
    diklat.description, diklat.outcomes = details.description, details.outcomes
    diklat.title_key = search_key(f"{details.title} {details.summary}")[:240]
    diklat.kind, diklat.mode, diklat.place = details.kind, details.mode, details.place
    diklat.cohort = cohorts.normal(details.cohort)
    diklat.quota, diklat.remind, diklat.issue_at_once = details.quota, details.remind, details.issue_at_once
    diklat.enrol_opens_at, diklat.enrol_closes_at = opens, closes
    diklat.min_attendance_percent, diklat.jp_rule = details.min_attendance_percent, details.jp_rule
    diklat.presence_rule, diklat.presence_percent = details.presence_rule, details.presence_percent
    diklat.questionnaire = details.questionnaire
    _replace(diklat.topics, details.topics, "topic", DiklatTopic)
    _replace(diklat.levels, details.levels, "jenjang", DiklatLevel)
    _replace(diklat.posts, details.posts, "jabatan", DiklatPost)


def _share_out(diklat: Diklat, details: Details) -> None:
    shared = details.seat_by is not None
    total = sum(details.seat_limits.values()) if shared and EACH not in details.seat_limits else 0
    if details.quota is not None and total > details.quota:
        raise SharesAboveQuota(total=total, quota=details.quota)
    diklat.seat_by = details.seat_by
    diklat.seat_limits = dict(details.seat_limits) if shared else {}
    diklat.seat_release_days = details.seat_release_days if shared else None
    diklat.newcomers_first = details.newcomers_first


def _replace(rows: list[Any], wanted: Sequence[object], name: str, model: Callable[..., object]) -> None:
    held = {getattr(row, name): row for row in rows}
    rows[:] = [held.get(value) or model(**{name: value}) for value in dict.fromkeys(wanted)]


def _free_slug(title: str) -> str:
    base = codes.slug(title)
    taken = set(db.session().scalars(sa.select(Diklat.slug).where(Diklat.slug.startswith(base, autoescape=True))))
    for candidate in (base, *(f"{base}-{n}" for n in range(2, 30))):
        if candidate not in taken:
            return candidate
    return f"{base}-{codes.code(6).lower()}"
