"""Rows of the roster, the lists that brought them, and who says that a row is his own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel import codes
from calakan.kernel.askable import Askable
from calakan.kernel.claims import Claimable, WorkState
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person, School, Sex
from calakan.people.names import printed


class Stage(Askable):
    """How far a list is. Workers go on from READING, APPLYING and UNDOING; the others wait for a person, or for nobody."""

    READING = "reading"
    REFUSED = "refused"
    PREVIEW = "preview"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class Verdict(Askable):
    """What comes of a line: a new row, a row that changes or is confirmed, somebody who left, or a wait for a person."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    WAITS = "waits"


GOOD = (Verdict.NEW, Verdict.CHANGED, Verdict.SAME)


class Makes(Askable):
    """What comes of the lines of a list: rows of the roster, or accounts."""

    ROWS = "rows"
    ACCOUNTS = "accounts"


class RosterList(Claimable, Lockable, Base):
    """A file that tells who works where on a day (`as_of`), from whom (`source`).

    `makes` says what comes of its lines. `whole`: it names everybody of the schools in it. `school_id` is where its people work if the file does not say.
    The file itself (`content`) is kept until it was read; `state` says whether a worker has something to do.
    """

    __tablename__ = "roster_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(120))
    as_of: Mapped[date]
    whole: Mapped[bool] = mapped_column(default=False)
    makes: Mapped[Makes] = enum_column(Makes, default=Makes.ROWS, server_default="rows")
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))
    file_name: Mapped[str] = mapped_column(sa.String(80))
    file_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    stage: Mapped[Stage] = enum_column(Stage)
    refused: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    unread: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        return self.source

    @property
    def open(self) -> bool:
        """Whether a worker still has to come to the end of its stage."""
        return self.state in (WorkState.PENDING, WorkState.CLAIMED)

    @property
    def failed(self) -> bool:
        """Whether workers gave up in the middle of its stage; a person has it gone on with, or taken back."""
        return self.state is WorkState.FAILED

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class RosterRow(Lockable, Base):
    """One person as the newest list tells of him. `left_on`: a whole list of his school did not name him any more.

    `person_id` is the account whose owner this is, once that was confirmed.
    """

    __tablename__ = "roster_row"
    __table_args__ = (sa.Index("ix_roster_row_place", "school_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    title_before: Mapped[str] = mapped_column(sa.String(60), default="")
    name: Mapped[str] = mapped_column(sa.String(100))
    title_after: Mapped[str] = mapped_column(sa.String(80), default="")
    name_key: Mapped[str] = mapped_column(sa.String(120), index=True)
    sex: Mapped[Sex | None] = enum_column(Sex)
    nip: Mapped[str | None] = mapped_column(sa.String(18), unique=True)
    nuptk: Mapped[str | None] = mapped_column(sa.String(16), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str | None] = mapped_column(sa.String(16))
    jabatan: Mapped[str | None] = mapped_column(sa.String(40))
    subject_taught: Mapped[str] = mapped_column(sa.String(80), default="")
    employment: Mapped[str | None] = mapped_column(sa.String(40))
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    source: Mapped[str] = mapped_column(sa.String(120))
    as_of: Mapped[date]
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("roster_list.id"), index=True)
    left_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), unique=True)

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def printed_name(self) -> str:
        return printed(self.title_before, self.name, self.title_after)


class RosterLine(Base):
    """One line of a list. `why` says what it waits for, or what is to be minded of a good one; `other` is another line.

    `facts` are what it says, tidy; `cells` what stood there, of a line that waits. `before` is the row as it was, for taking
    back. Who left has no line in the file, and no `number`. A line of a list of accounts has a `person_id` and no row, and
    `before` is what it filled (`filling.fill`).
    """

    __tablename__ = "roster_line"
    __table_args__ = (
        sa.UniqueConstraint("list_id", "number"),
        sa.Index("ix_roster_line_verdict", "list_id", "verdict", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("roster_list.id"))
    number: Mapped[int | None]
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    verdict: Mapped[Verdict] = enum_column(Verdict)
    why: Mapped[str] = mapped_column(sa.String(20), default="")
    column: Mapped[str] = mapped_column(sa.String(20), default="")
    said: Mapped[str] = mapped_column(sa.String(200), default="")
    other: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    cells: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(sa.JSON, default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    row_id: Mapped[int | None] = mapped_column(sa.ForeignKey("roster_row.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ClaimState(Askable):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNDONE = "undone"


class By(Askable):
    """What decided: the address that the roster has too, or a person."""

    EMAIL = "email"
    SCHOOL = "school"
    COMMITTEE = "committee"


class RosterClaim(Lockable, Base):
    """Somebody says that a row is his own. `filled` is what it brought into the profile: field -> what stood there before."""

    __tablename__ = "roster_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("roster_row.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    state: Mapped[ClaimState] = enum_column(ClaimState)
    by: Mapped[By | None] = enum_column(By)
    filled: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    row: Mapped[RosterRow] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])

    @property
    def name(self) -> str:
        return self.person.name
