"""Noting a breach, whom it was told, and that it is over. Each step stands on the trail with its moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.askable import Askable
from calakan.privacy.errors import BreachClosed, BreachNotTold, BreachNotYet
from calakan.privacy.models import Breach


class Step(Askable):
    """What is done once and stays done."""

    PEOPLE = "people"
    AUTHORITY = "authority"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the law asks to be said: when and how it happened, to which data of whom, and what is done about it."""

    title: str
    noticed_at: datetime
    happened: str
    data: str
    affected: str
    remedy: str


def note(said: Told, *, actor: Actor, now: datetime) -> Breach:
    """Start the clock. Raises BreachNotYet for one that is noticed later than now."""
    breach = Breach()
    _write(breach, said, now=now)
    db.session().add(breach)
    db.session().flush()
    audit.record("privacy.note_breach", breach, actor=actor, now=now, noticed_at=said.noticed_at.isoformat())
    return breach


def amend(breach_id: int, said: Told, *, actor: Actor, now: datetime) -> Breach:
    """More is known. Raises BreachClosed, BreachNotYet."""
    breach = _open(breach_id)
    was = breach.noticed_at
    _write(breach, said, now=now)
    db.session().flush()
    moved = [was.isoformat(), said.noticed_at.isoformat()] if was != said.noticed_at else []
    audit.record("privacy.amend_breach", breach, actor=actor, now=now, noticed_at=moved)
    return breach


def take(breach_id: int, step: Step, *, actor: Actor, now: datetime) -> Breach:
    """Note that the people or the authority were told, or that it is over; the first time counts.

    Raises BreachClosed, and BreachNotTold to whoever closes it before both were told.
    """
    breach = _open(breach_id)
    if step.is_closed:
        if not breach.told:
            raise BreachNotTold()
        breach.closed_at = now
    elif step.is_people:
        if breach.people_told_at is not None:
            return breach
        breach.people_told_at = now
    else:
        if breach.authority_told_at is not None:
            return breach
        breach.authority_told_at = now
    db.session().flush()
    audit.record("privacy.answer_breach", breach, actor=actor, now=now, step=step.value, late=now > breach.due_at)
    return breach


def _open(breach_id: int) -> Breach:
    breach = db.lock(Breach, breach_id)
    if breach.closed_at is not None:
        raise BreachClosed()
    return breach


def _write(breach: Breach, said: Told, *, now: datetime) -> None:
    if said.noticed_at > now:
        raise BreachNotYet()
    for name, value in vars(said).items():
        setattr(breach, name, value)


def by_code(code: str) -> Breach | None:
    return db.session().scalar(sa.select(Breach).where(Breach.code == code)) if len(code) == 10 else None


def register() -> Sequence[Breach]:
    """The open ones first, the newest before the older."""
    closed = Breach.closed_at.is_not(None)
    return db.session().scalars(sa.select(Breach).order_by(closed, Breach.noticed_at.desc(), Breach.id.desc())).all()


def waiting() -> Sequence[Breach]:
    """Of whom somebody has still to be told, the most urgent first."""
    untold = sa.or_(Breach.people_told_at.is_(None), Breach.authority_told_at.is_(None))
    return db.session().scalars(sa.select(Breach).where(untold).order_by(Breach.noticed_at, Breach.id)).all()
