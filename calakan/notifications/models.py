"""One row per message; its unique key makes a second request find the first."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel import trace
from calakan.kernel.askable import Askable
from calakan.kernel.claims import CUT_SHORT, Claimable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.kernel.vault import Sealed
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way

LONGEST_SUBJECT = 300


class AddressState(Askable):
    """Only what is confirmed is written to."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """Why a message did not go, as its `last_error`; anything else there is what a server said."""

    NO_LONGER_WANTED = "no longer wanted"
    EXPIRED = "expired"
    MUTED = "muted"
    OTHER_CHANNEL = "other channel"
    WITHDRAWN = "withdrawn"
    REFUSING = "refusing"
    ERASED = "erased"
    CUT_SHORT = CUT_SHORT


class Message(Claimable, Base):
    """`kind` names the letter that composes it at send time from `facts`; subject and body are what was really sent."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_subject", "subject_kind", "subject_id"),
        sa.Index("ix_message_work", "state", "due_at"),
    )

    # With the sweep's half minute: what a dead worker had taken and not begun waits a minute at most.
    lease: ClassVar[timedelta] = timedelta(seconds=30)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    # None where the composer asks by the address alone: a letter that a stranger causes is the same row whether or not
    # the address has an account.
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True, nullable=True)
    address: Mapped[str] = mapped_column(sa.String(254), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(40), default="")
    subject_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(sa.String(LONGEST_SUBJECT), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    channel: Mapped[Way] = enum_column(Way, default=Way.MAIL)
    provider_id: Mapped[str] = mapped_column(sa.String(200), default="", server_default="", index=True)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(sa.SmallInteger, default=50, server_default="50")
    request_id: Mapped[str] = mapped_column(sa.String(64), default=trace.current_id, server_default="")
    """Of the request or task that asked for it."""

    @property
    def why(self) -> Why | None:
        """Our own reason, where there is one."""
        return Why(self.last_error) if self.last_error in set(Why) else None


class ChannelAddress(Base):
    """Where a person agreed to be written to besides the mailbox: the number or chat, its proof, the words agreed to."""

    __tablename__ = "channel_address"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "channel"),
        sa.Index("ix_channel_address_channel_address", "channel", "address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    channel: Mapped[Way] = enum_column(Way)
    address: Mapped[str] = mapped_column(sa.String(254), default="")
    state: Mapped[AddressState] = enum_column(AddressState, default=AddressState.ASKED)
    proof_hash: Mapped[str] = mapped_column(sa.String(64), default="", index=True)
    proof_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    consent: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(sa.String(40), default="")


class PushSubscription(Base):
    """A browser of a person that takes push messages (RFC 8030); `address` is how messages and people name it."""

    __tablename__ = "push_subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(80), unique=True)
    endpoint: Mapped[str] = mapped_column(sa.String(1000), unique=True)
    public: Mapped[str] = mapped_column(sa.String(100))
    auth: Mapped[str] = mapped_column(Sealed("push_subscription.auth"))
    made_at: Mapped[datetime]


class MutedTopic(Base):
    """A topic this person said no to on one channel (`notifications.topics`)."""

    __tablename__ = "muted_topic"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    topic: Mapped[Topic] = enum_column(Topic, primary_key=True)
    channel: Mapped[Way] = enum_column(Way, primary_key=True, default=Way.MAIL, server_default=Way.MAIL)


class InboxSeen(Base):
    """Until when a person has read the inbox."""

    __tablename__ = "inbox_seen"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]


class Bounce(Base):
    """A letter that came back, or a complaint about it; told again, it finds this row. No mail goes to the address of a
    hard one until somebody trusts it again."""

    __tablename__ = "bounce"
    __table_args__ = (sa.UniqueConstraint("message_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254), index=True)
    kind: Mapped[BounceKind] = enum_column(BounceKind)
    status: Mapped[str] = mapped_column(sa.String(20))
    detail: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]
    trusted_at: Mapped[datetime | None]


class RelayTurn(Lockable, Base):
    """One row for each channel, locked by whoever counts what it still lets through; it may rest until later."""

    __tablename__ = "relay_turn"

    id: Mapped[int] = mapped_column(primary_key=True)
    rests_until: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
