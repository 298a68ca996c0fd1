"""What is still open in a diklat that is about to be closed. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment.models import Exercise, SubmissionState
from calakan.assessment.queries import exercises
from calakan.attendance import sheets
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.narasumber import queries as narasumber


@dataclass(frozen=True)
class Open:
    """`unmarked` are tasks with how many answers nobody has looked at; `doubtful` people wait for a look:
    an appeal, a code that did not count, evidence that does not suffice."""

    ahead: Sequence[LiveSession]
    unstaffed: Sequence[LiveSession]
    unmarked: Sequence[tuple[Exercise, int]]
    doubtful: int

    @property
    def nothing(self) -> bool:
        return not (self.ahead or self.unstaffed or self.unmarked or self.doubtful)


def still_open(diklat: Diklat, *, now: datetime) -> Open:
    sessions = diklat_queries.sessions_of(diklat.id)
    there = narasumber.confirmed_of([session.id for session in sessions])
    tasks = exercises.exercises(diklat.id)
    tallies = exercises.tally([task.id for task in tasks])
    waiting = [(task, tallies[task.id][SubmissionState.HANDED_IN]) for task in tasks if task.id in tallies]
    return Open(
        ahead=[session for session in sessions if session.ends_at > now],
        unstaffed=[session for session in sessions if not there.get(session.id)],
        unmarked=[(task, count) for task, count in waiting if count],
        doubtful=_doubtful(diklat.id, sessions, now),
    )


def _doubtful(diklat_id: int, sessions: Sequence[LiveSession], now: datetime) -> int:
    wanted = sa.select(sa.func.count(Enrolment.id)).where(
        Enrolment.diklat_id == diklat_id,
        Enrolment.state == EnrolmentState.CONFIRMED,
        sheets.only(sheets.Only.REVIEW, sessions, now=now),
    )
    return db.session().scalar(wanted) or 0
