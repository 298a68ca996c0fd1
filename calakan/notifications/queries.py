"""What waits, what went, what failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import InstrumentedAttribute

from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.kernel.text import like
from calakan.notifications.channels.interface import Device
from calakan.notifications.models import (
    AddressState,
    ChannelAddress,
    InboxSeen,
    Message,
    MutedTopic,
    PushSubscription,
)
from calakan.notifications.topics import Topic
from calakan.notifications.ways import PROOF, Way

MOST_NAMED = 1000  # more people than this are not named one by one in a statement


def counts() -> dict[WorkState, int]:
    found = dict(db.session().execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).all())
    return {state: found.get(state, 0) for state in WorkState}


def outbox(
    *,
    state: WorkState | None = None,
    words: str = "",
    kind: str = "",
    person_id: int | None = None,
    way: Way | None = None,
) -> sa.Select[Message]:
    """Newest first."""
    wanted = sa.select(Message).order_by(Message.id.desc())
    if way is not None:
        wanted = wanted.where(Message.channel == way)
    if kind:
        wanted = wanted.where(Message.kind == kind)
    if person_id is not None:
        wanted = wanted.where(Message.person_id == person_id)
    if state is not None:
        wanted = wanted.where(Message.state == state)
    if words:
        pattern = like(words)
        wanted = wanted.where(Message.address.ilike(pattern, escape="\\") | Message.subject.ilike(pattern, escape="\\"))
    return wanted


def waiting_by_channel() -> dict[Way, int]:
    waits = Message.state.in_([WorkState.PENDING, WorkState.CLAIMED, WorkState.HANDING])
    rows = db.session().execute(sa.select(Message.channel, sa.func.count()).where(waits).group_by(Message.channel))
    return dict(rows.all())


def agreed_by_channel() -> dict[Way, int]:
    """How many people opened each channel besides mail."""
    agreed = sa.select(ChannelAddress.channel, sa.func.count()).where(ChannelAddress.state == AddressState.CONFIRMED)
    return dict(db.session().execute(agreed.group_by(ChannelAddress.channel)).all())


def work_waits(now: datetime, way: Way) -> bool:
    """Whether anything is due by this channel."""
    due = sa.exists().where(Message.state == WorkState.PENDING, Message.due_at <= now, Message.channel == way)
    return bool(db.session().scalar(sa.select(due)))


def waiting_before(priority: int, way: Way) -> int:
    """How many wait that leave by this channel no later than a message of this priority."""
    ahead = sa.select(sa.func.count()).where(
        Message.state == WorkState.PENDING, Message.priority <= priority, Message.channel == way
    )
    return db.session().scalar(ahead) or 0


def failed_by_kind() -> list[tuple[str, int]]:
    """Kind and number of what failed, the most first."""
    number = sa.func.count()
    wanted = sa.select(Message.kind, number).where(Message.state == WorkState.FAILED).group_by(Message.kind)
    return [(kind, count) for kind, count in db.session().execute(wanted.order_by(number.desc(), Message.kind))]


def muted(person_ids: Iterable[int]) -> set[tuple[int, Topic, Way]]:
    """Who said no to what, by which channel."""
    rows = db.session().execute(
        sa.select(MutedTopic.person_id, MutedTopic.topic, MutedTopic.channel).where(
            _of(MutedTopic.person_id, person_ids)
        )
    )
    return {(person_id, topic, channel) for person_id, topic, channel in rows}


def addresses(person_ids: Iterable[int], ways: Collection[Way]) -> dict[int, dict[Way, str]]:
    """Where these people can be written to besides their mailbox."""
    if not ways:
        return {}
    rows = db.session().execute(
        sa.select(ChannelAddress.person_id, ChannelAddress.channel, ChannelAddress.address).where(
            ChannelAddress.state == AddressState.CONFIRMED,
            ChannelAddress.channel.in_(ways),
            _of(ChannelAddress.person_id, person_ids),
        )
    )
    found: dict[int, dict[Way, str]] = {}
    for person_id, way, address in rows:
        found.setdefault(person_id, {})[way] = address
    return found


def address_of(person_id: int, way: Way) -> ChannelAddress | None:
    return db.session().scalar(
        sa.select(ChannelAddress).where(ChannelAddress.person_id == person_id, ChannelAddress.channel == way)
    )


def proofs_sent(person_id: int, address: str, *, since: datetime) -> int:
    """How many codes were asked for, by this person or for this number."""
    asked = sa.select(sa.func.count()).where(
        Message.kind == PROOF,
        Message.created_at > since,
        sa.or_(Message.person_id == person_id, Message.address == address),
    )
    return db.session().scalar(asked) or 0


def reachable(person_id: InstrumentedAttribute[int], topic: Topic, channels: Collection[Way]) -> sa.ColumnElement[bool]:
    """The condition that a person has opened one of these channels and wants this topic there."""

    silent = sa.exists().where(MutedTopic.topic == topic, MutedTopic.channel == ChannelAddress.channel)
    chat = sa.exists().where(
        ChannelAddress.person_id == person_id,
        ChannelAddress.state == AddressState.CONFIRMED,
        ChannelAddress.channel.in_(channels),
        ~silent.where(MutedTopic.person_id == ChannelAddress.person_id),
    )
    if Way.PUSH not in channels:
        return chat
    deaf = sa.exists().where(MutedTopic.topic == topic, MutedTopic.channel == Way.PUSH)
    device = sa.exists().where(PushSubscription.person_id == person_id)
    return sa.or_(chat, sa.and_(device, ~deaf.where(MutedTopic.person_id == person_id)))


def written_elsewhere(person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a person has opened any way besides the mailbox, whatever he wants there."""
    chat = sa.exists().where(ChannelAddress.person_id == person_id, ChannelAddress.state == AddressState.CONFIRMED)
    return sa.or_(chat, sa.exists().where(PushSubscription.person_id == person_id))


def devices(person_ids: Iterable[int]) -> dict[int, dict[str, Device]]:
    """The browsers of these people that take push messages, by their names."""
    rows = db.session().scalars(
        sa.select(PushSubscription).where(_of(PushSubscription.person_id, person_ids)).order_by(PushSubscription.id)
    )
    found: dict[int, dict[str, Device]] = {}
    for row in rows:
        found.setdefault(row.person_id, {})[row.address] = Device(row.endpoint, row.public, row.auth)
    return found


def own_address(person_id: int, way: Way) -> str | None:
    """Where this channel reaches a person; of several devices the newest."""
    if way is Way.PUSH:
        return next((row.address for row in devices_of(person_id)), None)
    return addresses([person_id], [way]).get(person_id, {}).get(way)


def devices_of(person_id: int) -> Sequence[PushSubscription]:
    """The newest first."""
    wanted = sa.select(PushSubscription).where(PushSubscription.person_id == person_id)
    return db.session().scalars(wanted.order_by(PushSubscription.made_at.desc(), PushSubscription.id.desc())).all()


def _of(
    column: sa.ColumnElement[int] | InstrumentedAttribute[int], person_ids: Iterable[int]
) -> sa.ColumnElement[bool]:
    """These people, or simply all when they are too many for one statement."""
    ids = set(person_ids)
    return column.in_(ids) if len(ids) <= MOST_NAMED else sa.true()


def unread(person_id: int) -> int:
    """How many messages came since the inbox was read."""
    return db.session().scalar(sa.select(unread_of(sa.literal(person_id)))) or 0


def unread_of(person_id: sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.ScalarSelect[int]:
    """The same as a part of a larger statement."""
    seen = sa.select(InboxSeen.seen_at).where(InboxSeen.person_id == person_id).scalar_subquery()
    came = inbox(person_id).order_by(None).where(sa.or_(seen.is_(None), Message.sent_at > seen))
    return came.with_only_columns(sa.func.count()).scalar_subquery()


def seen_at(person_id: int) -> datetime | None:
    return db.session().scalar(sa.select(InboxSeen.seen_at).where(InboxSeen.person_id == person_id))


def inbox(person_id: int | sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.Select[Message]:
    """What was really sent to this person, even if it came back, newest first and each thing once.

    Codes and one-time links are left out.
    """
    twin = orm.aliased(Message)
    plain = sa.func.replace(Message.key, sa.literal("#") + Message.channel, "")
    # The mailbox comes first, and is waited for.
    told_elsewhere = sa.exists().where(
        twin.key.in_([plain, *(plain + f"#{way}" for way in Way)]),
        twin.id < Message.id,
        sa.or_(twin.sent_at.is_not(None), twin.state.not_in([WorkState.DROPPED, WorkState.FAILED])),
    )
    return (
        sa.select(Message)
        .where(
            Message.person_id == person_id,
            Message.sent_at.is_not(None),
            Message.state.in_([WorkState.DONE, WorkState.UNCERTAIN, WorkState.FAILED]),
            Message.kind.not_in(
                ["people.confirm_email", "people.reset_password", "people.mail_code", "people.email_changed", PROOF]
            ),
            sa.or_(Message.channel == Way.MAIL, ~told_elsewhere),
        )
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )


def waiting_about(subject_kind: str, subject_ids: Sequence[int]) -> int:
    """How many messages about these things have not left yet."""
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(Message)
            .where(
                Message.subject_kind == subject_kind,
                Message.subject_id.in_(subject_ids),
                Message.state == WorkState.PENDING,
            )
        )
        or 0
    )
