"""Claims: as many rows as asked for, the oldest first, on both databases."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from calakan.kernel import claims, clock, db
from calakan.notifications import services
from calakan.notifications.models import Message
from tests import factories


def test_a_claim_takes_no_more_than_its_limit_and_the_oldest_first(app: Flask) -> None:
    person, now = factories.person(), clock.now()
    with db.transaction():
        services.queue_rows(
            services.message_row(
                "enrolment.confirmed",
                key=f"m{n}",
                person_id=person.id,
                address=person.email,
                now=now,
                due_at=now - timedelta(minutes=n),
            )
            for n in range(5)
        )
    oldest = list(db.session().scalars(sa.select(Message.id).order_by(Message.due_at)))
    taken = []
    for _ in range(3):
        with db.transaction():
            token, ids = claims.claim(Message, now=now, limit=2)
        taken.append(list(ids))
        tokens = db.session().scalars(sa.select(Message.claim_token).where(Message.id.in_(ids))).all()
        assert tokens == [token] * len(ids)
    assert taken == [sorted(oldest[:2]), sorted(oldest[2:4]), oldest[4:]]


def test_a_key_that_exists_is_left_as_it_is(app: Flask) -> None:
    person, now = factories.person(), clock.now()

    def rows(*keys: str) -> list[dict[str, object]]:
        return [
            services.message_row(
                "enrolment.confirmed", key=key, person_id=person.id, address=key, now=now, facts={"n": key}
            )
            for key in keys
        ]

    with db.transaction():
        assert services.queue_rows(rows("a", "b")) == 2
    with db.transaction():
        assert services.queue_rows(rows("b", "c")) == 1
    with db.transaction():
        assert services.queue_rows([]) == 0
    found = db.session().execute(sa.select(Message.key, Message.facts).order_by(Message.key)).all()
    assert [tuple(row) for row in found] == [(key, {"n": key}) for key in "abc"]
