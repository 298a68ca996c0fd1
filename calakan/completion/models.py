"""One person who passes a diklat though a condition is not met, and why."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel.db import Base
from calakan.people.models import Person


class PassingException(Base):
    """Given by the panitia; `reason` is read by the person, too."""

    __tablename__ = "passing_exception"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    given_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
