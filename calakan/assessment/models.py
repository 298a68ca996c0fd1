"""Tasks (tugas) of a diklat, and what participants hand in for them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person


class Exercise(Base):
    """A task. `number` is its public number within the diklat; withdrawn, it stays on record and counts no more."""

    __tablename__ = "exercise"
    __table_args__ = (
        sa.UniqueConstraint("diklat_id", "number"),
        sa.CheckConstraint("takes_text OR takes_link OR takes_file", name="takes_something"),
        sa.Index("ix_exercise_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    instruction: Mapped[str] = mapped_column(sa.Text)
    due_at: Mapped[datetime]
    compulsory: Mapped[bool]
    late_allowed: Mapped[bool]
    takes_text: Mapped[bool]
    takes_link: Mapped[bool]
    takes_file: Mapped[bool]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")


class SubmissionState(StrEnum):
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Submission(Lockable, Base):
    """What one person handed in for one task; a newer one takes its place and raises `rounds`.

    `late` says that it came after the due time; what was returned in time and mended afterwards is not late.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("exercise_id", "person_id"),
        sa.Index("ix_submission_review", "exercise_id", "state", "handed_in_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_id: Mapped[int] = mapped_column(sa.ForeignKey("exercise.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    suffix: Mapped[str] = mapped_column(sa.String(8), default="")
    size: Mapped[int] = mapped_column(default=0)
    state: Mapped[SubmissionState] = enum_column(SubmissionState)
    rounds: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    handed_in_at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(sa.String(500), default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    exercise: Mapped[Exercise] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
