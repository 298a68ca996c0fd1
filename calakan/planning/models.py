"""What panitia and the one in charge say to each other about a proposal."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.kernel.db import Base
from calakan.people.models import Person


class ReviewNote(Base):
    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.String(1000))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
