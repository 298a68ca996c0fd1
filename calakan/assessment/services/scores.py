"""Scores of a test that was sat elsewhere: brought in with their source, again and again if need be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.errors import KeyKnown, OwnWork, ScoreInvalid
from calakan.assessment.events import ResultsImproved
from calakan.assessment.models import Attempt, Exam
from calakan.assessment.queries import access
from calakan.assessment.queries import exams as queries
from calakan.audit import services as audit
from calakan.diklat.errors import DiklatFinal
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.events import announce
from calakan.people.models import Person

ELSEWHERE = 0


def import_scores(exam_id: int, scores: Mapping[int, float], *, source: str, actor: Actor, now: datetime) -> int:
    """person -> 0..100, in place of what was brought in before; returns how many are new or other than they were.

    Also after the closing, because papers may wait for it. Locks the diklat. Raises NotFound, DiklatFinal, NotEnrolled,
    ScoreInvalid, OwnWork, KeyKnown.
    """
    if actor.person_id in scores:
        raise OwnWork()
    diklat_id = db.session().scalar(sa.select(Exam.diklat_id).where(Exam.id == exam_id, Exam.withdrawn_at.is_(None)))
    if diklat_id is None:
        raise NotFound()
    if db.lock(Diklat, diklat_id).state is DiklatState.CANCELLED:
        raise DiklatFinal()
    if any(not 0 <= score <= 100 for score in scores.values()):
        raise ScoreInvalid()
    seats = enrolment.states_of(diklat_id, scores)
    if any(seats.get(person_id) is not EnrolmentState.CONFIRMED for person_id in scores):
        raise NotEnrolled()
    exam = db.session().get_one(Exam, exam_id)
    _check_key_unknown(exam, scores)
    held = {row.person_id: row for row in _brought_in(exam_id, scores)}
    changed = [id for id, score in scores.items() if id not in held or held[id].score != score]
    for person_id in changed:
        row = held.get(person_id)
        if row is None:
            row = Attempt(exam_id=exam_id, person_id=person_id, number=ELSEWHERE, started_at=now, ends_at=now)
            db.session().add(row)
        row.score, row.source, row.finished_at = scores[person_id], source[:120], now
    db.session().flush()
    audit.record("assessment.import_scores", exam, actor=actor, now=now, source=source[:120], count=len(changed))
    announce(ResultsImproved(diklat_id=diklat_id, actor=actor, now=now))
    return len(changed)


def _brought_in(exam_id: int, person_ids: Mapping[int, float]) -> list[Attempt]:
    wanted = sa.select(Attempt).where(
        Attempt.exam_id == exam_id, Attempt.number == ELSEWHERE, Attempt.person_id.in_(list(person_ids))
    )
    return list(db.session().scalars(wanted))


def _check_key_unknown(exam: Exam, person_ids: Mapping[int, float]) -> None:
    """Questions that stand here may have been asked elsewhere. Raises KeyKnown with the names."""
    known = access.who_knows_key(person_ids, exam) if queries.questions(exam) else set()
    if known:
        wanted = sa.select(Person.name).where(Person.id.in_(known)).order_by(Person.name, Person.id)
        raise KeyKnown(names=list(db.session().scalars(wanted)))
