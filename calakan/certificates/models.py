"""A certificate is asked for as a row, issued by a worker, and never changes afterwards except in its status."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel.askable import Askable
from calakan.kernel.claims import Claimable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person


class CertificateRole(StrEnum):
    """`ATTENDEE` was there without meeting the rule: a surat keterangan over the JP that were attended."""

    PARTICIPANT = "peserta"
    SPEAKER = "narasumber"
    MODERATOR = "moderator"
    COMMITTEE = "panitia"
    ATTENDEE = "hadir"


class Status(Askable):
    """What a check of an issued paper says."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class RegisterKind(Askable):
    """Surat keterangan are counted by themselves, with a pattern of their own."""

    CERTIFICATE = "sertifikat"
    STATEMENT = "keterangan"


class Register(Lockable, Base):
    """The counter of a year: locked, raised and used in the transaction that issues."""

    __tablename__ = "certificate_register"
    __table_args__ = (sa.UniqueConstraint("kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RegisterKind] = enum_column(RegisterKind)
    year: Mapped[int]
    last_serial: Mapped[int] = mapped_column(default=0)


class NumberReserve(Base):
    """Serials that the register leaves out, and what for."""

    __tablename__ = "number_reserve"
    __table_args__ = (sa.CheckConstraint("first > 0 AND last >= first", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RegisterKind] = enum_column(RegisterKind)
    year: Mapped[int] = mapped_column(index=True)
    first: Mapped[int]
    last: Mapped[int]
    purpose: Mapped[str] = mapped_column(sa.String(200))
    made_at: Mapped[datetime]


class Design(Lockable, Base):
    """A template of the office: its draft, which its versions are made of. The shipped design has no row."""

    __tablename__ = "design"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    draft: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    background_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    default_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class DesignVersion(Base):
    """A published state of a design; it never changes and is never removed, because papers are made from it."""

    __tablename__ = "design_version"
    __table_args__ = (sa.UniqueConstraint("design_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(sa.ForeignKey("design.id"))
    number: Mapped[int]
    layout: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    background_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class DiklatDesign(Base):
    """What a diklat chose for its papers; without a design it is the shipped one, without a row the office's default."""

    __tablename__ = "diklat_design"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    design_id: Mapped[int | None] = mapped_column(sa.ForeignKey("design.id"))
    chosen_at: Mapped[datetime]


class Certificate(Claimable, Base):
    """`facts` is the frozen snapshot the paper is made from; `code` is what the QR opens (130 bit).

    The file is stored as a prefix shared by the diklat and a tail of this person; `sha256` is of the whole. What an
    official signed elsewhere is one file, its tail; it has no prefix.
    `design_version_id` is the design as it was when the paper was asked for; none is the shipped one.
    `paper_kid` and `code_kid` name the keys that signed the file and the QR.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        sa.UniqueConstraint("register", "year", "serial", "revision"),
        sa.UniqueConstraint("number", "revision"),
        sa.Index("ix_certificate_work", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(26), unique=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[CertificateRole] = enum_column(CertificateRole)
    register: Mapped[RegisterKind] = enum_column(RegisterKind, default=RegisterKind.CERTIFICATE)
    revision: Mapped[int] = mapped_column(default=0)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(sa.String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    jp: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    prefix_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    tail_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    design_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("design_version.id"), index=True)
    paper_kid: Mapped[str | None] = mapped_column(sa.String(16))
    code_kid: Mapped[str | None] = mapped_column(sa.String(16))
    issued_at: Mapped[datetime | None]
    issued_on: Mapped[date | None]
    status: Mapped[Status] = enum_column(Status, default=Status.VALID)
    status_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    status_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")


class PastState(Askable):
    PREVIEW = "preview"
    KEPT = "kept"
    UNDONE = "undone"


class PastList(Lockable, Base):
    """A diklat that was certified outside of this system, as a file tells of it.

    `rows` are the lines as they were read (`past.reading.Row`); once it is kept, only those that were left.
    """

    __tablename__ = "past_list"
    __table_args__ = (sa.CheckConstraint("until >= since", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    since: Mapped[date]
    until: Mapped[date]
    jp: Mapped[int | None]
    file_name: Mapped[str] = mapped_column(sa.String(80))
    file_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    state: Mapped[PastState] = enum_column(PastState)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class PastPaper(Base):
    """One line of such a list: nobody's account, and nothing that the list does not say."""

    __tablename__ = "past_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("past_list.id"), index=True)
    line: Mapped[int]
    number: Mapped[str | None] = mapped_column(sa.String(100))
    number_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    role: Mapped[str] = mapped_column(sa.String(20))
    jp: Mapped[int | None]


class NameConfirmation(Base):
    """The printed name that its bearer has seen and found right; another name in the profile asks again."""

    __tablename__ = "name_confirmation"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    confirmed_at: Mapped[datetime]


class CorrectionState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Correction(Base):
    """A holder asks for a revision of an issued paper; `by_rule` when nobody had to decide."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificate.id"), index=True)
    old_name: Mapped[str] = mapped_column(sa.String(300))
    wanted_name: Mapped[str] = mapped_column(sa.String(300))
    reason: Mapped[str] = mapped_column(sa.String(300))
    state: Mapped[CorrectionState] = enum_column(CorrectionState, index=True)
    by_rule: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(sa.String(300), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    certificate: Mapped[Certificate] = relationship(lazy="raise_on_sql")
