"""Handing in: a text, a link, files, or several of them; replaced until it is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import AlreadyAccepted, FilesTooLarge, HandInClosed, NothingHandedIn, TooManyFiles
from calakan.assessment.models import Exercise, Submission, SubmissionFile, SubmissionState
from calakan.assessment.services import discarding
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.files import Store
from calakan.materials import contents, traces
from calakan.materials import services as materials


@dataclass(frozen=True)
class Stored:
    sha256: str
    suffix: str
    size: int


@dataclass(frozen=True)
class Limits:
    """How many files one answer may have, and how many MB they may have together."""

    files: int = 5
    mb: int = 20

    @property
    def most_bytes(self) -> int:
        return self.mb * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was sent. New files take the place of the earlier ones; without any these stay, unless they are to go (`drop_files`)."""

    text: str = ""
    url: str = ""
    files: tuple[Stored, ...] = ()
    drop_files: bool = False


def received(
    store: Store,
    *,
    text: str,
    url: str,
    files: Sequence[bytes] = (),
    drop_files: bool = False,
    limits: Limits = Limits(),
) -> Answer:
    """What was sent, checked and stored; called before the transaction, because files are not rolled back.

    Nothing is stored unless all of it is taken. Raises TooManyFiles, FilesTooLarge, FileRefused, MaterialLinkInvalid.
    """
    checked = materials.checked_link(url) if url else ""
    if len(files) > limits.files:
        raise TooManyFiles(most=limits.files)
    if sum(map(len, files)) > limits.most_bytes:
        raise FilesTooLarge(most=limits.mb)
    kinds = [contents.suffix_of(file) for file in files]
    cleaned = [traces.without(file, suffix) for file, suffix in zip(files, kinds, strict=True)]
    stored = [Stored(store.put(file), suffix, len(file)) for file, suffix in zip(cleaned, kinds, strict=True)]
    return Answer(text=text, url=checked, files=tuple(stored), drop_files=drop_files)


def hand_in(exercise_id: int, person_id: int, answer: Answer, *, actor: Actor, now: datetime) -> Submission:
    """A first answer, or a newer one in its place. Locks the person's row of this task.

    After the due time only where the task allows it, and what a reviewer returned.
    Raises NotFound, NotEnrolled, HandInClosed, AlreadyAccepted, NothingHandedIn.
    """
    task = _open(exercise_id, person_id)
    row = _own_row(exercise_id, person_id, now=now)
    late = now > task.due_at
    if row.state is SubmissionState.ACCEPTED:
        raise AlreadyAccepted()
    if late and not task.late_allowed and row.state is not SubmissionState.RETURNED:
        raise HandInClosed(why="late", due_at=task.due_at)
    _fill(row, task, answer, now=now)
    # What was in time, was returned and is mended now, does not become late by that.
    row.late = late if row.state is not SubmissionState.RETURNED else row.late
    row.state, row.handed_in_at, row.rounds = SubmissionState.HANDED_IN, now, row.rounds + 1
    row.reviewed_at, row.reviewed_by_id = None, None
    db.session().flush()
    audit.record("assessment.hand_in", task, actor=actor, now=now, late=row.late, rounds=row.rounds)
    return row


def _open(exercise_id: int, person_id: int) -> Exercise:
    task = db.session().get(Exercise, exercise_id)
    if task is None or task.withdrawn_at is not None:
        raise NotFound()
    seat = enrolment.enrolment(task.diklat_id, person_id)
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        raise NotEnrolled()
    if db.session().get_one(Diklat, task.diklat_id).state is not DiklatState.PUBLISHED:
        raise HandInClosed(why="over")
    return task


def _own_row(exercise_id: int, person_id: int, *, now: datetime) -> Submission:
    """Made on the first use and locked, so that two taps at once come one after the other."""
    new = {
        "exercise_id": exercise_id, "person_id": person_id, "text": "", "url": "",
        "state": SubmissionState.HANDED_IN, "rounds": 0, "late": False, "handed_in_at": now, "remark": "",
    }  # fmt: skip
    db.insert_new(Submission, [new])
    id = db.session().scalar(
        sa.select(Submission.id).where(Submission.exercise_id == exercise_id, Submission.person_id == person_id)
    )
    assert id is not None
    return db.lock(Submission, id)


def _fill(row: Submission, task: Exercise, answer: Answer, *, now: datetime) -> None:
    """Only the kinds that the task takes. Raises NothingHandedIn."""
    row.text = answer.text if task.takes_text else ""
    row.url = answer.url if task.takes_link else ""
    new = answer.files if task.takes_file else ()
    held = sa.select(SubmissionFile.id).where(SubmissionFile.submission_id == row.id)
    if new or answer.drop_files or not task.takes_file:
        discarding.drop_files([row.id], now=now)
        db.session().add_all(
            SubmissionFile(submission_id=row.id, place=place, sha256=one.sha256, suffix=one.suffix, size=one.size)
            for place, one in enumerate(new, start=1)
        )
        db.session().flush()
    if not (row.text or row.url or db.session().scalar(held.limit(1))):
        raise NothingHandedIn()
