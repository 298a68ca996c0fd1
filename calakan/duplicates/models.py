"""Pairs of accounts that may be one person's, and accounts that were made one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel import codes
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable
from calakan.people.models import Person, School


class Sign(Askable):
    """What speaks for one person behind two accounts."""

    NAME = "name"
    ALIKE = "alike"
    PHONE = "phone"
    BIRTH = "birth"
    EMAIL = "email"
    SCHOOL = "school"


class LikelyPair(Base):
    """`apart_at`: somebody looked and said that these are two people; then they are never proposed again."""

    __tablename__ = "likely_pair"
    __table_args__ = (sa.UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signs: Mapped[list[str]] = mapped_column(sa.JSON)
    weight: Mapped[int] = mapped_column(index=True)
    found_at: Mapped[datetime]
    apart_at: Mapped[datetime | None]

    @property
    def meant(self) -> list[Sign]:
        return [Sign(sign) for sign in self.signs]

    first: Mapped[Person] = relationship(foreign_keys=[first_id], lazy="raise_on_sql")
    second: Mapped[Person] = relationship(foreign_keys=[second_id], lazy="raise_on_sql")


UNDO_WITHIN = timedelta(days=30)


class PersonMerge(Lockable, Base):
    """`gone` became `kept`; `moved` is all that was changed for it, so that it can be taken back for thirty days."""

    __tablename__ = "person_merge"

    UNDO_WITHIN: ClassVar[timedelta] = UNDO_WITHIN

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    gone_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id], lazy="raise_on_sql")
    gone: Mapped[Person] = relationship(foreign_keys=[gone_id], lazy="raise_on_sql")

    @property
    def undo_until(self) -> datetime:
        return self.at + self.UNDO_WITHIN


class SchoolMerge(Base):
    """The same of two schools; `gone` keeps its row and its NPSN, which mean `kept`."""

    __tablename__ = "school_merge"

    UNDO_WITHIN: ClassVar[timedelta] = UNDO_WITHIN

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    gone_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    kept: Mapped[School] = relationship(foreign_keys=[kept_id], lazy="raise_on_sql")
