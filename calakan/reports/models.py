"""Files that were asked for, the office's own numbers, and the rolls that counting reads."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel.askable import Askable
from calakan.kernel.claims import Claimable, WorkState
from calakan.kernel.db import Base, enum_column
from calakan.people.models import Person
from calakan.reports.terms import Stage


class ExportKind(StrEnum):
    PARTICIPATION = "participation"
    PARTICIPANTS = "participants"
    ATTENDANCE = "attendance"
    REGISTER = "register"
    HISTORY = "history"
    HOURS = "hours"
    EVIDENCE = "evidence"
    TRANSCRIPTS = "transcripts"


class ExportFormat(Askable):
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"
    ZIP = "zip"


class Export(Claimable, Base):
    """`facts` are the filters it was asked for with. `total` is known when work begins; `written` grows with it.

    `stop` asks the worker to leave it. After `expires_at` the file goes and `removed_at` is set; the row stays.
    """

    __tablename__ = "export"
    __table_args__ = (sa.Index("ix_export_work", "state", "due_at"), sa.Index("ix_export_asked", "asked_by_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(26), unique=True)
    kind: Mapped[ExportKind] = enum_column(ExportKind)
    format: Mapped[ExportFormat] = enum_column(ExportFormat)
    title: Mapped[str] = mapped_column(sa.String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    total: Mapped[int | None]
    written: Mapped[int] = mapped_column(default=0)
    stop: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str] = mapped_column(sa.String(120), default="")
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    asked_by: Mapped[Person] = relationship(lazy="raise_on_sql")

    @property
    def name(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Whether a worker still has to come to its end."""
        return self.state in (WorkState.PENDING, WorkState.CLAIMED)

    @property
    def ready(self) -> bool:
        return self.state is WorkState.DONE and self.removed_at is None

    @property
    def percent(self) -> int:
        return self.written * 100 // self.total if self.total else 0


class HeadcountSource(Base):
    """A list of how many people work where: from whom, and the day it speaks of. The newest counts."""

    __tablename__ = "headcount_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    as_of: Mapped[date]
    read_at: Mapped[datetime]


class Headcount(Base):
    """One line of such a list; `jabatan` is empty where it does not tell the posts apart."""

    __tablename__ = "headcount"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "school_id", "jabatan"),
        sa.CheckConstraint("people >= 0", name="people_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("headcount_source.id"))
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    jabatan: Mapped[str] = mapped_column(sa.String(40), default="")
    people: Mapped[int]


class ProgrammeCost(Base):
    """What a year of the programme cost, as somebody typed it in."""

    __tablename__ = "programme_cost"
    __table_args__ = (sa.CheckConstraint("rupiah >= 0", name="not_negative"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rupiah: Mapped[int] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(sa.String(200), default="")


class ReportSchedule(Base):
    """A file that is made for this person each month, about the month before. `last_month` is the last one asked for."""

    __tablename__ = "report_schedule"
    __table_args__ = (sa.UniqueConstraint("person_id", "kind", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[ExportKind] = enum_column(ExportKind)
    format: Mapped[ExportFormat] = enum_column(ExportFormat)
    by: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime]
    last_month: Mapped[str] = mapped_column(sa.String(7), default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class SavedReport(Base):
    """A set of filters under a name of its owner; a `shared` one stands on the page of everybody who may report."""

    __tablename__ = "saved_report"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    shared: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    saved_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Roll(Base):
    """Who of a diklat came as far as a stage (`rolls`): ids of people. It counts while no RollChange names its diklat."""

    __tablename__ = "roll"
    __table_args__ = ({"info": {"made_anew": True}},)

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    stage: Mapped[Stage] = enum_column(Stage, primary_key=True)
    people: Mapped[bytes]


class RollChange(Base):
    """Something that the rolls of this diklat are made from was changed; written by triggers of the database.

    Once for each `transaction` on PostgreSQL; where one alone writes, once until the note is used up.
    """

    __tablename__ = "roll_change"
    __table_args__ = (
        sa.Index("ix_roll_change_diklat_id", "diklat_id", "transaction", unique=True),
        {"info": {"made_anew": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int]
    transaction: Mapped[int | None] = mapped_column(sa.BigInteger)
