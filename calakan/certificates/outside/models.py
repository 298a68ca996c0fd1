"""JP from elsewhere wait for a person, and are never added to those of our own papers."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel import codes
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person

MOST_NUMBER = 100


class OutsideState(Askable):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Proof(Askable):
    """What the signature of a paper of another installation proves; only `PROVEN` is evidence for what was typed."""

    PROVEN = "proven"
    UNKNOWN_KEY = "unknown_key"
    CHANGED = "changed"
    DISTRUSTED = "distrusted"
    SPECIMEN = "specimen"
    SENT_BEFORE = "sent_before"
    SUMMARY = "summary"
    OTHER_NAME = "other_name"
    OTHER_ROLE = "other_role"
    OTHER_JP = "other_jp"
    OTHER_DAY = "other_day"


class OutsideJp(Lockable, Base):
    """What its owner says was earned elsewhere, with the file that shows it. `reason` is why it was refused;
    `proof` is what the file's own signature says, `issuer` whose it is, and `number` what the signed paper calls itself."""

    __tablename__ = "outside_jp"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    organiser: Mapped[str] = mapped_column(sa.String(160))
    held_on: Mapped[date]
    jp: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    suffix: Mapped[str] = mapped_column(sa.String(8))
    proof: Mapped[Proof | None] = enum_column(Proof)
    issuer: Mapped[str] = mapped_column(sa.String(160), default="", server_default="")
    number: Mapped[str] = mapped_column(sa.String(MOST_NUMBER), default="", server_default="", index=True)
    state: Mapped[OutsideState] = enum_column(OutsideState)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    sent_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])

    @property
    def name(self) -> str:
        return self.title
