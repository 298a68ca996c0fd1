"""An erasure reaches the trail: the words about a person go, who did what to which thing and when stays."""

from __future__ import annotations

import json
from collections.abc import Collection

import sqlalchemy as sa

from calakan.audit.models import AuditEntry, TrailLink
from calakan.kernel import db
from calakan.kernel.wording import phrase

PERSON = "person"


def forget(person_id: int, words: Collection[str]) -> int:
    """Take name and facts about an erased person out of every entry; `words` are how the person was called and written to.

    Returns how many entries lost something. The person's row says already that it is erased: the database lets go of
    nobody else's words.
    """
    called = {word for word in words if word}
    own, about = AuditEntry.actor_id == person_id, _about(person_id)
    named = AuditEntry.subject_name.in_(called)
    told = sa.or_(about, AuditEntry.facts["person_id"].as_integer() == person_id, *_telling(called))
    held = sa.select(AuditEntry.id).where(sa.or_(own, about, named, told)).with_for_update()
    ids = list(db.session().scalars(held))
    for part in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        these = AuditEntry.id.in_(part)
        links = sa.update(TrailLink).where(TrailLink.entry_id.in_(part), TrailLink.salt.is_not(None))
        _run(links.values(salt=None, erased_id=person_id))
        _run(sa.update(AuditEntry).where(these, own).values(actor_name=phrase("kernel.nobody")))
        _run(sa.update(AuditEntry).where(these, told).values(facts={}))
        _run(sa.update(AuditEntry).where(these, sa.or_(about, named)).values(subject_name=phrase("kernel.nobody")))
    return len(ids)


def _about(person_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(AuditEntry.subject_kind == PERSON, AuditEntry.subject_id == person_id)


def _telling(called: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """The facts hold one of these as a value of their own, in whichever depth."""
    text = sa.cast(AuditEntry.facts, sa.Text)
    return [text.contains(json.dumps(word), autoescape=True) for word in called]


def _run(statement: sa.Update) -> None:
    db.session().execute(statement.execution_options(synchronize_session=False))
