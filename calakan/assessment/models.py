"""Tasks (tugas) of a diklat and what is handed in for them; tests (tes), their questions, and attempts at them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel import codes
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person


class Exercise(Base):
    """A task. `number` is its public number within the diklat; withdrawn, it stays on record and counts no more.

    `rubric` are lines by which it is scored, each with the most that it gives; None: it is accepted without a score.
    """

    __tablename__ = "exercise"
    __table_args__ = (
        sa.UniqueConstraint("diklat_id", "number"),
        sa.CheckConstraint("takes_text OR takes_link OR takes_file", name="takes_something"),
        sa.Index("ix_exercise_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    instruction: Mapped[str] = mapped_column(sa.Text)
    due_at: Mapped[datetime]
    compulsory: Mapped[bool]
    late_allowed: Mapped[bool]
    takes_text: Mapped[bool]
    takes_link: Mapped[bool]
    takes_file: Mapped[bool]
    rubric: Mapped[list[list[Any]] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")

    @property
    def rubric_mark(self) -> str:
        """Tells one rubric from another; "" where there is none."""
        return hashlib.sha256(json.dumps(self.rubric).encode()).hexdigest()[:16] if self.rubric else ""


class RowProof(Base):
    """A task or a test that shows that a row of the struktur program was done; a row with several needs all of them."""

    __tablename__ = "row_proof"
    __table_args__ = (
        sa.UniqueConstraint("exercise_id"),
        sa.UniqueConstraint("exam_id"),
        sa.CheckConstraint("(exercise_id IS NULL) <> (exam_id IS NULL)", name="one_of_both"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_row.id", ondelete="CASCADE"), index=True)
    exercise_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exercise.id"))
    exam_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exam.id"))


class SubmissionState(Askable):
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Submission(Lockable, Base):
    """What one person handed in for one task; a newer one takes its place and raises `rounds`.

    `late` says that it came after the due time; what was returned in time and mended afterwards is not late. `marks` are
    those of the lines of the rubric, once it was accepted by one.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("exercise_id", "person_id"),
        sa.Index("ix_submission_review", "exercise_id", "state", "handed_in_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_id: Mapped[int] = mapped_column(sa.ForeignKey("exercise.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    state: Mapped[SubmissionState] = enum_column(SubmissionState)
    rounds: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    handed_in_at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(sa.String(500), default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    marks: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))

    exercise: Mapped[Exercise] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    files: Mapped[list[SubmissionFile]] = relationship(
        lazy="raise_on_sql", order_by="SubmissionFile.place", viewonly=True
    )

    @property
    def score(self) -> int | None:
        """The marks together; None where no rubric was scored."""
        return None if self.marks is None else sum(self.marks)


class SubmissionFile(Base):
    """One file of what was handed in; `place` counts from 1."""

    __tablename__ = "submission_file"
    __table_args__ = (sa.UniqueConstraint("submission_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    place: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    suffix: Mapped[str] = mapped_column(sa.String(8))
    size: Mapped[int]


class ExamKind(StrEnum):
    """Before and after share their questions, so that the difference means something; the others have their own.

    That of a reading checks a material: whoever passes has finished it.
    """

    PRE = "pre"
    POST = "post"
    QUIZ = "quiz"
    READING = "bacaan"

    @property
    def shared(self) -> bool:
        """Whether it asks the questions that the tests before and after have in common."""
        return self in SHARED


SHARED = (ExamKind.PRE, ExamKind.POST)


class Exam(Base):
    """A test. `number` is its public number within the diklat; `minutes` None: as long as it is open.

    `draw`: each attempt asks so many of its questions; None: all. `pass_score` is what a certificate asks for; None: nothing. `origin_id` is the first test that this one was copied
    from, by way of other copies: they ask the same questions. A test that is sat in a session shows who was there.
    """

    __tablename__ = "exam"
    __table_args__ = (
        sa.UniqueConstraint("diklat_id", "number"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        sa.CheckConstraint("attempts_allowed > 0", name="attempts_positive"),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes_positive"),
        sa.CheckConstraint("pass_score IS NULL OR pass_score BETWEEN 1 AND 100", name="pass_score"),
        sa.Index("ix_exam_closes_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    number: Mapped[int]
    kind: Mapped[ExamKind] = enum_column(ExamKind)
    title: Mapped[str] = mapped_column(sa.String(120))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    attempts_allowed: Mapped[int]
    minutes: Mapped[int | None]
    pass_score: Mapped[int | None]
    draw: Mapped[int | None]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    origin_id: Mapped[int | None] = mapped_column(index=True)
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"))
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id"))

    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")


class QuestionKind(Askable):
    """How a question is answered: by one option, by all that are right, in words, or by putting them in order."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SHORT = "short"
    ORDER = "order"


class Question(Base):
    """`options` to choose from, the steps to put in order, or the spellings that are right; `exam_id` None: of the tests before and after.

    `answer` is the place of the one right option. `answers` are the places of all that are right, or where each step
    belongs. One question asked in words has neither: whatever is no spelling of its list is wrong until somebody adds it.
    `origin` is one for all copies of a question, in whatever test they stand.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    exam_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exam.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[QuestionKind] = enum_column(
        QuestionKind, default=QuestionKind.SINGLE, server_default=QuestionKind.SINGLE.value
    )
    options: Mapped[list[str]] = mapped_column(sa.JSON)
    answer: Mapped[int]
    answers: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))
    picture_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    picture_alt: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    origin: Mapped[str] = mapped_column(sa.String(20), default=lambda: codes.code(20), server_default="", index=True)


class FormerQuestion(Base):
    """The origin of a question that a test asks no more, so that whoever saw it there is known to know it.

    It was taken out, or `edited`: it became another question, which whoever knew the old one may know.
    """

    __tablename__ = "former_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(sa.ForeignKey("exam.id"), index=True)
    origin: Mapped[str] = mapped_column(sa.String(20), index=True)
    edited: Mapped[bool]


class Attempt(Lockable, Base):
    """One person's attempt. The score is kept up to date with each answer, so one that was never sent counts as it stands.

    `number` 0 is a score from elsewhere, and `source` says from where. `drawn` are the questions that it asks; None: all.
    """

    __tablename__ = "attempt"
    __table_args__ = (sa.UniqueConstraint("exam_id", "person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(sa.ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    number: Mapped[int]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    score: Mapped[float] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(sa.String(120), default="")
    drawn: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))

    exam: Mapped[Exam] = relationship(lazy="raise_on_sql")


class GivenAnswer(Base):
    """What was given in an attempt: the place of the one option, or -1 and what else was said (`kinds.stored`)."""

    __tablename__ = "given_answer"

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)
    choice: Mapped[int]
    said: Mapped[str] = mapped_column(sa.Text, default="", server_default="")


class DiscardedFile(Base):
    """The hash of a file that was handed in and is wanted no more: replaced, taken back, or erased with its person."""

    __tablename__ = "discarded_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    discarded_at: Mapped[datetime]
