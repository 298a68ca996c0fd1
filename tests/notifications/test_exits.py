"""Each way out of asking for messages, of agreements and devices; and what belongs to others never enters a read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError, NotFound
from calakan.notifications import addresses, budget, devices, fanout, letters, marks, night, queries, services, ways
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.trust import trust_address
from calakan.notifications.channels import opening
from calakan.notifications.channels.encryption import packed
from calakan.notifications.channels.interface import Device
from calakan.notifications.errors import (
    ChannelNotConnected,
    DeviceInvalid,
    MessageOnItsWay,
    ProofAskedTooOften,
    ProofOver,
)
from calakan.notifications.models import (
    AddressState,
    Bounce,
    ChannelAddress,
    InboxSeen,
    Message,
    MutedTopic,
    PushSubscription,
)
from calakan.notifications.topics import Topic
from calakan.notifications.ways import PROOF, TRIAL, Way
from calakan.office.queries import office_settings
from calakan.office.services import change_settings
from calakan.people.models import Person
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)
KIND, SILENT = "enrolment.confirmed", "enrolment.reminder"
count = itertools.count()
STATES = tuple(WorkState)


@pytest.fixture(autouse=True)
def by_day(app: Flask) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.WHATSAPP: {}, Way.TELEGRAM: {}, Way.PUSH: {}})
    devices.connect("fcm.googleapis.com *.push.apple.com")
    with time_machine.travel(clock.instant(clock.today(), time(10)), tick=False):
        yield
    ways.connect(opening.configured(app.extensions["calakan.settings"]))
    devices.connect("none")


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    return factories.person("Ani").id, factories.person("Budi").id


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("notifications.%")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = acts()
    with pytest.raises(error):
        act(work, *args, **options)
    assert acts() == before


def message(person: int, kind: str = KIND, **values: Any) -> int:
    """One that waits, by mail, unless said otherwise."""
    row = services.message_row(kind, key=f"k{next(count)}", person_id=person, address="a@b.id", now=clock.now())
    with db.transaction() as session:
        made = Message(**{**row, **values})
        session.add(made)
        session.flush()
        return made.id


def row(id: int) -> Message:
    db.session().rollback()
    return db.session().get_one(Message, id)


def agree(person: int, way: Way, address: str, state: AddressState = AddressState.CONFIRMED) -> None:
    with db.transaction() as session:
        session.add(ChannelAddress(person_id=person, channel=way, address=address, state=state, asked_at=clock.now()))


def device(person: int, name: str, at: datetime | None = None) -> None:
    endpoint = f"https://fcm.googleapis.com/{name}"
    with db.transaction() as session:
        session.add(
            PushSubscription(
                person_id=person, address=name, endpoint=endpoint, public="p", auth="a", made_at=at or clock.now()
            )
        )


def mute(person: int, topic: Topic, way: Way) -> None:
    with db.transaction() as session:
        session.add(MutedTopic(person_id=person, topic=topic, channel=way))


def queue(person: int, kind: str = KIND, key: str = "k", **options: Any) -> list[tuple[str, Way, str]]:
    with db.transaction() as session:
        services.queue(kind, key=key, person_id=person, address="a@b.id", now=clock.now(), **options)
        rows = session.execute(sa.select(Message.key, Message.channel, Message.address).order_by(Message.id)).all()
    return [(key, way, address) for key, way, address in rows]


def test_a_letter_goes_by_each_channel_that_was_opened_and_is_wanted(two: tuple[int, int]) -> None:
    ani, budi = two
    agree(ani, Way.WHATSAPP, "628")
    agree(ani, Way.TELEGRAM, "7", AddressState.ASKED)
    agree(budi, Way.TELEGRAM, "9")
    device(ani, "HP 123456")
    mails = [("k", Way.MAIL, "a@b.id")]
    copies = [("k#whatsapp", Way.WHATSAPP, "628"), ("k#push:123456", Way.PUSH, "HP 123456")]
    assert queue(ani) == [*mails, *copies]
    assert queue(ani) == [*mails, *copies]
    assert queue(budi, key="b", by=[Way.TELEGRAM])[3:] == [("b#telegram", Way.TELEGRAM, "9")]
    assert queue(budi, key="c", by=[Way.MAIL, Way.WHATSAPP])[4:] == [("c", Way.MAIL, "a@b.id")]
    mute(ani, Topic.REMINDERS, Way.WHATSAPP)
    mute(ani, Topic.BROADCASTS, Way.PUSH)
    assert [key for key, *_ in queue(ani, SILENT, key="d")[5:]] == ["d", "d#push:123456"]
    assert [key for key, *_ in queue(ani, "people.reset_password", key="e")[7:]] == ["e"]
    assert fanout.copies([], [Way.TELEGRAM]) == []


def test_a_message_has_its_cause_its_time_and_its_priority(two: tuple[int, int]) -> None:
    ani, _ = two
    now = clock.now()
    queue(ani, due_at=now + SECOND, expires_at=now + 2 * SECOND, facts={"a": 1}, about=factories.diklat())
    first = db.session().scalars(sa.select(Message).where(Message.key == "k")).one()
    assert (first.due_at, first.expires_at, first.facts, first.subject_kind, first.subject_id) == (
        now + SECOND, now + 2 * SECOND, {"a": 1}, "diklat", 1,
    )  # fmt: skip
    queue(ani, SILENT, key="l")
    second = db.session().scalars(sa.select(Message).where(Message.key == "l")).one()
    assert (second.due_at, second.facts, second.subject_kind, second.subject_id) == (now, {}, "", None)
    assert (first.priority, second.priority) == (letters.kind_of(KIND).priority, letters.kind_of(SILENT).priority)
    with pytest.raises(LookupError):
        queue(ani, "tidak.ada")


def test_what_leaves_by_another_channel_keeps_its_key_in_the_mailbox(two: tuple[int, int]) -> None:
    ani, budi = two
    agree(ani, Way.TELEGRAM, "7")
    rows = [services.message_row(KIND, key=f"k{p}", person_id=p, address="x", now=clock.now()) for p in (ani, budi)]
    with db.transaction():
        assert services.queue_elsewhere(rows) == 3
        assert services.queue_elsewhere(rows) == 0
    found = db.session().execute(sa.select(Message.key, Message.state).order_by(Message.key)).all()
    assert found == [
        (f"k{ani}", WorkState.DROPPED), (f"k{ani}#telegram", WorkState.PENDING), (f"k{budi}", WorkState.DROPPED),
    ]  # fmt: skip


def test_a_trial_goes_where_a_channel_is_open(two: tuple[int, int]) -> None:
    ani, budi = two
    agree(ani, Way.TELEGRAM, "7")
    given = {"name": "Ani", "email": "a@b.id"}
    refused(ChannelNotConnected, services.try_channel, budi, Way.TELEGRAM, **given)
    refused(ChannelNotConnected, services.try_channel, ani, Way.PUSH, **given)
    for way in (Way.TELEGRAM, Way.MAIL):
        act(services.try_channel, ani, way, **given)
    found = db.session().execute(sa.select(Message.channel, Message.address, Message.kind).order_by(Message.id)).all()
    assert found == [(Way.TELEGRAM, "7", TRIAL), (Way.MAIL, "a@b.id", TRIAL)]
    ways.connect({Way.MAIL: {}})
    refused(ChannelNotConnected, services.try_channel, ani, Way.TELEGRAM, **given)
    assert acts() == ["notifications.try_channel"] * 2


def test_what_ended_is_sent_again_and_what_is_on_its_way_is_not(two: tuple[int, int]) -> None:
    ani, _ = two
    refused(NotFound, services.resend, 999)
    now = clock.now()
    ids = {
        state: message(ani, state=state, attempts=5, last_error="x", expires_at=now, claim_token="t")
        for state in STATES
    }
    again = {WorkState.FAILED, WorkState.UNCERTAIN, WorkState.DROPPED}
    for state, id in ids.items():
        if state not in again:
            refused(MessageOnItsWay, services.resend, id)
            assert row(id).attempts == 5
            continue
        act(services.resend, id, now=now + SECOND)
        found = row(id)
        assert (found.state, found.attempts, found.last_error, found.expires_at, found.claim_token, found.due_at) == (
            WorkState.PENDING, 0, None, None, None, now + SECOND,
        )  # fmt: skip
    assert acts() == ["notifications.resend"] * 3


def test_all_that_failed_of_one_kind_is_sent_again(two: tuple[int, int]) -> None:
    ani, _ = two
    failed = message(ani, state=WorkState.FAILED, attempts=5)
    others = [message(ani, SILENT, state=WorkState.FAILED), message(ani, state=WorkState.UNCERTAIN)]
    assert [act(services.resend_failed, KIND) for _ in range(2)] == [1, 0]
    assert [row(id).state for id in (failed, *others)] == [WorkState.PENDING, WorkState.FAILED, WorkState.UNCERTAIN]
    assert (row(failed).attempts, acts()) == (0, ["notifications.resend_failed"])


def test_what_is_taken_back_is_of_this_thing_and_kind_and_still_waits(two: tuple[int, int]) -> None:
    ani, _ = two
    about = {"subject_kind": "diklat", "subject_id": 1}
    mine = message(ani, key="satu", **about)
    others = [
        message(ani, **about, state=WorkState.CLAIMED), message(ani, SILENT, **about),
        message(ani, subject_kind="diklat", subject_id=2), message(ani, subject_kind="enrolment", subject_id=1),
    ]  # fmt: skip
    assert queries.waiting_about("diklat", [1]) == 2
    with db.transaction():
        assert services.take_back("diklat", [1], kinds=[KIND]) == 1
        assert services.take_back("diklat", [1], kinds=[KIND]) == 0
    assert (row(mine).state, row(mine).key) == (WorkState.DROPPED, f"satu#{mine}")
    assert WorkState.DROPPED not in {row(id).state for id in others}
    assert [queries.waiting_about("diklat", ids) for ids in ([1], [2], [1, 2], [])] == [1, 1, 2, 0]


def test_topics_are_silent_as_chosen(two: tuple[int, int]) -> None:
    ani, budi = two
    mute(budi, Topic.REMINDERS, Way.MAIL)
    wanted = {(Topic.REMINDERS, Way.MAIL), (Topic.BROADCASTS, Way.TELEGRAM)}
    for chosen in (wanted, wanted, {(Topic.REMINDERS, Way.MAIL)}):
        act(services.choose_topics, ani, chosen)
    assert queries.muted([ani]) == {(ani, Topic.REMINDERS, Way.MAIL)}
    assert queries.muted([ani, budi]) == {(id, Topic.REMINDERS, Way.MAIL) for id in two}
    assert acts() == ["notifications.choose_topics"] * 2


def test_an_inbox_is_read_up_to_a_moment(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    done = {"state": WorkState.DONE, "sent_at": now}
    first, second = message(ani, **done), message(ani, **{**done, "sent_at": now + SECOND})
    hidden = [
        message(budi, **done), message(ani, state=WorkState.DONE), message(ani, **{**done, "state": WorkState.PENDING}),
        message(ani, "people.reset_password", **done), message(ani, PROOF, **done),
    ]  # fmt: skip
    failed = message(ani, **{**done, "state": WorkState.FAILED, "sent_at": now - SECOND})
    shown = [row.id for row in db.session().scalars(queries.inbox(ani))]
    assert shown == [second, first, failed]
    assert not set(shown) & set(hidden)
    assert [queries.unread(person) for person in two] == [3, 1]
    for at, left in ((now, 1), (now + SECOND, 0), (now - 2 * SECOND, 3)):
        with db.transaction():
            services.mark_read(ani, now=at)
        assert (queries.unread(ani), queries.seen_at(ani)) == (left, at)
    assert (queries.unread(budi), queries.seen_at(budi)) == (1, None)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(InboxSeen)) == 1


def test_a_copy_is_shown_only_where_the_mailbox_was_not_told(two: tuple[int, int]) -> None:
    ani, _ = two
    now = clock.now()
    done = {"state": WorkState.DONE, "sent_at": now}
    mail = message(ani, key="a", **done)
    message(ani, key="a#telegram", channel=Way.TELEGRAM, **done)
    message(ani, key="b", state=WorkState.FAILED)
    alone = message(ani, key="b#telegram", channel=Way.TELEGRAM, **done)
    message(ani, key="c")
    message(ani, key="c#telegram", channel=Way.TELEGRAM, **done)
    message(ani, key="d", state=WorkState.DROPPED)
    chat = message(ani, key="d#whatsapp", channel=Way.WHATSAPP, **done)
    message(ani, key="d#telegram", channel=Way.TELEGRAM, **done)
    assert {row.id for row in db.session().scalars(queries.inbox(ani))} == {mail, alone, chat}


def test_the_outbox_by_state_person_way_kind_and_words(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    one = message(ani, state=WorkState.FAILED, subject="Kabar 100%", priority=10)
    chat = message(budi, SILENT, channel=Way.TELEGRAM, address="7", priority=20, due_at=now + SECOND)
    late = message(budi, state=WorkState.FAILED, address="budi@b.id", priority=30)
    message(budi, SILENT, state=WorkState.FAILED, priority=30)

    def found(**given: Any) -> list[int]:
        return [row.id for row in db.session().scalars(queries.outbox(**given))]

    assert found()[1:] == [late, chat, one]
    assert (found(way=Way.TELEGRAM), found(person_id=ani), found(kind=SILENT)[1:]) == ([chat], [one], [chat])
    assert (found(words="BUDI@"), found(words="100%"), found(words="_")) == ([late], [one], [])
    assert found(state=WorkState.PENDING) == [chat]
    assert (queries.counts()[WorkState.FAILED], queries.counts()[WorkState.DONE]) == (3, 0)
    assert queries.failed_by_kind() == [(KIND, 2), (SILENT, 1)]
    assert queries.waiting_by_channel() == {Way.TELEGRAM: 1}
    waits = [queries.work_waits(at, way) for at in (now, now + SECOND) for way in (Way.TELEGRAM, Way.MAIL)]
    assert waits == [False, False, True, False]
    assert [queries.waiting_before(number, Way.TELEGRAM) for number in (19, 20)] == [0, 1]
    assert queries.waiting_before(99, Way.MAIL) == 0


def test_where_people_are_reached(two: tuple[int, int]) -> None:
    ani, budi = two
    agree(ani, Way.TELEGRAM, "7")
    agree(budi, Way.TELEGRAM, "8", AddressState.WITHDRAWN)
    agree(budi, Way.WHATSAPP, "628")
    now = clock.now()
    device(ani, "HP 000001", now - SECOND)
    device(ani, "HP 000002", now)
    assert queries.addresses([ani, budi], [Way.TELEGRAM, Way.WHATSAPP]) == {
        ani: {Way.TELEGRAM: "7"}, budi: {Way.WHATSAPP: "628"},
    }  # fmt: skip
    assert queries.addresses([ani], [Way.WHATSAPP]) == queries.addresses([ani], []) == {}
    assert queries.agreed_by_channel() == {Way.TELEGRAM: 1, Way.WHATSAPP: 1}
    assert {id: list(found) for id, found in queries.devices([ani, budi]).items()} == {ani: ["HP 000001", "HP 000002"]}
    assert queries.devices([budi]) == {}
    own = [queries.own_address(person, way) for person, way in ((ani, Way.PUSH), (ani, Way.TELEGRAM), (budi, Way.PUSH))]
    assert own == ["HP 000002", "7", None]
    found = queries.address_of(budi, Way.WHATSAPP)
    assert found is not None
    assert (found.address, queries.address_of(ani, Way.WHATSAPP)) == ("628", None)

    def reached(*channels: Way) -> list[int]:
        wanted = sa.select(Person.id).where(queries.reachable(Person.id, Topic.REMINDERS, channels)).order_by(Person.id)
        return list(db.session().scalars(wanted))

    assert (reached(Way.TELEGRAM), reached(Way.WHATSAPP), reached(Way.PUSH)) == ([ani], [budi], [ani])
    mute(ani, Topic.BROADCASTS, Way.TELEGRAM)
    mute(budi, Topic.REMINDERS, Way.PUSH)
    mute(ani, Topic.REMINDERS, Way.WHATSAPP)
    assert (reached(Way.TELEGRAM), reached(Way.WHATSAPP), reached(Way.PUSH)) == ([ani], [budi], [ani])
    mute(ani, Topic.REMINDERS, Way.TELEGRAM)
    assert (reached(Way.TELEGRAM), reached(Way.TELEGRAM, Way.PUSH)) == ([], [ani])
    mute(ani, Topic.REMINDERS, Way.PUSH)
    assert reached(Way.TELEGRAM, Way.PUSH) == []


NUMBER = "6281200001111"


def code_for(person: int, at: datetime | None = None) -> str:
    act(addresses.ask_code, person, "Ani", NUMBER, consent="ya", now=at or clock.now())
    with db.transaction():
        return addresses.new_code(person, NUMBER, at or clock.now())


def standing(person: int, way: Way = Way.WHATSAPP) -> ChannelAddress:
    db.session().rollback()
    found = queries.address_of(person, way)
    assert found is not None
    return found


def test_a_number_is_proven_in_its_time_and_after_five_tries_no_more(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    code = code_for(ani)
    until = now + timedelta(minutes=15)
    assert standing(ani).proof_until == until
    refused(ProofOver, addresses.confirm_code, budi, code)
    refused(ProofOver, addresses.confirm_code, ani, code, now=until)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(4):
        assert act(addresses.confirm_code, ani, wrong) is False
    assert act(addresses.confirm_code, ani, code, now=until - SECOND) is True
    found = standing(ani)
    assert (found.state, found.address, found.proof_hash, found.confirmed_at) == (
        AddressState.CONFIRMED, NUMBER, "", until - SECOND,
    )  # fmt: skip
    refused(ProofOver, addresses.confirm_code, ani, code)
    code = code_for(ani)
    for _ in range(5):
        assert act(addresses.confirm_code, ani, "x") is False
    refused(ProofOver, addresses.confirm_code, ani, code)
    assert acts() == ["notifications.ask_channel", "notifications.confirm_channel", "notifications.ask_channel"]


def test_codes_are_asked_for_five_times_a_day_by_a_person_or_for_a_number(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    for n in range(5):
        code_for(ani, now + n * SECOND)
    for person in (ani, budi):
        refused(ProofAskedTooOften, addresses.ask_code, person, "x", NUMBER, consent="ya", now=now + 9 * SECOND)
    refused(ProofAskedTooOften, addresses.ask_code, ani, "x", "6281", consent="ya", now=now + 9 * SECOND)
    day = timedelta(days=1)
    assert queries.proofs_sent(budi, "lain", since=now - day) == 0
    refused(ProofAskedTooOften, addresses.ask_code, budi, "x", NUMBER, consent="ya", now=now + day - SECOND)
    act(addresses.ask_code, budi, "x", NUMBER, consent="ya", now=now + day)


def test_a_chat_is_opened_once_by_its_link(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    tokens = {}
    for person in two:
        act(addresses.ask_link, person, consent="ya", now=now)
        tokens[person] = addresses.link_token(standing(person, Way.TELEGRAM))
    hour = timedelta(hours=1)

    def opens(token: str, at: datetime) -> bool:
        with db.transaction():
            return addresses.confirm_chat(token, "77", now=at)

    assert (opens("x", now), opens(tokens[ani], now + hour)) == (False, False)
    assert (opens(tokens[ani], now + hour - SECOND), opens(tokens[ani], now)) == (True, False)
    assert (standing(ani, Way.TELEGRAM).address, standing(budi, Way.TELEGRAM).state) == ("77", AddressState.ASKED)
    with db.transaction() as session:
        session.execute(sa.text("UPDATE person SET active = false WHERE id = :id"), {"id": budi})
    assert not opens(tokens[budi], now)


def test_a_channel_is_closed_by_its_owner_by_stop_or_by_its_provider(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()

    def agreed(state: AddressState = AddressState.CONFIRMED) -> None:
        with db.transaction() as session:
            session.execute(sa.delete(ChannelAddress))
            for person, way, address in ((ani, Way.TELEGRAM, "7"), (ani, Way.WHATSAPP, "7"), (budi, Way.TELEGRAM, "9")):
                session.add(
                    ChannelAddress(
                        person_id=person, channel=way, address=address, state=state, asked_at=now, confirmed_at=now
                    )
                )

    def closed() -> dict[tuple[int, Way], str]:
        db.session().rollback()
        rows = db.session().scalars(sa.select(ChannelAddress).where(ChannelAddress.state == AddressState.WITHDRAWN))
        return {(row.person_id, row.channel): row.withdrawn_why for row in rows}

    def stop(at: datetime, address: str = "7") -> bool:
        with db.transaction():
            return addresses.stop(Way.TELEGRAM, address, said_at=at, now=now)

    agreed()
    for _ in range(2):
        act(addresses.withdraw, ani, Way.TELEGRAM)
    assert closed() == {(ani, Way.TELEGRAM): "asked"}
    agreed()
    assert (stop(now - SECOND), stop(now, "8"), stop(now), stop(now)) == (False, False, True, False)
    assert closed() == {(ani, Way.TELEGRAM): "stop"}
    agreed(AddressState.ASKED)
    assert (stop(now), closed()) == (False, {})
    with db.transaction():
        addresses.gone(ani, Way.TELEGRAM, "7", now=now)
    assert closed() == {}
    agreed()
    device(ani, "HP 1")
    device(budi, "HP 2")
    with db.transaction():
        for person, way, address in ((ani, Way.TELEGRAM, "8"), (budi, Way.TELEGRAM, "7"), (budi, Way.PUSH, "HP 1")):
            addresses.gone(person, way, address, now=now)
    assert (closed(), len(queries.devices(two))) == ({}, 2)
    with db.transaction():
        addresses.gone(ani, Way.TELEGRAM, "7", now=now)
        addresses.gone(ani, Way.PUSH, "HP 1", now=now)
    assert (closed(), list(queries.devices(two))) == ({(ani, Way.TELEGRAM): "gone"}, [budi])
    assert acts() == ["notifications.withdraw_channel"] * 2


def browser(name: str, **values: str) -> Device:
    given = {"endpoint": f"https://fcm.googleapis.com/{name}", "public": packed(b"p" * 65), "auth": packed(b"a" * 16)}
    return Device(**{**given, **values})


@pytest.mark.parametrize(
    "values",
    [
        {"endpoint": "http://fcm.googleapis.com/1"}, {"endpoint": "https://evil.example/1"},
        {"endpoint": "https://a@fcm.googleapis.com/1"}, {"endpoint": "https://fcm.googleapis.com:1/1"},
        {"endpoint": "https://fcm.googleapis.com/é"}, {"endpoint": "https://fcm.googleapis.com/" + "x" * 980},
        {"public": packed(b"p" * 64)}, {"auth": packed(b"a" * 17)}, {"endpoint": "https://[x/1"},
    ],
)  # fmt: skip
def test_only_push_services_that_are_known_are_believed(two: tuple[int, int], values: dict[str, str]) -> None:
    refused(DeviceInvalid, devices.add, two[0], browser("1", **values), browser="Chrome")


def test_a_browser_belongs_to_who_used_it_last_and_ten_are_enough(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    longest = browser("1", endpoint="https://fcm.googleapis.com/" + "x" * 973)
    for person in (ani, ani, budi, budi):
        act(devices.add, person, longest, browser="Firefox Linux")
    assert [len(queries.devices_of(person)) for person in two] == [0, 1]
    for n in range(11):
        act(devices.add, ani, browser(str(n)), browser="x", now=now + n * SECOND)
    found = [row.endpoint.rpartition("/")[2] for row in queries.devices_of(ani)]
    assert found == [str(n) for n in range(10, 0, -1)]
    mine = queries.devices_of(ani)[0].address
    refused(NotFound, devices.remove, budi, mine)
    act(devices.remove, ani, mine)
    refused(NotFound, devices.remove, ani, mine)
    assert len(queries.devices_of(budi)) == 1
    assert acts() == ["notifications.add_device"] * 15 + ["notifications.remove_device"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 9) Chrome/1 Safari/1", "Chrome di Android"), ("Edg Chrome Windows", "Edge di Windows"),
        ("Firefox", "Firefox"), ("Safari Mac OS", "Safari di Mac"), ("", "Browser"), ("iPhone", "Browser di iPhone"),
    ],
)  # fmt: skip
def test_what_people_call_a_browser(line: str, name: str) -> None:
    assert devices.name_of(line) == name


def test_what_may_leave_now(two: tuple[int, int]) -> None:
    ani, _ = two
    now = clock.now()
    hour, day = timedelta(hours=1), timedelta(days=1)
    for sent_at, state, way in (
        (now - hour, WorkState.DONE, Way.MAIL), (now - hour + SECOND, WorkState.DONE, Way.MAIL),
        (None, WorkState.CLAIMED, Way.MAIL), (None, WorkState.HANDING, Way.MAIL), (None, WorkState.PENDING, Way.MAIL),
        (now, WorkState.DONE, Way.TELEGRAM),
    ):  # fmt: skip
        message(ani, sent_at=sent_at, state=state, channel=way)
    assert budget.left(Way.MAIL, {hour: 10, day: 3}, now=now) == {hour: 7, day: 0}
    assert budget.left(Way.TELEGRAM, {hour: 1}, now=now) == {hour: 0}
    assert budget.left(Way.PUSH, {}, now=now) == {}
    minute = timedelta(minutes=1)
    for free, worth in (
        ({minute: 0}, True),
        ({hour: 0}, False),
        ({minute: 0, hour: 1}, True),
        ({minute: 1, hour: 0}, False),
    ):
        assert budget.worth_waiting(free) is worth


def test_a_cap_of_the_office_stands_above_that_of_the_provider(app: Flask) -> None:
    ways.connect({Way.MAIL: {timedelta(hours=1): 5, timedelta(days=1): 50}})
    with db.transaction():
        change_settings(actor=SYSTEM, now=clock.now(), mail_per_hour=2)
    assert budget.caps(office_settings(), Way.MAIL) == {timedelta(hours=1): 2, timedelta(days=1): 50}


@pytest.mark.parametrize(
    ("limits", "minutes", "most"),
    [
        ({}, 60, None), ({60: 4}, 60, 4), ({60: 4}, 61, 8), ({60: 4}, 1, 4), ({60: 4}, 0, 0), ({60: 4}, -5, 0),
        ({60: 4, 1440: 5}, 180, 5), ({1: 1, 60: 4}, 60, 4),
    ],
)  # fmt: skip
def test_how_many_can_leave_between_two_instants(limits: dict[int, int], minutes: int, most: int | None) -> None:
    spans = {timedelta(minutes=span): cap for span, cap in limits.items()}
    now = clock.now()
    assert budget.capacity(spans, now, now + timedelta(minutes=minutes)) == most


def test_when_the_last_has_left() -> None:
    now, hour = clock.now(), timedelta(hours=1)
    waits = [budget.done_at({hour: 4}, number, now) - now for number in (0, 1, 4, 5, 9)]
    assert waits == [timedelta(0), timedelta(0), timedelta(0), hour, 2 * hour]
    assert budget.done_at({}, 99, now) == now
    assert budget.done_at({hour: 4, 24 * hour: 8}, 9, now) == now + 24 * hour


def test_a_channel_that_rests_lets_nothing_through(two: tuple[int, int]) -> None:
    now = clock.now()
    with db.transaction():
        budget.rest(Way.TELEGRAM, now + SECOND, trouble="x" * 400)
    assert [list(budget.resting(at)) for at in (now, now + SECOND)] == [[Way.TELEGRAM], []]
    assert len(budget.resting(now)[Way.TELEGRAM].trouble) == 300
    settings = office_settings()
    assert budget.flowing(settings, now) == [Way.MAIL, Way.WHATSAPP, Way.PUSH]
    late = clock.instant(clock.today(), time(22))
    assert budget.flowing(settings, late) == [Way.MAIL]
    ways.connect({Way.MAIL: {timedelta(hours=1): 1}, Way.PUSH: {}})
    message(two[0], state=WorkState.CLAIMED)
    assert budget.flowing(settings, now) == [Way.PUSH]


@pytest.mark.parametrize(("hour", "minute", "sleeps"), [(20, 59, False), (21, 0, True), (4, 59, True), (5, 0, False)])
def test_when_people_sleep(hour: int, minute: int, sleeps: bool) -> None:
    at = clock.instant(clock.today(), time(hour, minute))
    assert night.quiet(at) is sleeps
    woken = clock.instant(clock.today() + timedelta(days=1 if hour >= 21 else 0), time(5))
    assert night.waking(at) == (woken if sleeps else at)


def test_a_mark_is_ours_alone() -> None:
    mark = marks.mark(12)
    assert [marks.find(text) for text in (f"<{mark}@x>", f"a {mark} b", mark[:-1], f"3{mark}", f"{mark}0")] == [
        12, 12, None, None, None,
    ]  # fmt: skip
    assert marks.find(f"13.{mark.partition('.')[2]} {mark}") == 12


def test_which_addresses_refuse_letters(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()

    ids = [message(ani) for _ in range(5)]
    with db.transaction() as session:
        for id, address, kind, trusted in (
            (ids[0], "a@b.id", BounceKind.HARD, None), (ids[1], "a@b.id", BounceKind.HARD, None),
            (ids[2], "c@d.id", BounceKind.SOFT, None), (ids[3], "e@f.id", BounceKind.HARD, now),
            (ids[4], "g@h.id", BounceKind.HARD, None),
        ):  # fmt: skip
            given = {"status": "5.1.1", "detail": "x", "at": now, "trusted_at": trusted}
            session.add(Bounce(message_id=id, person_id=budi, address=address, kind=kind, **given))
    everything = ["a@b.id", "c@d.id", "e@f.id", "g@h.id"]
    assert (bounces.refusing(everything), bounces.refusing(["a@b.id"])) == ({"a@b.id", "g@h.id"}, {"a@b.id"})
    newest, number = bounces.some_refusals()
    assert ([row.message_id for row in newest], number) == ([ids[4], ids[1]], 2)
    assert bounces.refusal("a@b.id").message_id == ids[1]
    assert (bounces.refusal("c@d.id"), bounces.refusal("e@f.id")) == (None, None)
    assert [bounces.soft_bounces(address) for address in ("a@b.id", "c@d.id")] == [0, 1]
    assert [act(trust_address, "a@b.id") for _ in range(2)] == [True, False]
    assert bounces.refusing(everything) == {"g@h.id"}
    assert acts() == ["notifications.trust_address"]
