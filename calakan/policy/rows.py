"""The row that an address speaks of, found by the names in it; None where there is none."""

from __future__ import annotations

from calakan.assessment.models import Exam, Exercise
from calakan.assessment.queries import exams, exercises
from calakan.attendance import batches, door
from calakan.attendance.errors import TicketUnknown
from calakan.attendance.models import Batch
from calakan.certificates import queries as certificate_queries
from calakan.certificates.designs import queries as designs
from calakan.certificates.models import Certificate, Design, PastList
from calakan.certificates.outside import services as outside
from calakan.certificates.outside.models import OutsideJp
from calakan.certificates.past import services as past
from calakan.certificates.yearly import services as yearly
from calakan.certificates.yearly.models import YearPaper
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.duplicates import merging
from calakan.duplicates.models import PersonMerge
from calakan.enrolment import broadcasts
from calakan.enrolment.models import Broadcast, Enrolment
from calakan.feedback import queries as feedback_queries
from calakan.feedback.models import Quote
from calakan.materials import queries as materials
from calakan.materials.models import Material
from calakan.narasumber import queries as narasumber_queries
from calakan.narasumber.models import Volunteer
from calakan.people import queries as people_queries
from calakan.people.models import Person, School
from calakan.privacy import breaches
from calakan.privacy.models import Breach
from calakan.recognition import queries as recognition_queries
from calakan.recognition.models import AssignmentLetter
from calakan.reports import standing as report_queries
from calakan.reports.models import Export
from calakan.roster import claiming
from calakan.roster import lists as roster_lists
from calakan.roster.models import RosterClaim, RosterList


def diklat(slug: str, **rest: object) -> Diklat | None:
    return diklat_queries.by_slug(slug)


def session(slug: str, number: int, **rest: object) -> LiveSession | None:
    # A number past the database's integers is nobody's session.
    return diklat_queries.live_session(slug, number) if number < 10_000 else None


def session_by_id(id: str, **rest: object) -> LiveSession | None:
    """The address programs use: `<slug>~<number>`."""
    slug, _, number = id.rpartition("~")
    return session(slug, int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else None


def certificate(code: str, **rest: object) -> Certificate | None:
    return certificate_queries.by_code(code)


def design(id: int, **rest: object) -> Design | None:
    # A number past the database's integers is no template.
    return designs.design(id) if id < 2**31 else None


def volunteer(slug: str, **rest: object) -> Volunteer | None:
    return narasumber_queries.by_slug(slug)


def person(code: str, **rest: object) -> Person | None:
    return people_queries.by_code(code)


def ticket(code: str, **rest: object) -> Enrolment | None:
    """The enrolment of which it is the number."""
    try:
        return door.ticket(code[:40])
    except TicketUnknown:
        return None


def material(code: str, **rest: object) -> Material | None:
    return materials.by_code(code)


def exercise(slug: str, number: int, **rest: object) -> Exercise | None:
    return exercises.exercise(slug, number)


def quote(code: str, **rest: object) -> Quote | None:
    return feedback_queries.quote_by_code(code)


def exam(slug: str, number: int, **rest: object) -> Exam | None:
    return exams.exam(slug, number)


def letter(code: str, **rest: object) -> AssignmentLetter | None:
    return recognition_queries.by_code(code)


def broadcast(code: str, **rest: object) -> Broadcast | None:
    return broadcasts.by_code(code)


def breach(code: str, **rest: object) -> Breach | None:
    return breaches.by_code(code)


def school(npsn: str, **rest: object) -> School | None:
    return people_queries.school_by_npsn(npsn)


def export(code: str, **rest: object) -> Export | None:
    return report_queries.export_by_code(code)


def batch(id: int, **rest: object) -> Batch | None:
    return batches.batch(id)


def batch_by_id(id: str, **rest: object) -> Batch | None:
    """The address programs use: a number."""
    return batches.batch(int(id)) if id.isascii() and id.isdigit() and len(id) < 10 else None


def past_list(id: int, **rest: object) -> PastList | None:
    return past.by_id(id) if id < 2**31 else None


def person_merge(code: str, **rest: object) -> PersonMerge | None:
    return merging.by_code(code)


def roster_list(id: int, **rest: object) -> RosterList | None:
    return roster_lists.by_id(id) if id < 2**31 else None


def roster_claim(code: str, **rest: object) -> RosterClaim | None:
    return claiming.by_code(code)


def year_paper(code: str, **rest: object) -> YearPaper | None:
    return yearly.by_code(code)


def outside_jp(code: str, **rest: object) -> OutsideJp | None:
    return outside.by_code(code)
