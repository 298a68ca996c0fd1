"""The conditions of a diklat, and where people stand with them. Reads only, in a fixed number of statements.

A certificate asks for a share of the JP of the live sessions, every compulsory task, the score of the final test, and
where the diklat says so the questionnaire of each session that was attended (domain guide 3.2), and that of the whole
diklat where it asks one. An exception that the panitia gave stands for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import standing as assessment
from calakan.assessment.models import Exam, Exercise
from calakan.assessment.standing import OpenExam, OpenTask
from calakan.attendance import queries as attendance
from calakan.attendance.queries import Progress
from calakan.completion.models import PassingException
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.feedback import queries as feedback
from calakan.feedback import survey_queries as surveys
from calakan.kernel import db
from calakan.kernel.askable import Askable


class Lack(Askable):
    """One reason why there is no certificate yet; a person may have several."""

    SCHEDULE = "schedule"
    PRESENCE = "presence"
    TASK = "task"
    TEST = "test"
    QUESTIONNAIRE = "questionnaire"


@dataclass(frozen=True)
class Conditions:
    """What one diklat asks for."""

    min_percent: int
    tasks: tuple[Exercise, ...] = ()
    exams: tuple[Exam, ...] = ()
    questionnaire: bool = False
    survey: bool = False
    """Whether that includes the questionnaire of the whole diklat."""


@dataclass(frozen=True)
class Standing:
    """One person in one diklat. `tasks` and `exams` are what is still open, `unanswered` the questionnaires."""

    progress: Progress
    conditions: Conditions
    tasks: tuple[OpenTask, ...] = ()
    exams: tuple[OpenExam, ...] = ()
    unanswered: tuple[LiveSession, ...] = ()
    survey: Diklat | None = None
    """The diklat, where its own questionnaire is still open."""
    exception: str | None = None
    """The reason of the panitia, where they let the person pass."""

    @property
    def person_id(self) -> int:
        return self.progress.person_id

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Every condition that is not met, whatever the panitia decided since."""
        found = {
            Lack.SCHEDULE: not self.progress.live,
            Lack.PRESENCE: self.progress.live > 0 and not self.progress.met,
            Lack.TASK: bool(self.tasks),
            Lack.TEST: bool(self.exams),
            Lack.QUESTIONNAIRE: bool(self.unanswered) or self.survey is not None,
        }
        return tuple(lack for lack, true in found.items() if true)

    @property
    def met(self) -> bool:
        return self.exception is not None or not self.lacks

    @property
    def within_reach(self) -> bool:
        """Whether presence can still suffice."""
        return self.met or self.progress.met or self.progress.within_reach


def conditions(*diklat: Diklat) -> dict[int, Conditions]:
    """diklat -> what it asks for, in a fixed number of statements."""
    asked = assessment.demands(*(d.id for d in diklat))
    told = [d.id for d in diklat if d.questionnaire]
    whole = surveys.asked(told) if told else set()
    return {
        d.id: Conditions(d.min_attendance_percent, asked[d.id].tasks, asked[d.id].exams, d.questionnaire, d.id in whole)
        for d in diklat
    }


def standing(diklat: Diklat, person_ids: Sequence[int], *, now: datetime) -> dict[int, Standing]:
    """Of these people in this diklat."""
    asked = conditions(diklat)[diklat.id]
    there = attendance.progress(diklat, person_ids, now=now)
    done = assessment.standing(diklat.id, person_ids, now=now)
    told = _Questionnaires([diklat], {diklat.id: asked}, person_ids, now=now)
    excepted = {row.person_id: row.reason for row in exceptions(diklat.id)}
    return {
        id: Standing(
            there[id],
            asked,
            done[id].tasks,
            done[id].exams,
            told.open(diklat.id, there[id]),
            told.survey(diklat.id, there[id]),
            excepted.get(id),
        )
        for id in person_ids
    }


def standing_of_person(diklat: Sequence[Diklat], person_id: int, *, now: datetime) -> dict[int, Standing]:
    """diklat -> where this person stands."""
    asked, ids = conditions(*diklat), [d.id for d in diklat]
    there = attendance.progress_of_person(diklat, person_id, now=now)
    done = assessment.standing_of_person(ids, person_id, now=now)
    told = _Questionnaires(diklat, asked, [person_id], now=now)
    excepted = {row.diklat_id: row.reason for row in db.session().execute(_EXCEPTED, {"person": person_id})}
    return {
        id: Standing(
            there[id],
            asked[id],
            done[id].tasks,
            done[id].exams,
            told.open(id, there[id]),
            told.survey(id, there[id]),
            excepted.get(id),
        )
        for id in ids
    }


_EXCEPTED = sa.select(PassingException.diklat_id, PassingException.reason).where(
    PassingException.person_id == sa.bindparam("person")
)


def exceptions(diklat_id: int) -> Sequence[PassingException]:
    """Whom the panitia let pass in this diklat."""
    return db.session().scalars(sa.select(PassingException).where(PassingException.diklat_id == diklat_id)).all()


class _Questionnaires:
    """Who has told about which session that is over, and about which diklat, where it asks for it."""

    def __init__(
        self, diklat: Sequence[Diklat], asked: Mapping[int, Conditions], person_ids: Sequence[int], *, now: datetime
    ) -> None:
        self.over: dict[int, list[LiveSession]] = {d.id: [] for d in diklat if d.questionnaire}
        for session in diklat_queries.sessions_of(*self.over) if self.over else ():
            if session.ends_at <= now:
                self.over[session.diklat_id].append(session)
        ids = [session.id for rows in self.over.values() for session in rows]
        self.told = feedback.answered(ids, person_ids) if ids else set()
        self.surveys = {d.id: d for d in diklat if asked[d.id].survey and d.ends_at is not None and d.ends_at <= now}
        self.told_whole = surveys.answered(self.surveys, person_ids) if self.surveys else set()

    def open(self, diklat_id: int, there: Progress) -> tuple[LiveSession, ...]:
        return tuple(
            session
            for session in self.over.get(diklat_id, ())
            if session.id in there.attended and (session.id, there.person_id) not in self.told
        )

    def survey(self, diklat_id: int, there: Progress) -> Diklat | None:
        """Whoever was in no session is not asked how the diklat was."""
        told = (diklat_id, there.person_id) in self.told_whole
        return None if told or not there.attended else self.surveys.get(diklat_id)
