"""Reads of the questionnaire of a whole diklat: who may still answer, and the index of a diklat and of a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from calakan.attendance.models import Presence
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.feedback.index import Index
from calakan.feedback.models import ELEMENTS, Survey, SurveyAnswer, SurveyAnswered
from calakan.feedback.queries import BEFORE_END, OPEN_FOR
from calakan.kernel import clock, db


def opens_at(ends_at: datetime) -> datetime:
    """With the questionnaire of the last session."""
    return ends_at - BEFORE_END


def is_open(diklat: Diklat, *, now: datetime) -> bool:
    if diklat.state not in (DiklatState.PUBLISHED, DiklatState.CLOSED) or diklat.ends_at is None:
        return False
    return opens_at(diklat.ends_at) <= now < diklat.ends_at + OPEN_FOR


def survey_of(diklat_id: int) -> Survey | None:
    return db.session().get(Survey, diklat_id)


def asked(diklat_ids: Iterable[int]) -> set[int]:
    """Those of these diklat that ask for it."""
    return set(db.session().scalars(sa.select(Survey.diklat_id).where(Survey.diklat_id.in_(list(diklat_ids)))))


def attended(diklat_id: int, person_id: int) -> bool:
    """Whether the person was present in any session that was held."""
    return db.session().scalar(sa.select(_was_there(sa.literal(diklat_id), person_id))) or False


def _was_there(diklat_id: sa.ColumnElement[int], person_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Presence.person_id == person_id,
        Presence.present,
        LiveSession.id == Presence.live_session_id,
        LiveSession.diklat_id == diklat_id,
        LiveSession.state == SessionState.PLANNED,
    )


def open_everywhere(person_id: int, *, now: datetime) -> Sequence[Survey]:
    """All that this person may still answer, each with its diklat, what closes first at the head."""
    asked = {"person": person_id, "since": now - OPEN_FOR, "until": now + BEFORE_END}
    return db.session().scalars(_open(), asked).all()


@cache
def _open() -> sa.Select[Survey]:
    told = (SurveyAnswered.diklat_id == Diklat.id, SurveyAnswered.person_id == sa.bindparam("person"))
    return (
        sa.select(Survey)
        .join(Diklat, Diklat.id == Survey.diklat_id)
        .where(
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
            Diklat.ends_at <= sa.bindparam("until"),
            Diklat.ends_at > sa.bindparam("since"),
            _was_there(Diklat.id.expression, sa.bindparam("person")),
            ~sa.exists().where(*told),
        )
        .options(joinedload(Survey.diklat).options(lazyload("*")))
        .order_by(Diklat.ends_at, Diklat.id)
    )


def open_for(person_id: int, diklat_id: int, *, now: datetime) -> Survey | None:
    return next((row for row in open_everywhere(person_id, now=now) if row.diklat_id == diklat_id), None)


def answered(diklat_ids: Iterable[int], person_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(diklat, person) of those who have told; not what."""
    wanted = sa.select(SurveyAnswered.diklat_id, SurveyAnswered.person_id).where(
        SurveyAnswered.diklat_id.in_(list(diklat_ids)), SurveyAnswered.person_id.in_(list(person_ids))
    )
    return {(diklat_id, person_id) for diklat_id, person_id in db.session().execute(wanted)}


def answers(diklat_id: int) -> int:
    """How many have answered, counted or not."""
    wanted = sa.select(sa.func.count()).select_from(SurveyAnswer).where(SurveyAnswer.diklat_id == diklat_id)
    return db.session().scalar(wanted) or 0


def indexes(diklat_ids: Iterable[int]) -> dict[int, Index]:
    """diklat -> its index, of whole fives of answers; one statement."""
    sums = [sa.func.sum(getattr(SurveyAnswer, item)) for item in ELEMENTS]
    wanted = (
        sa.select(SurveyAnswer.diklat_id, sa.func.count(), *sums)
        .where(SurveyAnswer.diklat_id.in_(list(diklat_ids)), SurveyAnswer.counted)
        .group_by(SurveyAnswer.diklat_id)
    )
    return {row[0]: Index(row[1], tuple(map(int, row[2:]))) for row in db.session().execute(wanted)}


def asked_in(year: int) -> Sequence[Diklat]:
    """Diklat that end in this year and ask for it: a five of answers belongs to one year so."""
    wanted = (
        sa.select(Diklat)
        .join(Survey, Survey.diklat_id == Diklat.id)
        .where(
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
            Diklat.ends_at >= clock.start_of(date(year, 1, 1)),
            Diklat.ends_at < clock.start_of(date(year + 1, 1, 1)),
        )
        .options(lazyload("*"))
        .order_by(Diklat.ends_at, Diklat.id)
    )
    return db.session().scalars(wanted).all()


@dataclass(frozen=True)
class Own:
    """What came of the diklat's own questions: the mean of those with marks, the words to the others, and free words."""

    means: tuple[tuple[str, float], ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]
    texts: tuple[str, ...]


def own(survey: Survey) -> Own:
    """Of the counted answers; words in the order of the alphabet, which tells neither who nor when."""
    wanted = sa.select(SurveyAnswer).where(SurveyAnswer.diklat_id == survey.diklat_id, SurveyAnswer.counted)
    rows = db.session().scalars(wanted.order_by(SurveyAnswer.id)).all()
    if not rows:
        return Own((), (), ())
    return Own(
        means=tuple(
            (text, round(sum(row.rated[at] for row in rows) / len(rows), 2)) for at, text in enumerate(survey.rated)
        ),
        words=tuple(
            (text, tuple(sorted(filter(None, (row.worded[at] for row in rows)))))
            for at, text in enumerate(survey.worded)
        ),
        texts=tuple(sorted(filter(None, (row.text for row in rows)))),
    )
