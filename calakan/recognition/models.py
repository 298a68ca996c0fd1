"""A letter of assignment bears a number of its own register; what it lists is read from the sessions as they stand."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel.db import Base, Lockable
from calakan.people.models import Person


class LetterRegister(Lockable, Base):
    """The counter of a year: locked, raised and used in the transaction that writes the letter."""

    __tablename__ = "letter_register"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    last_serial: Mapped[int] = mapped_column(default=0)


class AssignmentLetter(Base):
    """One a person and diklat, for ever; `code` is its address."""

    __tablename__ = "assignment_letter"
    __table_args__ = (sa.UniqueConstraint("diklat_id", "person_id"), sa.UniqueConstraint("year", "serial"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(26), unique=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(100), unique=True)
    issued_on: Mapped[date]
    created_at: Mapped[datetime]

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
