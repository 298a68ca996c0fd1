"""Races for a narasumber's hour, for a slot and for a meeting account; and their controls, with the lock switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries, services
from calakan.narasumber.models import Assignment, AssignmentState, MeetingAccount, Staffing
from calakan.narasumber.services import clashes, invitations, outside, relay
from calakan.notifications.models import Message
from calakan.people import passwords
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.people.services import accounts, entry
from tests import factories

SYSTEM = factories.SYSTEM
MANY = 8


def together(app: Flask, works: list[Callable[[], object]]) -> list[str]:
    """Run all at once, each in a thread and a transaction of its own; `ok`, the code of a refusal, or what else was raised."""
    start, answers = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                start.wait(timeout=60)
                with db.transaction():
                    work()
                answers.append("ok")
            except DomainError as error:
                answers.append(error.code)
            except Exception as error:
                answers.append(repr(error))
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    return sorted(answers)


def meet(monkeypatch: pytest.MonkeyPatch, unlocked: type[db.Base], place: object, name: str) -> None:
    """Without the lock, everybody asks before anybody writes. SQLite's writing transaction is itself a lock."""
    lock = db.lock

    def lock_others(model: type[Any], id: int) -> Any:
        return db.session().get(model, id) if model is unlocked else lock(model, id)

    monkeypatch.setattr(db, "lock", lock_others)
    if db.engine().dialect.name != "postgresql":
        return
    waiting, asked = threading.Barrier(MANY), getattr(place, name)

    def ask_together(*args: Any, **kwargs: Any) -> Any:
        answer = asked(*args, **kwargs)
        waiting.wait(timeout=60)
        return answer

    monkeypatch.setattr(place, name, ask_together)


def judge(answers: list[str], refusal: str, *, locked: bool) -> int:
    """One wins; without the lock all do, but on SQLite, where the writing transaction is the lock. Returns how many."""
    wins = answers.count("ok")
    if locked or db.engine().dialect.name == "sqlite":
        assert answers == sorted(["ok"] + [refusal] * (MANY - 1))
    else:
        assert answers == ["ok"] * MANY
    return wins


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_two_schedulers_want_one_person_at_one_hour(app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    person = factories.volunteer().id
    ids = [factories.slot(f"Slot {n}") for n in range(MANY)]
    if not locked:
        meet(monkeypatch, Person, clashes.queries, "clash")

    def appoint(id: int) -> Callable[[], object]:
        return lambda: services.appoint(id, person, agreed=True, actor=SYSTEM, now=clock.now())

    answers = together(app, [appoint(id) for id in ids])
    wins = judge(answers, "speaker_clash", locked=locked)
    held = sa.select(sa.func.count()).where(Assignment.state == AssignmentState.CONFIRMED)
    assert db.session().scalar(held) == wins


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_many_say_yes_to_one_slot(app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    id = factories.slot()
    asked = []
    for n in range(MANY):
        person = factories.volunteer(f"Relawan {n}").id
        with db.transaction():
            row = services.invite(id, person, actor=SYSTEM, now=clock.now())
            asked.append((row.id, row.round))
    if not locked:
        meet(monkeypatch, LiveSession, invitations, "free_seats")
        monkeypatch.setattr(invitations, "close_when_full", lambda *args, **kwargs: None)

    def yes(id: int, round: int) -> Callable[[], object]:
        return lambda: services.answer(id, round, can=True, now=clock.now())

    answers = together(app, [yes(*one) for one in asked])
    wins = judge(answers, "slot_taken", locked=locked)
    held = sa.select(sa.func.count()).where(Assignment.state == AssignmentState.CONFIRMED)
    assert db.session().scalar(held) == wins


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_many_sessions_want_one_meeting_account(app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    with db.transaction():
        zoom = services.add_account("Zoom Dinas 1", "", actor=SYSTEM, now=clock.now()).id
    start = clock.now() + timedelta(days=5)
    course = factories.diklat("Banyak").id
    ids = [factories.live_session(course, start).id for _ in range(MANY)]
    if not locked:
        meet(monkeypatch, MeetingAccount, clashes.queries, "account_clash")

    def book(id: int) -> Callable[[], object]:
        needs = services.Needs(meeting_account_id=zoom)

        def work() -> None:
            live = db.session().get(LiveSession, id)
            assert live is not None
            services.set_needs(live, needs, actor=SYSTEM, now=clock.now())

        return work

    answers = together(app, [book(id) for id in ids])
    wins = judge(answers, "account_clash", locked=locked)
    held = sa.select(sa.func.count()).where(Staffing.meeting_account_id == zoom)
    assert db.session().scalar(held) == wins


def test_many_beats_ask_one_person_once(app: Flask) -> None:
    for n in range(MANY):
        factories.volunteer(f"Relawan {n}")
    id = factories.slot(days=2)
    answers = together(app, [lambda: relay.pass_on(id, actor=system("relay"), now=clock.now())] * MANY)
    assert answers == ["ok"] * MANY
    assert [row.state for row in queries.record(id)] == [AssignmentState.INVITED]


def test_one_link_tapped_many_times_at_once_counts_once(app: Flask) -> None:
    id, person = factories.slot(), factories.volunteer().id
    with db.transaction():
        row = services.invite(id, person, actor=SYSTEM, now=clock.now())
        asked = row.id, row.round
    assert together(app, [lambda: services.answer(*asked, can=True, now=clock.now())] * MANY) == ["ok"] * MANY
    told = sa.select(sa.func.count()).where(Message.kind == "narasumber.confirmed")
    assert db.session().scalar(told) == 1


def test_whoever_proves_the_address_while_he_is_invited_keeps_name_and_password(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panitia's transaction has seen an account that nobody proved; its owner does, before it holds the account."""
    if db.engine().dialect.name != "postgresql":
        pytest.skip("on SQLite whoever writes is alone from the first look on")
    slot, email, hashed = factories.slot(), "pakar@kampus.example", passwords.hashed("jambu kuning di kebun")
    with db.transaction():
        entry.sign_up(email, "Menang Hadiah", password_hash=hashed, now=clock.now())
    asked, proven = outside.people.by_email, list[str]()

    def prove() -> None:
        with app.app_context(), db.transaction():
            person = entry.prove_by_mail(email, now=clock.now())
            assert person is not None
            accounts.rename(person, "Budi Santosa")
            person.password_hash = hashed
        proven.append("proven")

    def ask_and_wait(address: str) -> Person | None:
        found = asked(address)
        if not proven:
            proven.append("asked")
            owner = threading.Thread(target=prove)
            owner.start()
            owner.join(timeout=60)
        return found

    monkeypatch.setattr(outside.people, "by_email", ask_and_wait)
    with db.transaction():
        services.invite_outside(slot, email, "Sari Dewi", actor=SYSTEM, now=clock.now())
    monkeypatch.undo()
    assert proven == ["asked", "proven"]
    db.session().rollback()
    person = people.by_email(email)
    assert person is not None
    assert (person.name, person.password_hash, person.email_confirmed_at is not None) == ("Budi Santosa", hashed, True)
