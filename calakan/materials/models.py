"""A material and its versions; files lie in `kernel.files` by their hash."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, enum_column


class MaterialKind(Askable):
    MATERIAL = "material"
    RECORDING = "recording"


class Audience(Askable):
    ENROLLED = "enrolled"
    EVERYONE = "everyone"


class Material(Base):
    """`live_session_id` None: of the whole diklat. Taken back, it stays on record and is shown no more."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    kind: Mapped[MaterialKind] = enum_column(MaterialKind)
    title: Mapped[str] = mapped_column(sa.String(120))
    audience: Mapped[Audience] = enum_column(Audience)
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")
    versions: Mapped[list[MaterialVersion]] = relationship(
        lazy="selectin", order_by="MaterialVersion.number.desc()", cascade="all, delete-orphan"
    )

    @property
    def newest(self) -> MaterialVersion:
        return self.versions[0]


class MaterialVersion(Base):
    """Either a stored file (`sha256`, `suffix`, `size`) or a link (`url`)."""

    __tablename__ = "material_version"
    __table_args__ = (
        sa.UniqueConstraint("material_id", "number"),
        sa.CheckConstraint("(sha256 IS NULL) <> (url IS NULL)", name="file_or_link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"))
    number: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    suffix: Mapped[str] = mapped_column(sa.String(8), default="")
    size: Mapped[int] = mapped_column(default=0)
    url: Mapped[str | None] = mapped_column(sa.String(500))
    note: Mapped[str] = mapped_column(sa.String(160), default="")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
