"""Reading the trail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.text import like


def trail(
    *,
    act: str = "",
    words: str = "",
    person_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> sa.Select[AuditEntry]:
    """Newest first; `act` is a prefix such as `certificates.`, `words` are looked for in the names of actor and subject.

    `person_id`: what this person did, and what was done to him; from `since` to before `until`.
    """
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id.desc())
    if person_id is not None:
        about = sa.and_(AuditEntry.subject_kind == "person", AuditEntry.subject_id == person_id)
        told = AuditEntry.facts["person_id"].as_integer() == person_id
        wanted = wanted.where(sa.or_(AuditEntry.actor_id == person_id, about, told))
    if since is not None:
        wanted = wanted.where(AuditEntry.at >= since)
    if until is not None:
        wanted = wanted.where(AuditEntry.at < until)
    if act:
        wanted = wanted.where(AuditEntry.act.startswith(act, autoescape=True))
    if words:
        pattern = like(words)
        wanted = wanted.where(
            AuditEntry.actor_name.ilike(pattern, escape="\\") | AuditEntry.subject_name.ilike(pattern, escape="\\")
        )
    return wanted


def about(subject: db.Base, *, act: str = "", limit: int = 100) -> Sequence[AuditEntry]:
    """What was done to one thing, in the order it happened; `act` is a prefix."""
    wanted = sa.select(AuditEntry).where(
        AuditEntry.subject_kind == subject.__tablename__, AuditEntry.subject_id == getattr(subject, "id", None)
    )
    if act:
        wanted = wanted.where(AuditEntry.act.startswith(act, autoescape=True))
    newest = db.session().scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()
    return newest[::-1]


def has_acted(person_id: int | None, act: str, kind: str, id: int | None, *, path: str = "", since: datetime) -> bool:
    """Whether this person did this to this thing of a kind (the name of its table), or on this page, from then on."""
    wanted = sa.select(AuditEntry.id).where(
        AuditEntry.subject_kind == kind,
        AuditEntry.subject_id.is_not_distinct_from(id),
        AuditEntry.actor_id == person_id,
        AuditEntry.act == act,
        AuditEntry.at >= since,
    )
    if path:
        wanted = wanted.where(AuditEntry.facts["path"].as_string() == path)
    return db.session().scalar(wanted.limit(1)) is not None


def acted_on(people: Iterable[int], acts: Iterable[str], kind: str) -> set[tuple[int, int]]:
    """(person, thing) of all that these people ever did so to things of a kind; one statement."""
    wanted = sa.select(AuditEntry.actor_id, AuditEntry.subject_id).where(
        AuditEntry.actor_id.in_(list(people)), AuditEntry.act.in_(list(acts)), AuditEntry.subject_kind == kind
    )
    rows = db.session().execute(wanted.distinct())
    return {(person, thing) for person, thing in rows if person is not None and thing is not None}
