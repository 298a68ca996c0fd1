"""Where both accounts have something in one place: two enrolments of a diklat, two answers to a task, attempts at a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.assessment.models import Attempt, Submission, SubmissionFile, SubmissionState
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import joining
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.wording import phrase

_BETTER = {EnrolmentState.CANCELLED: 0, EnrolmentState.WAITING: 1, EnrolmentState.CONFIRMED: 2}
_GOOD = {SubmissionState.RETURNED: 0, SubmissionState.HANDED_IN: 1, SubmissionState.ACCEPTED: 2}
PERSON = 3  # where the key of a paper names its holder
SEAT = ("state", "rank", "queued_at", "share_key", "beyond_share", "decided_at", "cancel_reason")
ANSWER = (
    "text", "url", "marks", "state", "rounds", "late", "handed_in_at", "remark", "reviewed_at",
    "reviewed_by_id",
)  # fmt: skip


def diklat_of_both(kept_id: int, gone_id: int) -> list[int]:
    """In the order in which they are locked."""
    theirs = sa.select(Enrolment.diklat_id).where(Enrolment.person_id == gone_id)
    both = sa.select(Enrolment.diklat_id).where(Enrolment.person_id == kept_id, Enrolment.diklat_id.in_(theirs))
    return list(db.session().scalars(both.order_by(Enrolment.diklat_id)))


def _of(diklat_id: int, person_id: int) -> Enrolment:
    wanted = sa.select(Enrolment).where(Enrolment.diklat_id == diklat_id, Enrolment.person_id == person_id)
    return db.session().scalars(wanted.execution_options(populate_existing=True)).one()


def unite_enrolments(kept_id: int, gone_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """The better seat is kept, of two alike the earlier; the other is cancelled. The caller holds every diklat of both."""
    told = []
    for diklat_id in diklat_of_both(kept_id, gone_id):
        ours, theirs = _of(diklat_id, kept_id), _of(diklat_id, gone_id)
        before = {"diklat_id": diklat_id, "kept": _seat(ours), "gone": _seat(theirs)}
        if _worth(theirs) > _worth(ours):
            _swap(ours, theirs, SEAT)
        if theirs.state is not EnrolmentState.CANCELLED:
            theirs.state, theirs.decided_at = EnrolmentState.CANCELLED, now
            theirs.share_key, theirs.beyond_share = None, False
            theirs.cancel_reason = phrase("duplicates.one_seat")
        told.append({**before, "made": _seat(ours)})
    db.session().flush()
    return told


def _worth(row: Enrolment) -> tuple[int, float]:
    return _BETTER[row.state], -row.queued_at.timestamp()


def _swap(one: Enrolment | Submission, other: Enrolment | Submission, names: Sequence[str]) -> None:
    for name in names:
        ours, theirs = getattr(one, name), getattr(other, name)
        setattr(one, name, theirs)
        setattr(other, name, ours)


def _seat(row: Enrolment) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in SEAT}
    moments = {name: values[name].isoformat() for name in ("queued_at", "decided_at")}
    return {**values, **moments, "state": row.state.value, "id": row.id}


def _put(row: Enrolment, seat: Mapping[str, Any]) -> None:
    for name in SEAT:
        value = seat[name]
        if name in ("queued_at", "decided_at"):
            value = datetime.fromisoformat(value)
        setattr(row, name, EnrolmentState(value) if name == "state" else value)


def fill_free_seats(told: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> None:
    """Where both had a seat one is free now."""
    for row in told:
        if row["kept"]["state"] == row["gone"]["state"] == EnrolmentState.CONFIRMED.value:
            enrolment.fill_seats(db.session().get_one(Diklat, row["diklat_id"]), actor=actor, now=now)


def restore_enrolments(told: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Both as they were. A seat that somebody else has by now is not sold twice: then the one who comes back waits, as
    early in the line as he came.
    """
    for row in told:
        ours = db.session().get_one(Enrolment, row["kept"]["id"])
        theirs = db.session().get_one(Enrolment, row["gone"]["id"])
        if _seat(ours) == row["made"]:
            _put(ours, row["kept"])
        _put(theirs, row["gone"])
        db.session().flush()
        diklat = db.session().get_one(Diklat, row["diklat_id"])
        taken = sum(joining.held(diklat.id).values())
        over = diklat.quota is not None and taken > max(diklat.quota, diklat.seats_kept)
        if over and theirs.state is EnrolmentState.CONFIRMED and diklat.state is DiklatState.PUBLISHED:
            theirs.state, theirs.decided_at = EnrolmentState.WAITING, now
            theirs.share_key, theirs.beyond_share = None, False
        elif theirs.share_key is not None:
            theirs.beyond_share = True
        db.session().flush()


def unite_submissions(kept_id: int, gone_id: int) -> list[list[int]]:
    """The answer that came further is kept; returns the pairs whose contents changed places."""
    twin = sa.orm.aliased(Submission)
    both = sa.select(Submission, twin).join(twin, twin.exercise_id == Submission.exercise_id)
    both = both.where(Submission.person_id == kept_id, twin.person_id == gone_id).order_by(Submission.id)
    swapped = []
    for ours, theirs in db.session().execute(both).all():
        if _GOOD[theirs.state] > _GOOD[ours.state]:
            swapped.append([ours.id, theirs.id])
    swap_submissions(swapped)
    return swapped


def swap_submissions(pairs: Sequence[Sequence[int]]) -> None:
    for one, other in pairs:
        _swap(db.session().get_one(Submission, one), db.session().get_one(Submission, other), ANSWER)
        _swap_files(one, other)
    db.session().flush()


def _swap_files(one: int, other: int) -> None:
    """By their ids, since both have a first."""
    files = db.table(SubmissionFile)
    held = {
        id: list(db.session().scalars(sa.select(files.c.id).where(files.c.submission_id == id))) for id in (one, other)
    }
    # Places below zero are nobody's, so that no two meet on the way.
    moved = sa.update(files).where(files.c.submission_id.in_([one, other]))
    db.session().execute(moved.values(place=-files.c.place))
    for id, ids in ((other, held[one]), (one, held[other])):
        db.session().execute(sa.update(files).where(files.c.id.in_(ids)).values(submission_id=id, place=-files.c.place))


def renumber_attempts(kept_id: int, gone_id: int) -> list[list[int]]:
    """Attempts of the one come behind those of the other; returns [id, the number it had]. A score from elsewhere (0) stays."""
    newest = dict(
        db.session()
        .execute(
            sa.select(Attempt.exam_id, sa.func.max(Attempt.number))
            .where(Attempt.person_id == kept_id)
            .group_by(Attempt.exam_id)
        )
        .all()
    )
    mine = sa.select(Attempt).where(Attempt.person_id == gone_id, Attempt.number > 0, Attempt.exam_id.in_(list(newest)))
    before = []
    for attempt in db.session().scalars(mine.order_by(Attempt.exam_id, Attempt.number.desc())).all():
        before.append([attempt.id, attempt.number])
        attempt.number += newest[attempt.exam_id]
        db.session().flush()
    return before


def restore_attempts(before: Sequence[Sequence[int]]) -> None:
    for id, number in reversed(before):
        db.session().get_one(Attempt, id).number = number
        db.session().flush()


def rename_papers(ids: Sequence[int], one: int, other: int) -> None:
    """A paper is asked for once by its key, which names its holder: else the next round would ask for a second one."""
    for paper in db.session().scalars(
        sa.select(Certificate).where(Certificate.id.in_(ids), Certificate.person_id == other)
    ):
        parts = paper.key.split(":")
        named = ":".join(str(other) if at == PERSON and part == str(one) else part for at, part in enumerate(parts))
        taken = sa.select(sa.exists().where(Certificate.key == named))
        if not db.session().scalar(taken):
            paper.key = named
    db.session().flush()
