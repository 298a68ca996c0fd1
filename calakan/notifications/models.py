"""One row per message; its unique key makes a second request find the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.claims import Claimable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.notifications.topics import Topic


class Message(Claimable, Base):
    """`kind` names the letter that composes it at send time from `facts`; subject and body are what was really sent."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_subject", "subject_kind", "subject_id"),
        sa.Index("ix_message_work", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    subject_kind: Mapped[str] = mapped_column(sa.String(40), default="")
    subject_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    channel: Mapped[str] = mapped_column(sa.String(20), default="mail")
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    priority: Mapped[int] = mapped_column(sa.SmallInteger, default=50, server_default="50")


class MutedTopic(Base):
    """A topic this person said no to (`notifications.topics`)."""

    __tablename__ = "muted_topic"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    topic: Mapped[Topic] = enum_column(Topic, primary_key=True)


class InboxSeen(Base):
    """Until when a person has read the inbox."""

    __tablename__ = "inbox_seen"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]


class RelayTurn(Lockable, Base):
    """One row, locked by whoever counts what the mail relay still lets through."""

    __tablename__ = "relay_turn"

    id: Mapped[int] = mapped_column(primary_key=True)
