"""Ten minutes before: on telephones alone, once, never at night, and again when the session was moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.app import connect
from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions
from calakan.enrolment import elsewhere, meetings, reminders, services, spreading
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import letters, tasks, ways
from calakan.notifications.models import AddressState, ChannelAddress, Message, MutedTopic, PushSubscription
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from tests import factories

DAY = date(2027, 3, 10)


def at(hour: float, days: int = 0) -> datetime:
    return clock.instant(DAY + timedelta(days=days), time(int(hour), round(hour % 1 * 60)))


@pytest.fixture(autouse=True)
def _long_before(app: Flask) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}, Way.PUSH: {}})
    with time_machine.travel(at(9, -60), tick=False):
        yield
    connect(app.extensions["calakan.settings"])


def course(hour: float) -> tuple[int, int]:
    """A diklat that announces itself ten minutes before, and its session."""
    id = factories.diklat("Numerasi", days=80).id
    session_id = diklat_queries.sessions_of(id)[0].id
    move(session_id, hour)
    with db.transaction():
        services.set_plan(id, Plan(("m10",)), remind=True, actor=factories.SYSTEM, now=clock.now())
    return id, session_id


def move(session_id: int, hour: float) -> None:
    plan = sessions.SessionPlan(title="Numerasi 1", starts_at=at(hour), ends_at=at(hour) + timedelta(hours=1))
    with db.transaction():
        sessions.change(session_id, plan, actor=factories.SYSTEM, now=clock.now())


def seated(diklat_id: int, name: str, *channels: Way, muted: Way | None = None) -> int:
    id = factories.person(name).id
    with db.transaction():
        services.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        session.execute(sa.delete(Message))
        if Way.TELEGRAM in channels:
            state = AddressState.CONFIRMED
            session.add(
                ChannelAddress(person_id=id, channel=Way.TELEGRAM, address=str(id), state=state, asked_at=clock.now())
            )
        if Way.PUSH in channels:
            endpoint = f"https://fcm.googleapis.com/{id}"
            session.add(
                PushSubscription(
                    person_id=id, address=f"HP {id:06}", endpoint=endpoint, public="", auth="", made_at=clock.now()
                )
            )
        if muted is not None:
            session.add(MutedTopic(person_id=id, topic=Topic.REMINDERS, channel=muted))
    return id


def queued(now: datetime) -> int:
    with db.transaction():
        return reminders.queue_due(now=now)


def written() -> list[tuple[int, Way]]:
    db.session().rollback()
    rows = db.session().execute(sa.select(Message.person_id, Message.channel).order_by(Message.id))
    return [(person, way) for person, way in rows]


def test_it_goes_to_telephones_and_never_by_mail(app: Flask) -> None:
    id, _ = course(13)
    seated(id, "Surel saja")
    chat, both = seated(id, "Telegram", Way.TELEGRAM), seated(id, "Keduanya", Way.TELEGRAM, Way.PUSH)
    seated(id, "Diam", Way.TELEGRAM, muted=Way.TELEGRAM)
    deaf = seated(id, "Separuh", Way.TELEGRAM, Way.PUSH, muted=Way.PUSH)
    assert queued(at(12.8)) == 0
    assert queued(at(12.84)) == 4
    assert sorted(written()) == sorted(
        [(chat, Way.TELEGRAM), (both, Way.TELEGRAM), (both, Way.PUSH), (deaf, Way.TELEGRAM)]
    )
    assert reminders.due(now=at(12.9)) == []
    assert queued(at(13)) == 0
    message = db.session().scalars(sa.select(Message)).first()
    assert message is not None
    assert (message.expires_at, message.priority) == (at(13), 20)
    letter = letters.compose(message, at(12.9))
    assert letter is not None
    assert letters.short_of(letter).startswith("Sepuluh menit lagi: Numerasi 1\n\nMulai pukul 13.00 WIB")
    assert letters.compose(message, at(13)) is None


def test_moved_within_its_day_it_is_announced_again(app: Flask) -> None:
    id, session_id = course(13)
    seated(id, "Telegram", Way.TELEGRAM)
    assert queued(at(12.84)) == 1
    with db.transaction() as session:
        session.execute(sa.update(Message).values(state=WorkState.DONE))
    with time_machine.travel(at(12.9), tick=False):
        move(session_id, 15)
    assert queued(at(14.84)) == 1


def test_at_night_and_without_a_channel_there_is_none(app: Flask) -> None:
    id, _ = course(21.5)
    seated(id, "Telegram", Way.TELEGRAM)
    assert queued(at(21.4)) == 0
    early, _ = course(5.1)
    seated(early, "Pagi", Way.TELEGRAM)
    assert queued(at(5.05)) == 1
    ways.connect({Way.MAIL: {}})
    noon, _ = course(12)
    seated(noon, "Siang", Way.TELEGRAM)
    assert queued(at(11.9)) == 0


def test_mails_of_a_round_that_did_not_get_out_wait_for_the_morning(app: Flask) -> None:
    id = factories.diklat("Literasi", days=80).id
    with db.transaction():
        services.set_plan(id, Plan(("d1",)), remind=True, actor=factories.SYSTEM, now=clock.now())
    session_id = diklat_queries.sessions_of(id)[0].id
    move(session_id, 13)
    seated(id, "Ani")
    with time_machine.travel(at(20.9, -1), tick=False):
        assert queued(at(20.9, -1)) == 1
        with db.transaction() as session:
            session.execute(sa.update(Message).values(expires_at=at(12)))
    with time_machine.travel(at(21.1, -1), tick=False) as traveller:
        tasks.deliver_due(app.extensions["calakan.settings"])
        db.session().rollback()
        row = db.session().execute(sa.select(Message.state, Message.due_at, Message.attempts)).one()
        assert tuple(row) == (WorkState.PENDING, at(5), 0)
        traveller.move_to(at(5))
        tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()
    assert db.session().scalars(sa.select(Message.state)).one() is not WorkState.PENDING


def test_a_plan_may_spare_the_mailbox_of_who_has_another_channel(app: Flask) -> None:
    id, _ = course(13)
    mail, chat = seated(id, "Surel saja"), seated(id, "Telegram", Way.TELEGRAM)
    other, later = course(15)
    with db.transaction():
        services.set_plan(id, Plan(("d1",), spare_mail=True), remind=True, actor=factories.SYSTEM, now=clock.now())
    assert elsewhere.count(id) == 1
    limits = {timedelta(days=1): 1}
    rounds = spreading.rounds(meetings.coming(at(9, -5)), limits, now=at(9, -5), of=id)
    assert [(r.people, r.missing) for r in rounds] == [(1, 0)]
    assert queued(at(8, -1)) == 3
    assert sorted(written()) == [(mail, Way.MAIL), (chat, Way.MAIL), (chat, Way.TELEGRAM)]
    states = dict(db.session().execute(sa.select(Message.key, Message.state)).all())
    day = (DAY - timedelta(days=1)).isoformat()
    assert states == {
        f"reminder:{mail}:{day}": WorkState.PENDING,
        f"reminder:{chat}:{day}": WorkState.DROPPED,
        f"reminder:{chat}:{day}#telegram": WorkState.PENDING,
    }
    assert queued(at(8.1, -1)) == 0
    # Of two diklat on one morning, one asks for a mail: then there is one.
    with db.transaction() as session:
        session.execute(sa.delete(Message))
        services.set_plan(other, Plan(("d1",)), remind=True, actor=factories.SYSTEM, now=clock.now())
        services.join(other, chat, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
        session.execute(sa.delete(Message))
    assert queued(at(8, -1)) == 3
    assert {m.state for m in db.session().scalars(sa.select(Message))} == {WorkState.PENDING}
    # What leaves ten minutes before needs no mailbox, whatever is spared beside it.
    move(later, 8.25)
    with db.transaction() as session:
        services.set_plan(id, Plan(("d0",), spare_mail=True), remind=True, actor=factories.SYSTEM, now=clock.now())
        services.set_plan(other, Plan(("m10",)), remind=True, actor=factories.SYSTEM, now=clock.now())
        session.execute(sa.delete(Message))
    assert queued(at(8.1)) == 4
    assert sorted(written()) == [(mail, Way.MAIL), (chat, Way.MAIL), (chat, Way.TELEGRAM), (chat, Way.TELEGRAM)]
