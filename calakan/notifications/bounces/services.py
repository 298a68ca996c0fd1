"""Keeping what came back, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import system
from calakan.kernel.claims import WorkState
from calakan.notifications import letters, queries
from calakan.notifications import services as notifications
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.reports import Report
from calakan.notifications.models import Bounce, Message
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way

ACTOR = system("bounces")


def record(reports: Sequence[Report], *, now: datetime) -> int:
    """Keep each report once, however often it is told; returns how many were new."""
    return sum(_record(report, now=now) for report in reports)


def _record(told: Report, *, now: datetime) -> bool:
    report = replace(told, detail=letters.masked(told.detail))
    message = db.session().get(Message, report.message_id)
    if message is None or not message.address:  # forgotten with its person
        return False
    row = {
        "message_id": message.id,
        "person_id": message.person_id,
        "address": message.address,
        "kind": report.kind,
        "status": report.status,
        "detail": report.detail,
        "at": now,
        "trusted_at": None,
    }
    if not db.insert_new(Bounce, [row]):
        return False
    if report.kind is BounceKind.COMPLAINT:
        if message.person_id is not None:
            _mute(message.person_id, now=now)
    else:
        _failed(message.id, report)
        audit.record("notifications.bounce", message, actor=ACTOR, now=now, name=message.key, status=report.status)
    return True


def _mute(person_id: int, *, now: datetime) -> None:
    """Whoever complains about one mail gets no more that may be refused; seats, changes and papers still arrive."""
    elsewhere = {(topic, way) for _, topic, way in queries.muted([person_id]) if way is not Way.MAIL}
    by_mail = {(topic, Way.MAIL) for topic in Topic}
    notifications.choose_topics(person_id, elsewhere | by_mail, actor=ACTOR, now=now)


def _failed(message_id: int, report: Report) -> None:
    """It had left, so `sent_at` stays: the relay's budget counts it, and the person's inbox shows it."""
    left = Message.state.in_([WorkState.DONE, WorkState.UNCERTAIN])
    db.session().execute(
        sa.update(Message)
        .where(Message.id == message_id, left)
        .values(state=WorkState.FAILED, last_error=f"{report.status} {report.detail}".strip() or "bounced")
    )
