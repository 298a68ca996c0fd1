"""Answers that wait to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db, formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.cards import Card, Way, When

MOST = 12


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    """Of all for the panitia, of one's own diklat for a narasumber."""
    if not (actor.has_desk or actor.has(Role.NARASUMBER)):
        return
    count, first = sa.func.count(), sa.func.min(Submission.handed_in_at)
    waiting = (
        sa.select(Submission.exercise_id, count.label("count"), first.label("first"))
        .join(Exercise, Exercise.id == Submission.exercise_id)
        .join(
            Enrolment,
            sa.and_(
                Enrolment.diklat_id == Exercise.diklat_id,
                Enrolment.person_id == Submission.person_id,
                Enrolment.state == EnrolmentState.CONFIRMED,
            ),
        )
        .where(Submission.state == SubmissionState.HANDED_IN, Exercise.withdrawn_at.is_(None))
        .group_by(Submission.exercise_id)
        .subquery()
    )
    own = diklat_queries.looked_after_by(actor)
    rows = db.session().execute(
        sa.select(Exercise, waiting.c.count, waiting.c.first)
        .join(waiting, waiting.c.exercise_id == Exercise.id)
        .join(Diklat, Diklat.id == Exercise.diklat_id)
        .where(Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]), own)
        .options(joinedload(Exercise.diklat))
        .order_by(waiting.c.first, Exercise.id)
        .limit(MOST)
    )
    for task, number, since in rows:
        yield Card(
            when=When.WAITING,
            title=f"{formats.number(number)} jawaban tugas “{task.title}” menunggu diperiksa",
            note=task.diklat.title,
            icon="file-text",
            at=since,
            ways=(Way("Periksa", "assessment_manage.review", {"slug": task.diklat.slug, "number": task.number}),),
        )
