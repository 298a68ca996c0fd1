"""The office's own settings and its editable choice lists."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, enum_column


class ChoiceKind(StrEnum):
    JABATAN = "jabatan"
    STATUS = "status"
    TOPIC = "topic"


class Emblem(Askable):
    """A picture of the house; each is the name of the setting that holds its stored file."""

    LOGO = "logo"
    LETTERHEAD = "letterhead"


class OfficeSetting(Base):
    """One overridden default of `OfficeSettings`."""

    __tablename__ = "office_setting"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)


class Choice(Base):
    """One entry of a list. Entries are switched off, not deleted: old rows keep their code."""

    __tablename__ = "choice"
    __table_args__ = (sa.UniqueConstraint("kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChoiceKind] = enum_column(ChoiceKind)
    code: Mapped[str] = mapped_column(sa.String(40))
    label: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Holiday(Base):
    """A public holiday. `yearly` ones come back on the same day each year; the others are typed from the official list."""

    __tablename__ = "holiday"
    __table_args__ = (sa.UniqueConstraint("day", "yearly"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(80))
    yearly: Mapped[bool] = mapped_column(default=False)
