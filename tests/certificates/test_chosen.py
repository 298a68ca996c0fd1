"""Papers of chosen participants, of whoever taught, and those that a late result or an exception earns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.assessment.events import ResultsImproved
from calakan.attendance import services as attendance
from calakan.certificates import eligibility, reactions, services
from calakan.certificates.errors import DiklatStillOpen
from calakan.certificates.models import Certificate, CertificateRole
from calakan.completion.events import ExceptionGiven
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.queries import sessions_of
from calakan.kernel import db
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Duty
from tests import factories
from tests.certificates.issuing import join
from tests.certificates.test_exits import act, become, end, refused
from tests.certificates.test_reads import paper

SYSTEM, ROLE = factories.SYSTEM, CertificateRole
People = dict[str, int]


@pytest.fixture
def course(app: Flask) -> tuple[int, People, datetime]:
    """A published diklat of two sessions that are over: who was in both, in one, in none, and who has a paper already."""
    people = {name: factories.person(name).id for name in ("both", "one", "none", "holder")}
    id = factories.diklat("Satu", days=1).id
    factories.live_session(id, factories.morning(2))
    join(id, *people.values())
    now, (first, second) = end(id), [session.id for session in sessions_of(id)]
    for session_id, names in ((first, ("both", "one", "holder")), (second, ("both", "holder"))):
        there = [people[name] for name in names]
        act(attendance.mark_by_hand, session_id, there, present=True, reason="uji", now=now)
    paper(id, people["holder"], 1)
    return id, people, now


def roles(diklat_id: int, person_id: int) -> set[CertificateRole]:
    db.session().rollback()
    wanted = sa.select(Certificate.role)
    return set(
        db.session().scalars(wanted.where(Certificate.diklat_id == diklat_id, Certificate.person_id == person_id))
    )


def test_the_chosen_get_what_is_due_to_them_once(course: tuple[int, People, datetime]) -> None:
    id, people, now = course
    paper(factories.diklat("Dua", days=9).id, people["both"], 2)  # of another diklat
    paper(id, people["both"], 3, role=ROLE.COMMITTEE)  # for something else
    everybody = [*people.values(), people["both"]]

    def ask(role: CertificateRole) -> tuple[list[str], ...]:
        found: Any = act(services.request_chosen, id, everybody, role=role, now=now)
        names = {person_id: name for name, person_id in people.items()}
        return tuple([names[one] for one in group] for group in (found.new, found.known, found.without))

    refused(DiklatStillOpen, services.request_chosen, id, everybody, role=ROLE.PARTICIPANT, now=now)
    become(id, state=DiklatState.CLOSED)
    assert ask(ROLE.PARTICIPANT) == (["both"], ["holder"], ["one", "none"])
    assert ask(ROLE.ATTENDEE) == (["one"], [], ["both", "none", "holder"])
    assert ask(ROLE.ATTENDEE) == ([], ["one"], ["both", "none", "holder"])
    assert [roles(id, people[name]) for name in ("both", "one", "none", "holder")] == [
        {ROLE.PARTICIPANT, ROLE.COMMITTEE}, {ROLE.ATTENDEE}, set(), {ROLE.PARTICIPANT},
    ]  # fmt: skip


def test_who_spoke_and_moderated_is_a_narasumber(course: tuple[int, People, datetime]) -> None:
    id, people, now = course
    spoke, moderated, panitia = (
        factories.volunteer("Tri").id,
        factories.volunteer("Umi").id,
        factories.person("Wati").id,
    )
    for session, duty in zip(sessions_of(id), (Duty.SPEAKER, Duty.MODERATOR), strict=True):
        act(narasumber.confirm, session, spoke, duty, now=now)
        act(narasumber.confirm, session, moderated, Duty.MODERATOR, now=now)
    act(services.add_committee_member, id, panitia, now=now)
    plan = eligibility.dry_run(db.session().get_one(Diklat, id), now=now)
    assert plan.eligible == [
        (people["both"], ROLE.PARTICIPANT), (people["holder"], ROLE.PARTICIPANT), (spoke, ROLE.SPEAKER),
        (moderated, ROLE.MODERATOR), (panitia, ROLE.COMMITTEE),
    ]  # fmt: skip
    assert (plan.participants, plan.others) == (2, 3)


@pytest.mark.parametrize(
    ("reaction", "event"),
    [(reactions.on_results_improved, ResultsImproved), (reactions.on_exception_given, ExceptionGiven)],
)
def test_what_is_earned_late_is_asked_for(
    course: tuple[int, People, datetime], reaction: Callable[[Any], None], event: type[Any]
) -> None:
    id, people, now = course
    with db.transaction():
        reaction(event(diklat_id=id, actor=SYSTEM, now=now))
    assert roles(id, people["both"]) == set()  # open still, and not issued at once
    become(id, state=DiklatState.CLOSED)
    with db.transaction():
        reaction(event(diklat_id=id, actor=SYSTEM, now=now))
    assert roles(id, people["both"]) == {ROLE.PARTICIPANT}
