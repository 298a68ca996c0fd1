"""Asking for messages, sending them again, giving up on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.notifications import fanout, letters, queries, ways
from calakan.notifications.bounces import trust
from calakan.notifications.errors import ChannelNotConnected, MessageOnItsWay
from calakan.notifications.models import InboxSeen, Message, MutedTopic, Why
from calakan.notifications.topics import Topic
from calakan.notifications.ways import TRIAL, Way

QUEUE = "notifications.deliver"


def queue(
    kind: str,
    *,
    key: str,
    person_id: int | None,
    address: str | None,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    about: db.Base | None = None,
    facts: dict[str, Any] | None = None,
    by: Collection[Way] | None = None,
) -> None:
    """Write a message with its cause; a key that exists already is left as it is. The workers are rung after commit.

    Raises LookupError for a kind that no room lists.
    """
    row = message_row(
        kind,
        key=key,
        person_id=person_id,
        address=address,
        now=now,
        due_at=due_at,
        expires_at=expires_at,
        subject_kind=about.__tablename__ if about is not None else "",
        subject_id=getattr(about, "id", None),
        facts=facts,
    )
    queue_rows([row], by=by)


def message_row(
    kind: str,
    *,
    key: str,
    person_id: int | None,
    address: str | None,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of one message, for `queue_rows`. Without an address it lies in the inbox, and other ways take copies."""
    return {
        "kind": kind,
        "key": key,
        "person_id": person_id,
        "address": address or "",
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "facts": facts or {},
        "created_at": now,
        "due_at": due_at or now,
        "expires_at": expires_at,
        "state": WorkState.PENDING,
        "attempts": 0,
        "subject": "",
        "body": "",
        "channel": Way.MAIL,
        "priority": letters.kind_of(kind).priority,
    }


def queue_rows(rows: Iterable[dict[str, Any]], *, by: Collection[Way] | None = None) -> int:
    """Write many messages in few statements; returns how many rows were new.

    A row is for the mailbox; who has confirmed other channels gets a copy by each. `by` allows only some of them.
    """
    mails = list(rows)
    copied = fanout.copies(mails, [way for way in ways.others() if by is None or way in by])
    new = db.insert_new(Message, [*(mails if by is None or Way.MAIL in by else []), *copied])
    if new:
        db.ring(QUEUE)
    return new


def try_channel(person_id: int, way: Way, *, name: str, email: str | None, actor: Actor, now: datetime) -> None:
    """One message to whoever asks, by this channel alone. Raises ChannelNotConnected."""
    address = email if way is Way.MAIL else queries.own_address(person_id, way)
    if way not in ways.configured() or address is None:
        raise ChannelNotConnected()
    key = f"{TRIAL}:{way}:{person_id}:{now.isoformat()}"
    row = message_row(TRIAL, key=key, person_id=person_id, address=address, now=now, facts={"name": name})
    queue_rows([{**row, "channel": way}])
    audit.record("notifications.try_channel", actor=actor, now=now, name=way)


def queue_elsewhere(rows: Iterable[dict[str, Any]]) -> int:
    """Copies by the other channels alone; the mailbox's row stands as dropped, so that its key is taken."""
    mails = list(rows)
    copied = queue_rows(mails, by=ways.others())
    return copied + db.insert_new(
        Message, [{**row, "state": WorkState.DROPPED, "last_error": Why.OTHER_CHANNEL} for row in mails]
    )


def sent_to(address: str, kinds: Collection[str], *, since: datetime) -> int:
    """How many messages of these kinds were asked for, for this address."""
    asked = sa.select(sa.func.count()).where(
        Message.address == address, Message.kind.in_(kinds), Message.created_at > since
    )
    return db.session().scalar(asked) or 0


def resend(id: int, *, actor: Actor, now: datetime) -> Message:
    """Send again what failed, is uncertain or was dropped. Raises NotFound, MessageOnItsWay."""
    message = db.session().get(Message, id)
    if message is None:
        raise NotFound()
    trust.send_anew(message, actor=actor, now=now)
    again = db.session().execute(
        sa.update(Message)
        .where(Message.id == id, Message.state.in_([WorkState.FAILED, WorkState.UNCERTAIN, WorkState.DROPPED]))
        .values(state=WorkState.PENDING, due_at=now, expires_at=None, attempts=0, last_error=None, claim_token=None)
    )
    if not db.touched(again):
        raise MessageOnItsWay()
    audit.record("notifications.resend", message, actor=actor, now=now, name=message.key)
    db.ring(QUEUE)
    return message


def resend_failed(kind: str, *, actor: Actor, now: datetime) -> int:
    """Send again all that failed of one kind; returns how many. What is uncertain is decided one by one."""
    again = db.session().execute(
        sa.update(Message)
        .where(Message.kind == kind, Message.state == WorkState.FAILED)
        .values(state=WorkState.PENDING, due_at=now, expires_at=None, attempts=0, last_error=None, claim_token=None)
        .execution_options(synchronize_session=False)
    )
    count = db.touched(again)
    if count:
        audit.record("notifications.resend_failed", actor=actor, now=now, name=kind, count=count)
        db.ring(QUEUE)
    return count


def choose_topics(person_id: int, muted: Iterable[tuple[Topic, Way]], *, actor: Actor, now: datetime) -> None:
    """Exactly these topics are silent from now on, each on its channel."""
    mine = {
        (row.topic, row.channel): row
        for row in db.session().scalars(sa.select(MutedTopic).where(MutedTopic.person_id == person_id))
    }
    wanted = set(muted)
    if set(mine) == wanted:
        return
    for pair in set(mine) - wanted:
        db.session().delete(mine[pair])
    db.session().add_all(
        MutedTopic(person_id=person_id, topic=topic, channel=way) for topic, way in sorted(wanted - set(mine))
    )
    db.session().flush()
    name = ", ".join(topic if way is Way.MAIL else f"{topic} ({way})" for topic, way in sorted(wanted))
    audit.record("notifications.choose_topics", actor=actor, now=now, name=name)


def mark_read(person_id: int, *, now: datetime) -> None:
    """The inbox is read up to now."""
    row = db.session().get(InboxSeen, person_id)
    if row is None:
        db.session().add(InboxSeen(person_id=person_id, seen_at=now))
    else:
        row.seen_at = now
    db.session().flush()


def take_back(subject_kind: str, subject_ids: Sequence[int], *, kinds: Sequence[str]) -> int:
    """Stop what still waits of these kinds, and free the keys: what becomes true again may be asked for again."""
    stopped = db.session().execute(
        sa.update(Message)
        .where(
            Message.subject_kind == subject_kind,
            Message.subject_id.in_(subject_ids),
            Message.kind.in_(kinds),
            Message.state == WorkState.PENDING,
        )
        .values(
            state=WorkState.DROPPED,
            last_error=Why.NO_LONGER_WANTED,
            key=sa.func.concat(sa.func.substr(Message.key, 1, 180), "#", sa.cast(Message.id, sa.String)),
        )
        .execution_options(synchronize_session=False)
    )
    return db.touched(stopped)
