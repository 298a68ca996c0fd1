"""What of a person's own is worth having on the phone where there is no signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from calakan.certificates import queries as certificates
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.materials import queries as materials
from calakan.materials.models import Material

AFTERWARDS = timedelta(days=30)
"""How long a diklat whose last session is over is still offered."""
MOST_PAPERS, MOST_COURSES = 20, 10


@dataclass(frozen=True)
class Worth:
    """`sessions` are those ahead, of `courses`; `files` what was handed out in these."""

    courses: Sequence[Diklat]
    sessions: Sequence[LiveSession]
    files: Sequence[Material]
    papers: Sequence[Certificate]


def worth_keeping(person_id: int, *, now: datetime) -> Worth:
    """The newest first, and not more than a phone should hold; in a fixed number of statements."""
    taken = [row.diklat for row in enrolment.of_person(person_id) if row.state is EnrolmentState.CONFIRMED]
    courses = [course for course in taken if course.ends_at is None or course.ends_at > now - AFTERWARDS][:MOST_COURSES]
    ids = [course.id for course in courses]
    return Worth(
        courses=courses,
        sessions=[session for session in enrolment.ahead(person_id, since=now) if session.diklat_id in ids],
        files=materials.files_of(ids),
        papers=certificates.of_person(person_id)[:MOST_PAPERS],
    )
