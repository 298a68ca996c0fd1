"""Another program holds SQLite's one write lock for longer than its driver waits by itself: nobody is refused, and
readers do not wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Login
from tests import factories

LOCKED_SECONDS = 7  # Python's driver gives up after five; ours is told how long a writer is to wait
WRITERS = 6
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def path(app: Flask, database_url: str) -> Path:
    if not database_url.startswith("sqlite"):
        pytest.skip("a file that others can lock")
    found = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    assert found is not None
    return Path(found)


@pytest.mark.timeout(120)
def test_nobody_is_refused_and_readers_do_not_wait(app: Flask, path: Path, client_of: Opener) -> None:
    assert db.BUSY_SECONDS >= 15
    course, slug = factories.diklat("Utama", days=2).id, factories.diklat("Lain", days=2).slug
    people = [factories.person(f"Orang {n}").id for n in range(WRITERS)]
    reader = client_of(people[0])
    with db.transaction() as session:  # so that its next request would note it
        session.execute(sa.update(Login).values(last_seen_at=clock.now() - timedelta(minutes=10)))
    # The same library: two of them in one process do not see each other's locks.
    outsider = db.sqlite_driver().connect(str(path), isolation_level=None, check_same_thread=False)
    outsider.execute("BEGIN IMMEDIATE")
    failures: list[Exception] = []

    def enrol(person_id: int) -> None:
        with app.app_context():
            try:
                with db.transaction():
                    enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
            except Exception as error:
                failures.append(error)
            db.db.session.remove()

    threads = [threading.Thread(target=enrol, args=(id,)) for id in people]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    slowest = 0.0
    while time.monotonic() - begin < LOCKED_SECONDS:
        asked_at = time.monotonic()
        assert reader.get(f"/diklat/{slug}").status_code == 200
        slowest = max(slowest, time.monotonic() - asked_at)
        time.sleep(0.05)
    outsider.rollback()
    outsider.close()
    for thread in threads:
        thread.join()
    assert failures == []
    assert slowest < LOCKED_SECONDS - 1
    db.session().rollback()
    assert db.session().scalar(sa.text("SELECT count(*) FROM enrolment")) == WRITERS
