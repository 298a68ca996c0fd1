"""An answer bears no name: who has answered stands in a table of its own, without a time.

That goes for the questionnaire of a session and for that of the whole diklat (`Survey`) alike.

Nor does the order of rows tell: an answer's number is random, and both tables are written anew in another order soon
after each answer (`feedback.mixing`), so that neither places in the file nor the numbers of transactions go together.
"""

from __future__ import annotations

import secrets
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import codes
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person

# On SQLite the number is the place of the row in its table.
ANY_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def any_number() -> int:
    return secrets.randbelow(2**62) + 1


ITEMS = ("mastery", "delivery", "interaction", "timing")


class SessionAnswer(Base):
    """Marks from 1 (poor) to 4 (very good), and what was written. `answered_on` is a day, not an instant.

    `counted`: a whole five has come together with it, which digests tell; one of a five that waits is told to nobody.
    """

    __tablename__ = "session_answer"
    __table_args__ = tuple(sa.CheckConstraint(f"{item} BETWEEN 1 AND 4", name=f"{item}_scale") for item in ITEMS)

    id: Mapped[int] = mapped_column(ANY_NUMBER, primary_key=True, autoincrement=False, default=any_number)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    mastery: Mapped[int]
    delivery: Mapped[int]
    interaction: Mapped[int]
    timing: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    answered_on: Mapped[date]
    counted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    mixed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Answered(Base):
    """One answer a person and session, held by the key."""

    __tablename__ = "session_answered"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)


ELEMENTS = ("u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9")


class Survey(Base):
    """The questionnaire of a whole diklat, where there is a row: the nine elements, and the diklat's own questions.

    `rated` are answered by a mark from 1 to 4, `worded` in words. They stand from when it opens on.
    """

    __tablename__ = "survey"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    rated: Mapped[list[str]] = mapped_column(sa.JSON)
    worded: Mapped[list[str]] = mapped_column(sa.JSON)

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")


class SurveyAnswer(Base):
    """A mark of each element, and what was said to the diklat's own questions, in their order. Kept as `SessionAnswer` is."""

    __tablename__ = "survey_answer"
    __table_args__ = tuple(sa.CheckConstraint(f"{item} BETWEEN 1 AND 4", name=f"{item}_scale") for item in ELEMENTS)

    id: Mapped[int] = mapped_column(ANY_NUMBER, primary_key=True, autoincrement=False, default=any_number)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.diklat_id"), index=True)
    u1: Mapped[int]
    u2: Mapped[int]
    u3: Mapped[int]
    u4: Mapped[int]
    u5: Mapped[int]
    u6: Mapped[int]
    u7: Mapped[int]
    u8: Mapped[int]
    u9: Mapped[int]
    rated: Mapped[list[int]] = mapped_column(sa.JSON)
    worded: Mapped[list[str]] = mapped_column(sa.JSON)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    answered_on: Mapped[date]
    counted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    mixed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class SurveyAnswered(Base):
    """One answer a person and diklat, held by the key."""

    __tablename__ = "survey_answered"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.diklat_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)


class Consent(Askable):
    """How a participant's words may stand in the report."""

    NAMELESS = "nameless"
    NAMED = "named"


class Quote(Lockable, Base):
    """Words that may be printed, and whose they are: without that nobody could take the consent back.

    They stand here instead of in the answer, so that no text ties the marks to a person. `year` and `place` are those of
    a quote chosen for the report; a place holds one.
    """

    __tablename__ = "quote"
    __table_args__ = (
        sa.UniqueConstraint("live_session_id", "person_id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("year", "place"),
        sa.CheckConstraint("(year IS NULL) = (place IS NULL)", name="chosen_wholly"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), default=lambda: codes.code(10))
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    consent: Mapped[Consent] = enum_column(Consent)
    given_on: Mapped[date]
    year: Mapped[int | None]
    place: Mapped[int | None]

    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")

    @property
    def chosen(self) -> bool:
        return self.place is not None
