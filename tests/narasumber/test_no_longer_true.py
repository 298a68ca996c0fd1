"""Letters of volunteers: each while it is true, and not afterwards; busy times of one's own; reminders in their hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.availability import services as availability
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.diklat.services import sessions, states
from calakan.diklat.services.sessions import SessionPlan
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import letters as own
from calakan.narasumber import queries, reminders, services
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: Any) -> None:
    with db.transaction():
        work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def session(id: int) -> LiveSession:
    db.session().rollback()
    return db.session().get_one(LiveSession, id)


def letter(kind: str, now: datetime | None = None) -> letters.Letter | None:
    db.session().rollback()
    wanted = sa.select(Message).where(Message.kind == f"narasumber.{kind}").order_by(Message.id.desc())
    message = db.session().scalars(wanted).first()
    assert message is not None, kind
    return letters.compose(message, now or clock.now())


def number(id: int, person: int) -> int:
    found = queries.assignment_of(id, person)
    assert found is not None
    return found.id


@pytest.fixture
def slot(app: Flask) -> tuple[int, int]:
    return factories.slot("Satu"), factories.volunteer("Ani").id


def cancel_session(id: int) -> None:
    act(sessions.cancel, id, reason="sakit")


def cancel_diklat(id: int) -> None:
    act(states.cancel, session(id).diklat_id, reason="sakit")


def unpublish(id: int) -> None:
    with db.transaction() as current:
        current.get_one(Diklat, session(id).diklat_id).state = DiklatState.CLOSED


def move(id: int) -> None:
    found = session(id)
    plan = SessionPlan(
        title="Sesi", starts_at=found.starts_at + timedelta(hours=1), ends_at=found.ends_at + timedelta(hours=1)
    )
    act(sessions.change, id, plan)


def test_an_invitation_while_it_waits_for_its_answer(slot: tuple[int, int]) -> None:
    id, ani = slot
    act(services.invite, id, ani)
    found = letter("invited")
    assert found is not None
    assert found.secret is not None
    reply_by = queries.assignment_of(id, ani).reply_by
    assert reply_by is not None
    assert (letter("invited", reply_by - SECOND) is None, letter("invited", reply_by) is None) == (False, True)
    act(services.invite, id, ani, now=reply_by)
    first = (
        db.session()
        .scalars(sa.select(Message).where(Message.kind == "narasumber.invited").order_by(Message.id))
        .first()
    )
    assert first is not None
    assert letters.compose(first, reply_by) is None  # an older round
    act(services.dismiss, number(id, ani))
    assert letter("invited", reply_by) is None


@pytest.mark.parametrize("change", [cancel_session, None])
def test_a_confirmation_while_it_holds(slot: tuple[int, int], change: Callable[[int], None] | None) -> None:
    id, ani = slot
    with db.transaction() as current:
        current.get_one(LiveSession, id).room_url = "https://zoom.example/j/7"
    act(services.appoint, id, ani, agreed=False)
    found = letter("confirmed")
    assert found is not None
    assert [attached.name for attached in found.attachments] == ["jadwal.ics"]
    assert b"https://zoom.example/j/7" in found.attachments[0].content
    if change is None:
        act(services.dismiss, number(id, ani))
        assert letter("released") is not None
        act(services.appoint, id, ani, agreed=True)
        assert letter("released") is None
        act(services.dismiss, number(id, ani))
    else:
        change(id)
    assert letter("confirmed") is None


@pytest.mark.parametrize("change", [cancel_session, unpublish, None])
def test_a_reminder_until_its_session_begins(slot: tuple[int, int], change: Callable[[int], None] | None) -> None:
    id, ani = slot
    act(services.appoint, id, ani, agreed=True)
    starts = session(id).starts_at
    now = starts - timedelta(hours=1)
    with db.transaction():
        assert reminders.queue_due(now=now) == 1
    assert [letter("reminder", at) is None for at in (now, starts - SECOND, starts)] == [False, False, True]
    if change is None:
        act(services.dismiss, number(id, ani))
    else:
        change(id)
    assert letter("reminder", now) is None


def test_a_change_is_told_once_the_last_one(slot: tuple[int, int]) -> None:
    id, ani = slot
    act(services.appoint, id, ani, agreed=True)
    move(id)
    first = db.session().scalars(sa.select(Message).where(Message.kind == "narasumber.session_moved")).one()
    number_of_first = first.id
    assert letter("session_moved") is not None
    move(id)
    assert letter("session_moved") is not None
    older = db.session().get_one(Message, number_of_first)
    assert own.session_moved(older, clock.now()) is None
    cancel_session(id)
    assert (letter("session_moved"), letter("session_cancelled") is None) == (None, False)
    assert own.session_moved(Message(subject_id=None, facts={"sequence": 0}), clock.now()) is None
    cancel_diklat(id)
    assert own.diklat_cancelled(Message(subject_id=0, facts={}), clock.now()) is None


def test_what_was_called_off_with_a_diklat_is_told_of_ones_own_sessions(slot: tuple[int, int]) -> None:
    id, ani = slot
    other = factories.live_session(session(id).diklat_id, factories.morning(12), title="Lain").id
    budi = factories.volunteer("Budi").id
    act(services.appoint, id, ani, agreed=True)
    act(services.appoint, other, budi, agreed=True)
    cancel_diklat(id)
    messages = db.session().scalars(sa.select(Message).where(Message.kind == "narasumber.diklat_cancelled")).all()
    told = {message.person_id: letters.compose(message, clock.now()) for message in messages}
    assert set(told) == {ani, budi}
    assert told[ani] is not None
    assert "Lain" not in told[ani].text
    with db.transaction() as current:
        current.execute(sa.update(Assignment).values(state=AssignmentState.RELEASED))
    assert letter("diklat_cancelled") is None


def test_the_panitia_hear_of_what_is_still_planned(slot: tuple[int, int]) -> None:
    id, ani = slot
    factories.person("Panitia", Role.PANITIA)
    act(services.appoint, id, ani, agreed=True)
    act(services.step_back, id, reason="sakit", actor=factories.actor(db.session().get_one(Person, ani)))
    found = letter("needs_panitia")
    assert found is not None
    assert "Ani" in found.text
    cancel_session(id)
    assert letter("needs_panitia") is None
    assert own.needs_panitia(Message(subject_id=None, facts={"name": "x", "what": "relay_dry"}), clock.now()) is None


def test_reminders_fall_on_the_eve_and_an_hour_before(slot: tuple[int, int]) -> None:
    id, ani = slot
    act(services.appoint, id, ani, agreed=True)
    starts = session(id).starts_at
    eve = clock.instant(session(id).local_date - timedelta(days=1), time(7))

    def due(now: datetime) -> int:
        with db.transaction() as current:
            found = reminders.queue_due(now=now)
            current.execute(sa.delete(Message).where(Message.kind == "narasumber.reminder"))
            return found

    moments = (
        eve - SECOND, eve, starts - timedelta(hours=2) - SECOND, starts - timedelta(hours=2),
        starts - timedelta(hours=1) - SECOND, starts - timedelta(hours=1), starts,
    )  # fmt: skip
    assert [due(now) for now in moments] == [0, 1, 1, 0, 0, 1, 0]
    with db.transaction():
        assert [reminders.queue_due(now=eve) for _ in range(2)] == [1, 0]
    with db.transaction() as current:
        current.get_one(Person, ani).active = False
    assert due(starts - timedelta(hours=1)) == 0


def test_a_busy_time_of_ones_own_needs_no_gap(slot: tuple[int, int]) -> None:
    id, ani = slot
    starts, ends = session(id).starts_at, session(id).ends_at

    def in_the_way(begin: datetime, end: datetime) -> bool:
        with db.transaction() as current:
            current.execute(sa.text("DELETE FROM busy_time"))
        act(availability.add_dated, ani, begin, end, note="", actor=SYSTEM)
        [slot] = [found for found in queries.open_slots(ani, now=clock.now()) if found.session.id == id]
        return slot.in_the_way is not None

    hour = timedelta(hours=1)
    assert [in_the_way(*span) for span in ((starts - hour, starts), (ends, ends + hour))] == [False, False]
    assert in_the_way(starts - hour, starts + hour)


def test_reminders_are_for_who_stands_in_what_is_on(slot: tuple[int, int]) -> None:
    id, ani = slot
    invited, off = factories.volunteer("Budi").id, factories.slot("Batal", days=10)
    act(services.set_needs, session(id), services.Needs(speakers=2))
    act(services.appoint, id, ani, agreed=True)
    act(services.invite, id, invited)
    act(services.appoint, off, invited, agreed=True)
    unpublish(off)
    now = session(id).starts_at - timedelta(hours=1)
    with db.transaction():
        assert reminders.queue_due(now=now) == 1
    told = db.session().scalars(sa.select(Message.person_id).where(Message.kind == reminders.KIND)).all()
    assert told == [ani]


def test_the_rest_since_one_last_spoke_counts_for_a_slot(slot: tuple[int, int]) -> None:
    id, ani = slot
    earlier = factories.slot("Lebih awal", days=7)
    [found] = [slot for slot in queries.open_slots(ani, now=clock.now()) if slot.session.id == id]
    assert found.fit.rest_days is None
    act(services.appoint, earlier, ani, agreed=True)
    [found] = [slot for slot in queries.open_slots(ani, now=clock.now()) if slot.session.id == id]
    assert found.fit.rest_days == 3
    between = factories.slot("Di antara", days=8)
    act(services.set_needs, session(between), services.Needs(speakers=1))
    act(services.appoint, between, ani, agreed=True)
    [found] = [slot for slot in queries.open_slots(ani, now=clock.now()) if slot.session.id == id]
    assert found.fit.rest_days == 2


def test_an_accepted_clash_of_an_account_stands_on_the_trail(slot: tuple[int, int]) -> None:
    id, _ = slot
    other = factories.slot("Bersamaan")
    act(services.add_account, "Zoom", "https://zoom.example/1")
    [account] = queries.all_accounts()
    act(services.set_needs, session(id), services.Needs(meeting_account_id=account.id))
    staff = factories.actor(factories.person("Panitia", Role.PANITIA))
    needs = services.Needs(meeting_account_id=account.id)
    act(services.set_needs, session(other), needs, override=f" {'x' * 400} ", actor=staff)
    facts = (
        db.session()
        .scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "narasumber.accept_clash").order_by(AuditEntry.id))
        .all()
    )
    assert [(row["account"], len(row["reason"])) for row in facts] == [("Zoom", 300)]
