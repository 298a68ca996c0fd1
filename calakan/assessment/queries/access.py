"""Who may take part, and who may set and review."""

from __future__ import annotations

from collections.abc import Iterable

from calakan.assessment.models import Exam, Exercise
from calakan.assessment.queries import exams
from calakan.audit import queries as trail
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.materials import queries as materials
from calakan.narasumber import queries as narasumber


def may_take_part(actor: Actor, what: Exercise | Exam) -> bool:
    """The confirmed participants of a diklat that is public."""
    if not what.diklat.public or actor.person_id is None:
        return False
    seat = enrolment.enrolment(what.diklat_id, actor.person_id)
    return seat is not None and seat.state is EnrolmentState.CONFIRMED


def may_set(actor: Actor, diklat: Diklat) -> bool:
    """Who prepares the diklat, and whoever stands confirmed in one of its sessions."""
    return materials.may_supply(actor, diklat)


def holds_duty(person_id: int | None, diklat_id: int) -> bool:
    """Whether this person leads the diklat or stands confirmed in one of its sessions."""
    diklat = db.session().get(Diklat, diklat_id)
    if diklat is None or person_id is None:
        return False
    return person_id == diklat.lead_id or person_id in {id for id, _ in narasumber.duties(diklat_id)}


def takes_part(actor: Actor, diklat_id: int) -> bool:
    seat = enrolment.enrolment(diklat_id, actor.person_id) if actor.person_id is not None else None
    return seat is not None and seat.state is EnrolmentState.CONFIRMED


def may_see_key(actor: Actor, exam: Exam) -> bool:
    """Questions with their answers, and scores: for those who set and review, but not for whoever sits the test."""
    return may_review(actor, exam) and not takes_part(actor, exam.diklat_id)


SEE_KEY = "assessment.see_key"
OF_WHO_KNOWS = (
    SEE_KEY, "assessment.add_questions", "assessment.change_question", "assessment.correct_key",
    "assessment.remove_question",
)  # fmt: skip


def who_knows_key(people: Iterable[int], exam: Exam) -> set[int]:
    """Who of these has read or written the answers of this test, or of one with the same questions, at any time."""
    seen = trail.acted_on(people, OF_WHO_KNOWS, Exam.__tablename__)
    same = exams.alike(exam) if seen else set()
    return {person_id for person_id, id in seen if id in same}


def knows_key(person_id: int, exam: Exam) -> bool:
    return bool(who_knows_key([person_id], exam))


def may_see_results(actor: Actor, diklat: Diklat) -> bool:
    return may_set(actor, diklat) and not takes_part(actor, diklat.id)


def may_review(actor: Actor, what: Exercise | Exam) -> bool:
    return may_set(actor, what.diklat)
