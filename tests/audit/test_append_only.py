"""What is on the trail stays as it was written, whoever has the database open."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit import services as audit
from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from tests import factories

REWRITES = {
    "update": "UPDATE audit_entry SET act = 'x'",
    "update of one column": "UPDATE audit_entry SET facts = NULL WHERE id = (SELECT min(id) FROM audit_entry)",
    "delete": "DELETE FROM audit_entry",
    "truncate": "TRUNCATE audit_entry",
    "replace": "INSERT OR REPLACE INTO audit_entry SELECT id, at, actor_id, actor_name, 'x', subject_kind, subject_id, "
    "subject_name, facts FROM audit_entry",
}
OF_ONE_DATABASE = {"truncate": "postgresql", "replace": "sqlite"}


@pytest.mark.parametrize("how", REWRITES)
def test_no_statement_rewrites_the_trail(app: Flask, how: str) -> None:
    if OF_ONE_DATABASE.get(how, db.engine().dialect.name) != db.engine().dialect.name:
        pytest.skip("not a statement of this database")
    person = factories.person()
    with db.transaction():
        audit.record("people.log_in", person, actor=factories.actor(person), now=clock.now())
    rows = sa.select(AuditEntry.id, AuditEntry.act, AuditEntry.facts).order_by(AuditEntry.id)
    before = db.session().execute(rows).all()
    assert before
    db.session().rollback()
    with pytest.raises(sa.exc.IntegrityError, match="only ever added to"), db.transaction() as session:
        session.execute(sa.text(REWRITES[how]))
    assert db.session().execute(rows).all() == before


def test_the_trail_goes_on(app: Flask) -> None:
    person = factories.person()
    count = sa.select(sa.func.count()).select_from(AuditEntry)
    before = db.session().scalar(count) or 0
    with db.transaction():
        for _ in range(2):
            audit.record("people.log_in", person, actor=factories.actor(person), now=clock.now())
    assert db.session().scalar(count) == before + 2
