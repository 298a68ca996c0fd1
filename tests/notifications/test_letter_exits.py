"""Each way out of the services that queue, take back, silence and send again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.notifications import fanout, letters, queries, services, ways
from calakan.notifications.errors import (
    ChannelNotConnected,
    MessageOnItsWay,
)
from calakan.notifications.models import (
    AddressState,
    InboxSeen,
    Message,
)
from calakan.notifications.topics import Topic
from calakan.notifications.ways import PROOF, TRIAL, Way
from tests import factories
from tests.notifications.acting import (
    KIND,
    SECOND,
    SILENT,
    STATES,
    act,
    acts,
    agree,
    device,
    message,
    mute,
    queue,
    refused,
    row,
)

pytestmark = pytest.mark.usefixtures("by_day")


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
    assert [(act(services.resend_failed, KIND), len(acts())) for _ in range(2)] == [(1, 1), (0, 1)]
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
