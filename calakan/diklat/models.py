"""A diklat, what it teaches (programme rows), and when (live sessions)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat import cohorts
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Jenjang, Person

RUN_AHEAD = timedelta(hours=12)
# Plain JSON of PostgreSQL has no equality, and a diklat is selected with DISTINCT.
_LIMITS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Kind(StrEnum):
    """Kinds of training; each maps to a kind of BKN's SIASN (`people/data/siasn_jenis_diklat.csv`)."""

    DIKLAT = "diklat"
    BIMTEK = "bimtek"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"
    SOSIALISASI = "sosialisasi"
    PENDAMPINGAN = "pendampingan"
    KOMUNITAS = "komunitas"


class Mode(Askable):
    ONLINE = "daring"
    ON_SITE = "luring"
    HYBRID = "hibrida"


class DiklatState(Askable):
    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Group(StrEnum):
    """Groups of the struktur program."""

    GENERAL = "umum"
    CORE = "pokok"
    SUPPORT = "penunjang"


class JpRule(Askable):
    """What stands on the certificate of whoever meets the passing rule: all that was held, or one's own part of it."""

    HELD = "held"
    OWN = "own"


class PresenceRule(StrEnum):
    """What makes somebody present in a session."""

    CODE = "kode"
    CODE_AND_ROOM = "kode_ruang"
    MINUTES = "menit"
    CODE_OR_MINUTES = "kode_menit"


class SeatBy(Askable):
    """By what a diklat shares its seats out."""

    SCHOOL = "sekolah"
    KECAMATAN = "kecamatan"
    JENJANG = "jenjang"
    POST = "jabatan"


class SessionState(Askable):
    PLANNED = "planned"
    CANCELLED = "cancelled"


class Diklat(Lockable, Base):
    """`jp` is the sum of its programme rows, without those whose sessions were all called off; the services keep it.

    `starts_at` and `ends_at` follow its live sessions.

    `seat_limits` is the most seats of each group (`seat_shares.EACH`) or of those it names, until `seat_release_days` before the
    first session; `seats_kept` how many were seated when the panitia lowered the quota below them.

    `lead` is the narasumber in charge (penanggung jawab), who may write its content and schedule its sessions.
    """

    __tablename__ = "diklat"
    __table_args__ = (
        sa.CheckConstraint("quota IS NULL OR quota > 0", name="quota_positive"),
        sa.CheckConstraint("min_attendance_percent BETWEEN 1 AND 100", name="percent"),
        sa.Index("ix_diklat_catalogue", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    title_key: Mapped[str] = mapped_column(sa.String(240))
    summary: Mapped[str] = mapped_column(sa.String(240))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    outcomes: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[Kind] = enum_column(Kind)
    mode: Mapped[Mode] = enum_column(Mode)
    place: Mapped[str] = mapped_column(sa.String(160), default="")
    cohort: Mapped[str] = mapped_column(sa.String(cohorts.LONGEST), default="", server_default="")
    quota: Mapped[int | None]
    seats_kept: Mapped[int] = mapped_column(default=0, server_default="0")
    seat_by: Mapped[SeatBy | None] = enum_column(SeatBy)
    seat_limits: Mapped[dict[str, int]] = mapped_column(_LIMITS, default=dict, server_default="{}")
    seat_release_days: Mapped[int | None]
    newcomers_first: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    enrol_opens_at: Mapped[datetime | None]
    enrol_closes_at: Mapped[datetime | None]
    min_attendance_percent: Mapped[int]
    presence_rule: Mapped[PresenceRule] = enum_column(
        PresenceRule, default=PresenceRule.CODE_OR_MINUTES, server_default=PresenceRule.CODE_OR_MINUTES.value
    )
    presence_percent: Mapped[int] = mapped_column(default=80, server_default="80")
    minutes_per_jp: Mapped[int] = mapped_column(default=45, server_default="45")
    """Copied from the office when the diklat is made, so that no later setting changes what is planned or held."""
    jp_rule: Mapped[JpRule] = enum_column(JpRule, default=JpRule.HELD, server_default=JpRule.HELD.value)
    remind: Mapped[bool] = mapped_column(default=True)
    issue_at_once: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    questionnaire: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    state: Mapped[DiklatState] = enum_column(DiklatState, default=DiklatState.DRAFT)
    state_note: Mapped[str] = mapped_column(sa.String(300), default="")
    jp: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    edition: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0", info={"made_anew": True})
    """Drawn anew by triggers with each change of this row or of what is kept of it (`diklat.kept`)."""

    lead: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    topics: Mapped[list[DiklatTopic]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DiklatTopic.topic"
    )
    levels: Mapped[list[DiklatLevel]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DiklatLevel.jenjang"
    )
    posts: Mapped[list[DiklatPost]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DiklatPost.jabatan"
    )

    @property
    def name(self) -> str:
        return self.title

    @property
    def cohort_apart(self) -> str:
        """The angkatan, where the title does not carry it."""
        return cohorts.apart(self.title, self.cohort)

    @property
    def jenjang(self) -> list[Jenjang]:
        """From the youngest pupils on."""
        return sorted((row.jenjang for row in self.levels), key=list(Jenjang).index)

    @property
    def public(self) -> bool:
        return self.state in (DiklatState.PUBLISHED, DiklatState.CLOSED, DiklatState.CANCELLED)

    @property
    def ended(self) -> bool:
        """Closed or cancelled: nobody changes it any more."""
        return self.state in (DiklatState.CLOSED, DiklatState.CANCELLED)


class DiklatTopic(Base):
    __tablename__ = "diklat_topic"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class DiklatLevel(Base):
    """A level this diklat is for; none means all."""

    __tablename__ = "diklat_level"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    jenjang: Mapped[Jenjang] = enum_column(Jenjang, primary_key=True)


class DiklatPost(Base):
    """A jabatan this diklat is for; none means all."""

    __tablename__ = "diklat_post"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    jabatan: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class ProgrammeRow(Base):
    """One row of the struktur program; `live` rows are taught in sessions, the others are tasks and self-study.

    `jp` of a row with sessions is the sum of theirs, 0 where all their minutes carry none. `jp_typed`: somebody said how
    many, and the minutes that it leaves out are breaks; otherwise it has what the minutes of the diklat carry (`jp.rounded`).
    """

    __tablename__ = "programme_row"
    __table_args__ = (sa.CheckConstraint("jp >= 0", name="jp_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(160))
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    group: Mapped[Group] = enum_column(Group, default=Group.CORE)
    jp: Mapped[int]
    jp_typed: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    live: Mapped[bool]


# Thousandths of one JP.
WHOLE = 1000


def _usual_weight(context: DefaultExecutionContext) -> int:
    """That of a session with a row of its own."""
    assert context.current_parameters is not None
    return int(context.current_parameters["jp"]) * WHOLE


class LiveSession(Lockable, Base):
    """`number` is the session's public number within its diklat; `sequence` grows with each change (RFC 5545).

    `jp` is the whole JP it adds to its row; `weight`, in thousandths of a JP, what being there counts for.
    """

    shared = True
    __tablename__ = "live_session"
    __table_args__ = (
        sa.UniqueConstraint("diklat_id", "number"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("jp >= 0", name="jp_positive"),
        sa.Index("ix_live_session_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_row.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    local_date: Mapped[date] = mapped_column(index=True)
    jp: Mapped[int]
    weight: Mapped[int] = mapped_column(default=_usual_weight, server_default="0")
    room_url: Mapped[str] = mapped_column(sa.String(500), default="")
    room_note: Mapped[str] = mapped_column(sa.String(200), default="")
    stream_url: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")
    room_capacity: Mapped[int | None]
    place: Mapped[str] = mapped_column(sa.String(160), default="")
    state: Mapped[SessionState] = enum_column(SessionState, default=SessionState.PLANNED)
    cancel_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    old_uid: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Sent into calendars under a name that is not of this installation alone; it keeps it."""
    changed_at: Mapped[datetime]

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")

    @property
    def name(self) -> str:
        return self.title

    @property
    def full_title(self) -> str:
        """That of the diklat before its own, unless its own begins with it; `diklat` has to be loaded."""
        own, whole = self.title, self.diklat.title
        return own if own.casefold().startswith(whole.casefold()) else f"{whole} · {own}"

    def may_run(self, now: datetime) -> bool:
        """Whether the page that runs it is offered: from `RUN_AHEAD` before it begins until it ends."""
        return self.ends_at > now and self.starts_at - now < RUN_AHEAD


class CommitteeMember(Base):
    """Who serves a diklat as its panitia and gets a paper for that; by the office's setting the diklat is steered by no others."""

    __tablename__ = "committee_member"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
