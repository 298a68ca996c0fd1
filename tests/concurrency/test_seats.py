"""The control of the race for seats: with the lock switched off, seats are sold twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from calakan.diklat.models import Diklat
from calakan.enrolment import joining, queries, services
from calakan.kernel import clock, db
from tests import factories


def test_without_the_lock_seats_are_sold_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite the writing transaction itself is the lock, so there the count still holds."""
    course = factories.diklat(quota=5).id
    people = [factories.person(f"Guru {n}").id for n in range(16)]
    waiting, counted = threading.Barrier(16), joining.line
    postgres = db.engine().dialect.name == "postgresql"

    def unlocked(model: type[db.Base], id: int, *columns: Any) -> Any:
        return db.session().get(model, id)

    def count_together(*asked: Any) -> joining.Line:
        taken = counted(*asked)
        if postgres:
            waiting.wait(timeout=60)
        return taken

    monkeypatch.setattr(db, "hold", unlocked)
    monkeypatch.setattr(joining, "line", count_together)

    def click(person_id: int) -> None:
        with app.app_context():
            with db.transaction():
                services.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
            db.db.session.remove()

    threads = [threading.Thread(target=click, args=(id,)) for id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    taken = queries.seats(db.session().get_one(Diklat, course))[course].taken
    assert taken == (16 if postgres else 5)
