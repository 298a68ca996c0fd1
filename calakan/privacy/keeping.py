"""For how long what is kept, and when the office changed that: what the notice tells besides its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.privacy import retention
from calakan.privacy.retention import Kept

CHANGED = "office.change_settings"
YEAR = 365


@dataclass(frozen=True)
class Period:
    """Of days, which are whole `years` where they can be said so."""

    kind: Kept
    days: int

    @property
    def years(self) -> int | None:
        return self.days // YEAR if self.days % YEAR == 0 else None


@dataclass(frozen=True)
class Change:
    at: datetime
    was: Period
    now: Period


def periods() -> Sequence[Period]:
    return [Period(kind, retention.days(kind)) for kind in Kept]


def changes() -> Sequence[Change]:
    """What an admin ever set otherwise, the newest first; the trail is the record."""
    wanted = sa.select(AuditEntry.at, AuditEntry.facts).where(AuditEntry.act == CHANGED)
    rows = db.session().execute(wanted.order_by(AuditEntry.id.desc())).all()
    found = []
    for at, facts in rows:
        changed = facts.get("changed", {})
        found += [
            Change(at, *(Period(kind, days) for days in changed[kind.value])) for kind in Kept if kind.value in changed
        ]
    return found
