"""Nobody is in two places at once, and no meeting account hosts two sessions: held here, under a lock on each.

A panitia may accept a clash with a reason, which stays in the trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from calakan.audit import services as audit
from calakan.diklat import rules as diklat_rules
from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.narasumber import queries
from calakan.narasumber.errors import AccountClash, AccountUnknown, OverrideNotAllowed, SpeakerClash
from calakan.narasumber.models import MeetingAccount
from calakan.narasumber.queries import Busy
from calakan.people.models import Person


def refuse_clash(person: Person, session: LiveSession, *, override: str = "", actor: Actor, now: datetime) -> None:
    """The caller holds the person's lock. Raises SpeakerClash, OverrideNotAllowed."""
    other = queries.clash(person.id, session)
    if other is None:
        return
    if not override.strip():
        raise clash_error(person, session, other)
    _accept(session, other, override, actor=actor, now=now, person_id=person.id)


def refuse_account_clash(
    account_id: int, session: LiveSession, *, override: str = "", actor: Actor, now: datetime
) -> MeetingAccount:
    """Locks the account, so two schedulers cannot both find it free. Raises AccountUnknown, AccountClash."""
    if db.session().get(MeetingAccount, account_id) is None:
        raise AccountUnknown()
    account = db.lock(MeetingAccount, account_id)
    other = queries.account_clash(account_id, session)
    if other is not None:
        if not override.strip():
            raise AccountClash(
                name=account.name, other_title=other.title, starts_at=other.starts_at, ends_at=other.ends_at
            )
        _accept(session, other, override, actor=actor, now=now, account=account.name)
    return account


def _accept(session: LiveSession, other: Busy, reason: str, *, actor: Actor, now: datetime, **whose: Any) -> None:
    if not (actor.is_committee or diklat_rules.is_own(actor, session.diklat_id)):
        raise OverrideNotAllowed()
    audit.record(
        "narasumber.accept_clash",
        session,
        actor=actor,
        now=now,
        reason=reason.strip()[:300],
        other=other.title,
        starts_at=other.starts_at.isoformat(),
        ends_at=other.ends_at.isoformat(),
        **whose,
    )


def clash_error(person: Person, session: LiveSession, other: Busy) -> SpeakerClash:
    """Both places named."""
    return SpeakerClash(
        name=person.printed_name,
        title=session.title,
        place=session.place or "daring",
        other_title=other.title,
        other_place=other.place,
        own=other.live_session_id is None,
        starts_at=other.starts_at,
        ends_at=other.ends_at,
    )


def veto_clashes(session: LiveSession, *, override: str, actor: Actor, now: datetime) -> None:
    """At its new time, everybody confirmed and the meeting account must still be free; people by ascending id."""
    for person_id in sorted(_confirmed(session)):
        refuse_clash(db.lock(Person, person_id), session, override=override, actor=actor, now=now)
    account_id = queries.staffing(session.id).meeting_account_id
    if account_id is not None:
        refuse_account_clash(account_id, session, override=override, actor=actor, now=now)


def _confirmed(session: LiveSession) -> Iterable[int]:
    return (row.person_id for row in queries.confirmed_of([session.id]).get(session.id, ()))
