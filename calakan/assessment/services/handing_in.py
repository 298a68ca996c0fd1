"""Handing in: a text, a link, a file, or several of them; replaced until it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import AlreadyAccepted, HandInClosed, NothingHandedIn
from calakan.assessment.models import Exercise, Submission, SubmissionState
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


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was sent. Without a new file the earlier one stays, unless it is to go (`drop_file`)."""

    text: str = ""
    url: str = ""
    sha256: str | None = None
    suffix: str = ""
    size: int = 0
    drop_file: bool = False


def received(store: Store, *, text: str, url: str, file: bytes | None, drop_file: bool = False) -> Answer:
    """What was sent, checked and stored; called before the transaction, because files are not rolled back.

    Raises FileRefused, MaterialLinkInvalid.
    """
    checked = materials.checked_link(url) if url else ""
    if file is None:
        return Answer(text=text, url=checked, drop_file=drop_file)
    suffix = contents.suffix_of(file)
    file = traces.without(file, suffix)
    return Answer(text=text, url=checked, sha256=store.put(file), suffix=suffix, size=len(file))


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
    was = row.sha256
    _fill(row, task, answer)
    if was is not None and was != row.sha256:
        discarding.discard([was], now=now)
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
        "exercise_id": exercise_id, "person_id": person_id, "text": "", "url": "", "suffix": "", "size": 0,
        "state": SubmissionState.HANDED_IN, "rounds": 0, "late": False, "handed_in_at": now, "remark": "",
    }  # fmt: skip
    db.insert_new(Submission, [new])
    id = db.session().scalar(
        sa.select(Submission.id).where(Submission.exercise_id == exercise_id, Submission.person_id == person_id)
    )
    assert id is not None
    return db.lock(Submission, id)


def _fill(row: Submission, task: Exercise, answer: Answer) -> None:
    """Only the kinds that the task takes. Raises NothingHandedIn."""
    row.text = answer.text if task.takes_text else ""
    row.url = answer.url if task.takes_link else ""
    if answer.drop_file or not task.takes_file:
        row.sha256, row.suffix, row.size = None, "", 0
    if answer.sha256 is not None and task.takes_file:
        row.sha256, row.suffix, row.size = answer.sha256, answer.suffix, answer.size
    if not (row.text or row.url or row.sha256):
        raise NothingHandedIn()
