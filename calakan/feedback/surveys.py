"""The questionnaire of a whole diklat: setting it up, and answering it without a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState
from calakan.feedback import survey_queries as queries
from calakan.feedback.errors import (
    MarksInvalid,
    NotInDiklat,
    OwnQuestionsInvalid,
    SurveyAnswered,
    SurveyFixed,
    SurveyNotOpen,
)
from calakan.feedback.models import ELEMENTS, Survey, SurveyAnswer
from calakan.feedback.models import SurveyAnswered as Answered
from calakan.feedback.queries import FEWEST
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor

MOST_OWN, LONGEST = 5, 200


@dataclass(frozen=True, kw_only=True)
class Said:
    """`marks` of the nine elements; the others in the order of the diklat's own questions."""

    marks: Mapping[str, int]
    rated: Sequence[int] = ()
    worded: Sequence[str] = ()
    text: str = ""


def set_up(
    diklat_id: int, rated: Sequence[str] = (), worded: Sequence[str] = (), *, actor: Actor, now: datetime
) -> Survey:
    """Ask for it, with at most five own questions; asked for anew, these take the place of those before.

    Locks the diklat. Raises NotFound, SurveyFixed, OwnQuestionsInvalid.
    """
    diklat = db.lock(Diklat, diklat_id)
    if fixed(diklat_id, now=now):
        raise SurveyFixed()
    own = [*rated, *worded]
    if len(own) > MOST_OWN or not all(0 < len(text.strip()) <= LONGEST for text in own):
        raise OwnQuestionsInvalid(most=MOST_OWN, longest=LONGEST)
    made = db.session().get(Survey, diklat_id) or Survey(diklat_id=diklat_id)
    made.rated, made.worded = [text.strip() for text in rated], [text.strip() for text in worded]
    db.session().add(made)
    db.session().flush()
    audit.record("feedback.set_survey", diklat, actor=actor, now=now, own=len(own))
    return made


def take_back(diklat_id: int, *, actor: Actor, now: datetime) -> None:
    """Ask for it no more, until somebody has answered; nothing where it was not asked for.

    A last session that was called off or moved may leave it over before it was ever open: without this way out nobody in
    the diklat could meet the condition. Locks the diklat. Raises NotFound, SurveyFixed.
    """
    diklat = db.lock(Diklat, diklat_id)
    if kept(diklat_id):
        raise SurveyFixed()
    found = db.session().get(Survey, diklat_id)
    if found is not None:
        db.session().delete(found)
        db.session().flush()
        audit.record("feedback.drop_survey", diklat, actor=actor, now=now)


def fixed(diklat_id: int, *, now: datetime) -> bool:
    """Whether what it asks stands: once it is open, people read it."""
    ends_at = db.session().get_one(Diklat, diklat_id).ends_at
    return kept(diklat_id) or (ends_at is not None and queries.opens_at(ends_at) <= now)


def kept(diklat_id: int) -> bool:
    """Whether it is asked for to the end: marks and papers hang on the first answer, and on a diklat that is closed."""
    if db.session().get_one(Diklat, diklat_id).state in (DiklatState.CLOSED, DiklatState.CANCELLED):
        return True
    return bool(db.session().scalar(sa.select(sa.exists().where(Answered.diklat_id == diklat_id))))


def answer(diklat_id: int, person_id: int, said: Said, *, actor: Actor, now: datetime) -> None:
    """One answer a person and diklat, without a name on it. Locks the diklat.

    Raises NotFound, SurveyNotOpen, MarksInvalid, NotInDiklat, SurveyAnswered.
    """
    diklat = db.lock(Diklat, diklat_id)
    survey = db.session().get(Survey, diklat_id)
    if survey is None or not queries.is_open(diklat, now=now):
        raise SurveyNotOpen()
    _check(survey, said)
    if not queries.attended(diklat_id, person_id):
        raise NotInDiklat()
    if db.session().get(Answered, (diklat_id, person_id)) is not None:
        raise SurveyAnswered()
    db.session().add(Answered(diklat_id=diklat_id, person_id=person_id))
    db.session().add(
        SurveyAnswer(
            diklat_id=diklat_id,
            rated=list(said.rated),
            worded=[text.strip()[:2000] for text in said.worded],
            text=said.text.strip()[:2000],
            answered_on=clock.local(now).date(),
            **said.marks,
        )
    )
    db.session().flush()
    _count_fives(diklat_id)
    # Of whom, the trail says nothing: the answer is anonymous there, too.
    nobody = Actor(person_id=None, name="peserta", roles=actor.roles)
    audit.record("feedback.answer_survey", diklat, actor=nobody, now=now)


def _check(survey: Survey, said: Said) -> None:
    if set(said.marks) != set(ELEMENTS) or not all(1 <= mark <= 4 for mark in [*said.marks.values(), *said.rated]):
        raise MarksInvalid()
    if len(said.rated) != len(survey.rated) or len(said.worded) != len(survey.worded):
        raise MarksInvalid()


def _count_fives(diklat_id: int) -> None:
    """Told of in whole fives only, as the answers of a session are; the caller holds the diklat's lock."""
    waiting = sa.select(SurveyAnswer.id).where(SurveyAnswer.diklat_id == diklat_id, ~SurveyAnswer.counted)
    ids = db.session().scalars(waiting).all()
    if len(ids) >= FEWEST:
        db.session().execute(sa.update(SurveyAnswer).where(SurveyAnswer.id.in_(ids)).values(counted=True))


def copy(source_id: int, made_id: int) -> None:
    """A clone asks what the diklat before it asked."""
    found = db.session().get(Survey, source_id)
    if found is not None:
        db.session().add(Survey(diklat_id=made_id, rated=list(found.rated), worded=list(found.worded)))
