"""Who asks at the door learns nothing of who has an account: equal words after equal work; a worker does the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people.errors import EmailTaken
from calakan.people.models import Asked, AskedEntry, Person
from calakan.people.services import asking, entry
from calakan.people.tasks import take_entries
from tests import factories

PASSWORD = "belimbing wuluh tiga keranjang"
DOORS: dict[str, dict[str, str]] = {
    "/akun/daftar": {"name": "Ani Rahmawati", "password": PASSWORD, "notice": "y"},
    "/akun/lupa-sandi": {},
    "/akun/kirim-ulang": {},
}


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def addresses(app: Flask) -> dict[str, str]:
    """One of each kind that a stranger might want to tell apart."""
    found = {"unknown": "tidak.ada@example.org", "known": factories.person().email, "closed": factories.person().email}
    found["unproven"] = "belum@example.org"
    with db.transaction() as session:
        entry.sign_up(found["unproven"], "Belum", password_hash="x", now=clock.now())
        session.execute(sa.update(Person).where(Person.email == found["closed"]).values(active=False))
    return found


@pytest.mark.parametrize("door", DOORS)
def test_the_same_statements_and_the_same_answer_for_every_address(app: Flask, door: str) -> None:
    told, done = {}, {}
    for kind, email in addresses(app).items():
        with statements() as seen:
            answer = app.test_client().post(door, data={**DOORS[door], "email": email})
        told[kind] = (answer.status_code, answer.headers["Location"], answer.get_data())
        done[kind] = list(seen)
    assert len({str(value) for value in told.values()}) == 1
    assert len({str(value) for value in done.values()}) == 1, done
    assert sum("asked_entry" in statement for statement in done["known"]) == 1
    assert told["known"][0] == 302


def test_the_worker_does_what_was_asked_once_and_in_order(app: Flask) -> None:
    settings, known = app.extensions["calakan.settings"], factories.person().email
    for asked, email in ((Asked.SIGN_UP, "Baru@example.org"), (Asked.AGAIN, "baru@example.org"), (Asked.RESET, known)):
        with db.transaction():
            asking.note(asked, email, name="Ani", password_hash="x", now=clock.now())
    assert take_entries(settings) == 3
    assert take_entries(settings) == 0
    assert db.session().scalar(sa.select(sa.func.count()).select_from(AskedEntry)) == 0
    kinds = db.session().execute(sa.select(Message.address, Message.kind).order_by(Message.id)).all()
    assert [tuple(row) for row in kinds if row.kind.startswith("people.")] == [
        ("baru@example.org", entry.CONFIRM), ("baru@example.org", entry.CONFIRM), (known, entry.RESET),
    ]  # fmt: skip
    assert db.session().scalars(sa.select(Person.name).where(Person.email == "baru@example.org")).one() == "Ani"


def test_what_is_refused_hinders_nothing_behind_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two claims of one address meet in two workers, and the second finds the address taken."""
    sign_up = entry.sign_up

    def taken(email: str, *rest: Any, **more: Any) -> None:
        if email == "satu@example.org":
            raise EmailTaken(email=email)
        sign_up(email, *rest, **more)

    monkeypatch.setattr(entry, "sign_up", taken)
    with db.transaction():
        for email in ("satu@example.org", "dua@example.org"):
            asking.note(Asked.SIGN_UP, email, name="Budi", password_hash="x", now=clock.now())
    assert asking.take() == 1
    assert db.session().scalar(sa.select(sa.func.count()).select_from(AskedEntry)) == 0
    assert db.session().scalars(sa.select(Person.email).where(Person.name == "Budi")).one() == "dua@example.org"
