"""A check-in window with its code, who was present and how that was shown, and codes that did not count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import LiveSession
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, enum_column
from calakan.people.models import Person


class Method(Askable):
    CODE = "code"
    HAND = "hand"
    LIST = "list"
    TEST = "test"
    SCAN = "scan"


class Part(Askable):
    """When in a session a code is asked for."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


# By how many codes a session asks for.
PARTS = {1: (Part.START,), 2: (Part.START, Part.END), 3: (Part.START, Part.MIDDLE, Part.END)}


class AskedCodes(Base):
    """How many codes a session asks for, as PARTS has them; one where there is no row."""

    __tablename__ = "asked_codes"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    parts: Mapped[int]


class CheckIn(Base):
    """A window in which one code of a session counts. Opening another closes it, and its code never counts again."""

    __tablename__ = "code_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    part: Mapped[Part] = enum_column(Part)
    code: Mapped[str] = mapped_column(sa.String(6), index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class Presence(Base):
    """Present, or (`present` false) a mark by hand that takes a presence away; the row stays as the record."""

    __tablename__ = "presence"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    present: Mapped[bool] = mapped_column(default=True)
    method: Mapped[Method] = enum_column(Method)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")


class Kind(Askable):
    """What speaks for a presence: the way into the room, a code, a line of a list, a test that was sat in the session,
    a mark of the panitia, and a person whom they met at the door."""

    JOIN = "join"
    CODE = "code"
    LINE = "line"
    TEST = "test"
    HAND = "hand"
    SCAN = "scan"


# Where a click on "Gabung ruang" led: the `source` of that sign.
ROOM, STREAM = "ruang", "siaran"

# Signs whose hours say more of a person than that he was there.
TIMED = (Kind.JOIN, Kind.LINE, Kind.TEST)


class Evidence(Base):
    """One sign of one person in one session; never changed, only withdrawn. `present` false is a mark of absence.

    `minutes` are those of a line, None where it has no times, or of a test, as far as they lie in the session for sure;
    `most` is set where it may be so many. `least` is what the panitia asked of that list, None where the rule of the diklat
    says it. `source` is the list, `line` where it stands in that file; or the title of the test. `part` is which code it
    was, None where a session had but one. `at` and `until` are what the line says of coming and leaving, or when a test
    (`exam_id`, of the room `assessment`) was begun and handed in.
    """

    __tablename__ = "evidence"
    __table_args__ = (sa.Index("ix_evidence_of", "live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[Kind] = enum_column(Kind)
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    present: Mapped[bool] = mapped_column(default=True)
    minutes: Mapped[int | None]
    most: Mapped[int | None]
    least: Mapped[int | None]
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attendance_batch.id"))
    line: Mapped[int | None]
    exam_id: Mapped[int | None]
    part: Mapped[Part | None] = enum_column(Part)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class State(Askable):
    PRESENT = "present"
    ABSENT = "absent"
    REVIEW = "review"


class Decision(Base):
    """What the evidence comes to by the rule of the diklat; derived anew whenever either changes.

    `why` names the reason (`rules.Why`). `Presence` follows it: it holds who is present, and whom the panitia marked absent.
    """

    __tablename__ = "decision"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    state: Mapped[State] = enum_column(State)
    minutes: Mapped[int | None]
    why: Mapped[str] = mapped_column(sa.String(40))
    rule: Mapped[str] = mapped_column(sa.String(40))
    decided_at: Mapped[datetime]


class Recount(Base):
    """A session whose decisions a worker has to make anew, because the rule was changed."""

    __tablename__ = "recount"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), unique=True)
    asked_at: Mapped[datetime]


class AppealState(Askable):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Appeal(Base):
    """Somebody who is not counted present says why it should be so; the panitia answer once."""

    __tablename__ = "appeal"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[AppealState] = enum_column(AppealState, default=AppealState.ASKED)
    photo_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    answer: Mapped[str] = mapped_column(sa.String(300), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")


class MissedCode(Base):
    """A wrong or late code, for the panitia's review list and as the brake on guessing.

    `key` is that of the sending: the same one again with the same digits, after a bad line, is the same guess.
    """

    __tablename__ = "missed_code"
    __table_args__ = (
        sa.Index("ix_missed_code_person", "person_id", "at"),
        sa.Index("ix_missed_code_key", "person_id", "key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    typed: Mapped[str] = mapped_column(sa.String(12))
    why: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(sa.String(40))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class BatchState(Askable):
    PREVIEW = "preview"
    APPLIED = "applied"
    UNDONE = "undone"


class Batch(Base):
    """A file that says who was in a session, as it was read: looked at, applied in part or whole, undone as a whole."""

    __tablename__ = "attendance_batch"
    __table_args__ = (sa.Index("ix_attendance_batch_file", "live_session_id", "file_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    file_name: Mapped[str] = mapped_column(sa.String(80))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    zone: Mapped[str] = mapped_column(sa.String(40))
    least_minutes: Mapped[int]
    asked_minutes: Mapped[int | None]
    """What the panitia asked of this list; None leaves it to the rule of the diklat."""
    by_name: Mapped[bool] = mapped_column(default=True)
    """Whether lines that name somebody by name alone are certain."""
    unit: Mapped[str] = mapped_column(sa.String(10), default="", server_default="")
    """What bare durations were said to be, where the file does not say."""
    ignored: Mapped[int] = mapped_column(default=0)
    hidden: Mapped[int] = mapped_column(default=0)
    elsewhere: Mapped[bool] = mapped_column(default=False)
    state: Mapped[BatchState] = enum_column(BatchState, default=BatchState.PREVIEW)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")

    @property
    def is_undone(self) -> bool:
        return self.state is BatchState.UNDONE

    @property
    def is_applied(self) -> bool:
        return self.state is BatchState.APPLIED


class BatchLine(Base):
    """Lines of the file that belong together, whom they may mean (`candidates`: ids), and to whom they were given.

    `starts_at` and `ends_at` are the first coming and the last leaving, where the file says both; `pieces` what each line
    will say as evidence (`pieces.Piece`).
    `number` is the NIP or NUPTK that is written there. `left_out`: the panitia took the tick of a certain line away.
    `person_id` is the certain one, or whom the panitia chose. `marked_at` is set when giving it made a presence new.
    """

    __tablename__ = "attendance_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("attendance_batch.id"), index=True)
    lines: Mapped[list[int]] = mapped_column(sa.JSON)
    shown: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    number: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    said: Mapped[str] = mapped_column(sa.String(200), default="")
    minutes: Mapped[float | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    pieces: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list, server_default="[]")
    lane: Mapped[str] = mapped_column(sa.String(20))
    verdict: Mapped[str] = mapped_column(sa.String(20))
    by: Mapped[str] = mapped_column(sa.String(20), default="")
    why: Mapped[str] = mapped_column(sa.String(20), default="")
    unclear: Mapped[str] = mapped_column(sa.String(20), default="")
    candidates: Mapped[list[int]] = mapped_column(sa.JSON)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    left_out: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    given_at: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]


class LineClaim(Base):
    """Somebody says that a line which names nobody is his own."""

    __tablename__ = "line_claim"
    __table_args__ = (sa.UniqueConstraint("line_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("attendance_line.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
