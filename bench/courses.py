"""Diklat for the scenarios, made by way of the services; their participants in bulk."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from bench.site import ACTOR
from calakan.demo import district
from calakan.diklat.models import Diklat
from calakan.diklat.services import details, sessions, states
from calakan.kernel import clock, db


def published(title: str, *, starts_at: datetime, quota: int | None = None, days: int = 2) -> int:
    """With one live session a week; asked for long enough before to be allowed."""
    asked = min(starts_at - timedelta(days=20), clock.now())
    with db.transaction():
        made = details.create(
            details.Details(title=title, summary="Diklat untuk pengukuran.", quota=quota),
            lead_id=None,
            actor=ACTOR,
            now=asked,
        )
        for week in range(days):
            start = starts_at + timedelta(days=7 * week)
            plan = sessions.SessionPlan(
                title=f"Sesi {week + 1}", starts_at=start, ends_at=start + timedelta(hours=3), room_url=""
            )
            sessions.add(made.id, plan, actor=ACTOR, now=asked, past=True)
        states.publish(made.id, actor=ACTOR, now=asked)
        return made.id


def enrol(diklat_id: int, people: Sequence[int]) -> None:
    """All confirmed, all present in whatever is over."""
    with db.transaction():
        district.fill(diklat_id, list(people), random.Random(diklat_id), clock.now(), attended=1.0)


def slug(diklat_id: int) -> str:
    return db.session().get_one(Diklat, diklat_id).slug
