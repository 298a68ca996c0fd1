"""People, their roles and log-ins; places and schools."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel import codes
from calakan.kernel.actor import Role
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.kernel.vault import Sealed
from calakan.people import notices, phones
from calakan.people.kinds import Authority as Authority
from calakan.people.kinds import Jenjang as Jenjang
from calakan.people.names import printed


class Sector(StrEnum):
    STATE = "negeri"
    PRIVATE = "swasta"


class Sex(StrEnum):
    MALE = "L"
    FEMALE = "P"


ASN = ("pns", "pppk")
"""Statuses of employment whose courses are kept in SIASN."""


class Kecamatan(Base):
    """Key everywhere is the Kemendagri code; BPS and Dapodik number differently (domain guide 2)."""

    __tablename__ = "kecamatan"

    code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    bps_code: Mapped[str] = mapped_column(sa.String(7), unique=True)
    dapodik_code: Mapped[str] = mapped_column(sa.String(6), unique=True)
    dapodik_name: Mapped[str] = mapped_column(sa.String(60))
    latitude: Mapped[float]
    longitude: Mapped[float]


class Village(Base):
    """Desa or kelurahan."""

    __tablename__ = "village"

    code: Mapped[str] = mapped_column(sa.String(13), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(sa.ForeignKey("kecamatan.code"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(10))


class School(Base):
    __tablename__ = "school"

    id: Mapped[int] = mapped_column(primary_key=True)
    npsn: Mapped[str] = mapped_column(sa.String(8), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    search_key: Mapped[str] = mapped_column(sa.String(160), index=True)
    jenjang: Mapped[Jenjang] = enum_column(Jenjang, index=True)
    sector: Mapped[Sector] = enum_column(Sector)
    kecamatan_code: Mapped[str] = mapped_column(sa.ForeignKey("kecamatan.code"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    active: Mapped[bool] = mapped_column(default=True)
    # The school that it became part of, or was a second row of; its NPSN means that one from then on.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))

    kecamatan: Mapped[Kecamatan] = relationship(lazy="joined")


class Person(Lockable, Base):
    """An account and the profile behind it. `name` has no titles; the log-in key is the e-mail, or the `number`
    of whoever came by WhatsApp and may have no e-mail; never the NIP."""

    __tablename__ = "person"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("nip"),
        sa.UniqueConstraint("nuptk"),
        sa.Index("uq_person_second_email", "second_email", unique=True),
        sa.Index("uq_person_number", "number", unique=True),
        # All that is asked of each person when somebody is searched, so that no rows are read for that.
        sa.Index("ix_person_found", "name_key", "id", "email"),
        # All that reports group people by.
        sa.Index("ix_person_groups", "kecamatan_code", "school_id", "jabatan", "jenjang", "employment", "sex"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    email_confirmed_at: Mapped[datetime | None]  # or the number was
    # Proven, and only for logging in: accounts of belajar.id end.
    second_email: Mapped[str | None] = mapped_column(sa.String(254))
    # Proven, and for logging in, as channels write it (`phones.chat_number`); what `phone` says proves nothing.
    number: Mapped[str | None] = mapped_column(sa.String(16))
    password_hash: Mapped[str | None] = mapped_column(sa.String(160))
    title_before: Mapped[str] = mapped_column(sa.String(60), default="")
    name: Mapped[str] = mapped_column(sa.String(100))
    title_after: Mapped[str] = mapped_column(sa.String(80), default="")
    name_key: Mapped[str] = mapped_column(sa.String(120), index=True)
    sex: Mapped[Sex | None] = enum_column(Sex)
    phone: Mapped[str | None] = mapped_column(sa.String(16))
    jabatan: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    subject_taught: Mapped[str] = mapped_column(sa.String(80), default="")
    jenjang: Mapped[Jenjang | None] = enum_column(Jenjang, index=True)
    employment: Mapped[str | None] = mapped_column(sa.String(40))
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"), index=True)
    school_elsewhere: Mapped[str] = mapped_column(sa.String(120), default="")
    kabupaten_elsewhere: Mapped[str] = mapped_column(sa.String(80), default="")
    kecamatan_code: Mapped[str | None] = mapped_column(sa.ForeignKey("kecamatan.code"), index=True)
    nip: Mapped[str | None] = mapped_column(sa.String(18))
    nuptk: Mapped[str | None] = mapped_column(sa.String(16))
    notice_version: Mapped[int] = mapped_column(default=0)
    notice_accepted_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    calendar_token: Mapped[str] = mapped_column(sa.String(26), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    school: Mapped[School | None] = relationship(lazy="raise_on_sql")
    kecamatan: Mapped[Kecamatan | None] = relationship(lazy="raise_on_sql")
    roles: Mapped[list[PersonRole]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="PersonRole.role"
    )
    scopes: Mapped[list[PersonScope]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="PersonScope.id"
    )

    ERASED_DOMAIN: ClassVar[str] = "@dihapus.invalid"

    @property
    def erased(self) -> bool:
        """Whether the personal data were taken away for good."""
        return (self.email or "").endswith(self.ERASED_DOMAIN)

    @property
    def contact(self) -> str:
        """What tells this account from another of the same name: its e-mail, or the number that stands for one."""
        return self.email or phones.shown_chat(self.number)

    @property
    def masked_contact(self) -> str:
        """The same for whoever may not know it."""
        return phones.masked_address(self.email or self.number or "")

    @property
    def printed_name(self) -> str:
        """The name as it stands on the certificate (EYD; Permenristekdikti 59/2018)."""
        return printed(self.title_before, self.name, self.title_after)

    @property
    def knows_notice(self) -> bool:
        """Whether the privacy notice of today was accepted."""
        return self.notice_accepted_at is not None and self.notice_version >= notices.CURRENT

    @property
    def placed(self) -> bool:
        """Whether it is known where this person works."""
        return is_placed(self)

    @property
    def missing(self) -> list[str]:
        """What an enrolment still needs, as the fields of the profile's form."""
        return missing_of(self)

    @property
    def may_be_entered(self) -> bool:
        """Whether others may enrol this person: the notice is accepted at the first log-in."""
        return not set(self.missing) - {"accept_notice"}

    @property
    def complete(self) -> bool:
        """Whether the profile holds all that an enrolment needs."""
        return is_complete(self)


def is_complete(profile: Any) -> bool:
    """The rule of `Person.complete`, for a person or a row with these columns."""
    return bool(profile.jabatan and profile.notice_accepted_at and is_placed(profile))


def missing_of(profile: Any) -> list[str]:
    """The rule of `Person.missing`."""
    lacks = {
        "jabatan": not profile.jabatan,
        "school_words": not is_placed(profile),
        "accept_notice": not profile.notice_accepted_at,
    }
    return [name for name, lacking in lacks.items() if lacking]


def is_placed(profile: Any) -> bool:
    """The rule of `Person.placed`."""
    return profile.school_id is not None or bool(profile.school_elsewhere) or profile.kecamatan_code is not None


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = enum_column(Role, primary_key=True)


class PersonScope(Base):
    """What a kepala sekolah, pengawas or korwilcam may see: one school or one kecamatan a row.

    `by_roster`: it follows from the post that the roster tells of this person, and ends with it.
    """

    __tablename__ = "person_scope"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "school_id"),
        sa.UniqueConstraint("person_id", "kecamatan_code"),
        sa.CheckConstraint("(school_id IS NULL) <> (kecamatan_code IS NULL)", name="one_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))
    kecamatan_code: Mapped[str | None] = mapped_column(sa.ForeignKey("kecamatan.code"))
    by_roster: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    school: Mapped[School | None] = relationship(lazy="joined")
    kecamatan: Mapped[Kecamatan | None] = relationship(lazy="joined")


class Login(Base):
    """A log-in lives here, not in the cookie: deleting the row ends it at once."""

    __tablename__ = "login"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    # When the person last said who he is, with password and code; dangerous acts ask again.
    proved_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(sa.String(120), default="")


class SecondFactor(Lockable, Base):
    """The key of somebody's app for codes; it counts from `confirmed_at` on. A code of `last_step` or before is used up."""

    __tablename__ = "second_factor"
    __table_args__ = (sa.UniqueConstraint("person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    secret: Mapped[str] = mapped_column(Sealed("second_factor.secret"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """Lets its owner in once, without the phone; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class WrongGuesses(Base):
    """Wrong passwords in a row for one typed address, which may have no account; only its hash is kept."""

    __tablename__ = "wrong_guesses"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    count: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)


class Asked(StrEnum):
    SIGN_UP = "sign_up"
    RESET = "reset"
    AGAIN = "again"


class AskedEntry(Base):
    """What a stranger asked at the door, until a worker has done it (`services.asking`)."""

    __tablename__ = "asked_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[Asked] = enum_column(Asked)
    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(100))
    password_hash: Mapped[str] = mapped_column(sa.String(160))
    asked_at: Mapped[datetime]


class Purpose(StrEnum):
    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # a name
    API = "api"
    SECOND_STEP = "second_step"
    KEEP_EMAIL = "keep_email"


class Wanted(StrEnum):
    """What somebody wants who proves by a mail that he reads an address."""

    LOG_IN = "log_in"
    ENROL = "enrol"
    NEW_EMAIL = "new_email"
    SECOND_EMAIL = "second_email"

    @property
    def of_account(self) -> bool:
        """Whether it is about an account that is logged in; then a link must not do it."""
        return self in (Wanted.NEW_EMAIL, Wanted.SECOND_EMAIL)


class MailCode(Lockable, Base):
    """What was asked for in one browser, and is proven by the code or the link of a message to `address`, an e-mail or a number.

    Of browser, code and link only hashes are kept; code and link are made when the message is handed over, and live from then
    until `code_until`. The browser waits until `expires_at`, message or none. `typed` is what a stranger said of himself: it counts for nothing before the proof.
    """

    __tablename__ = "mail_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[Wanted] = enum_column(Wanted)
    browser_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    address: Mapped[str] = mapped_column(sa.String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    typed: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    code_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    link_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    code_until: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class TokenScope(StrEnum):
    """What a program may do with its owner's token: look, change, or give out roles too."""

    READ = "read"
    WRITE = "write"
    ROLES = "roles"


class OneTimeLink(Base):
    """A single-purpose secret sent by mail, or the bearer token of a program; only its hash is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[Purpose] = enum_column(Purpose)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # Of a bearer token; links of mails have no use for it.
    scope: Mapped[TokenScope] = enum_column(TokenScope, default=TokenScope.WRITE, server_default="write")


class SchoolSource(Base):
    """When and from where a file of schools was read."""

    __tablename__ = "school_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    as_of: Mapped[date]
    read_at: Mapped[datetime]
