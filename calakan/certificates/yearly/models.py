"""A paper of the year is made when asked for, and says for ever what was valid then; a later one is its next revision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base


class YearPaper(Base):
    """`facts` are frozen, with the codes of the certificates it sums up; `sha256` is the file in the store."""

    __tablename__ = "year_paper"
    __table_args__ = (sa.UniqueConstraint("person_id", "year", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(26), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    year: Mapped[int]
    revision: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    made_at: Mapped[datetime]

    @property
    def number(self) -> str:
        """What stands on the paper: the code, so that it cannot be counted off."""
        return f"REKAP/{self.year}/{self.code}"

    @property
    def jp(self) -> int:
        return int(self.facts["jp"])
