"""What a person read and consented to, as rows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, enum_column


class NoticeAcceptance(Base):
    """Which version of the privacy notice a person said to have read, and when; the newest stands at the person too."""

    __tablename__ = "notice_acceptance"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class ConsentTo(Askable):
    """What is done with a consent alone; channels and the public page of a narasumber keep theirs where they stand."""

    PHOTOS = "photos"


class Consent(Base):
    """What a person said last; the words agreed to are kept, every change stands on the trail."""

    __tablename__ = "consent"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    purpose: Mapped[ConsentTo] = enum_column(ConsentTo, primary_key=True)
    given: Mapped[bool]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(sa.Text, default="")
