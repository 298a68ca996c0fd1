"""Each way out of asking for papers, revoking, reissuing and signing them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import services as attendance
from calakan.audit.models import AuditEntry
from calakan.certificates import corrections, queries, register, services
from calakan.certificates.errors import (
    AlreadyAskedFor,
    CorrectionTooLate,
    DiklatStillOpen,
    NotIssued,
    NotValidAnyMore,
    ReasonNeeded,
    SignedFileOther,
    SignedFileUnknown,
)
from calakan.certificates.models import (
    Certificate,
    CertificateRole,
    Correction,
    NameConfirmation,
    RegisterKind,
    Status,
)
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.queries import sessions_of
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError, NotFound, OwnCase
from calakan.notifications.models import Message
from calakan.office.services import change_settings
from calakan.people.models import Person
from tests import factories
from tests.certificates.issuing import held, join
from tests.certificates.test_reads import paper

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: object) -> object:
    options = {"actor": SYSTEM, "now": clock.now(), **options}
    with db.transaction():
        return work(*args, **options)


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("certificates.%")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: object) -> None:
    before = acts()
    with pytest.raises(error):
        act(work, *args, **options)
    assert acts() == before


def row(id: int) -> Certificate:
    db.session().rollback()
    return db.session().get_one(Certificate, id)


def become(id: int, **values: object) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Diklat).where(Diklat.id == id).values(**values))


@pytest.fixture
def course(app: Flask) -> tuple[int, int]:
    """A diklat whose only session is over, and who attended it."""
    person = factories.person("Ani").id
    id = held(person).id
    with db.transaction() as session:
        session.execute(sa.delete(Certificate))
        session.execute(sa.delete(Message))
    return id, person


def end(id: int) -> datetime:
    found = db.session().get_one(Diklat, id).ends_at
    assert found is not None
    return found


def test_papers_are_asked_for_once_the_diklat_is_closed(course: tuple[int, int]) -> None:
    id, _ = course
    now = end(id)
    before = len(acts())
    become(id, state=DiklatState.PUBLISHED)
    refused(DiklatStillOpen, services.request_for, id, now=now)
    refused(DiklatStillOpen, services.request_statements, id, now=now)
    become(id, state=DiklatState.CLOSED)
    assert [act(services.request_for, id, now=now) for _ in range(2)] == [1, 0]
    assert acts()[before:] == ["certificates.request"]
    assert act(services.request_statements, id, now=now) == 0
    with db.transaction() as session:
        session.execute(sa.delete(Certificate))
    assert act(services.request_ripe, id, now=now) == 1


@pytest.mark.parametrize("work", [services.request_early, services.request_ripe])
def test_papers_are_asked_for_early_by_rule_once_the_last_session_is_over(
    course: tuple[int, int], work: Callable[..., object]
) -> None:
    id, _ = course
    now = end(id)
    become(id, state=DiklatState.PUBLISHED, issue_at_once=False)
    assert act(work, id, now=now) == 0
    become(id, issue_at_once=True)
    assert (act(work, id, now=now - SECOND), act(work, id, now=now)) == (0, 1)
    become(id, state=DiklatState.CANCELLED)
    with db.transaction() as session:
        session.execute(sa.delete(Certificate))
    assert act(work, id, now=now) == 0


def test_an_early_paper_needs_an_end(course: tuple[int, int]) -> None:
    id, _ = course
    now = end(id)
    become(id, state=DiklatState.PUBLISHED, issue_at_once=True, ends_at=None)
    assert act(services.request_early, id, now=now) == 0


def test_what_waits_is_paused_and_resumed_in_its_own_diklat(app: Flask) -> None:
    one, other = factories.diklat("Satu").id, factories.diklat("Dua").id
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    waits, done = paper(one, people[0], state=WorkState.PENDING), paper(one, people[1], 1)
    theirs = paper(other, people[2], state=WorkState.PENDING)
    failed = paper(one, people[2], state=WorkState.FAILED, attempts=3, last_error="x", facts={"name": "x"})
    foreign = paper(other, people[0], state=WorkState.FAILED)

    def states() -> list[WorkState]:
        return [row(id).state for id in (waits, done, theirs)]

    assert [act(services.pause, one) for _ in range(2)] == [1, 0]
    assert states() == [WorkState.PAUSED, WorkState.DONE, WorkState.PENDING]
    assert [act(services.resume, one) for _ in range(2)] == [1, 0]
    assert states() == [WorkState.PENDING, WorkState.DONE, WorkState.PENDING]
    assert [act(services.retry_failed, one) for _ in range(2)] == [1, 0]
    found = row(failed)
    assert (found.state, found.attempts, found.last_error, found.facts) == (WorkState.PENDING, 0, None, {})
    assert row(foreign).state is WorkState.FAILED
    assert acts() == ["certificates.pause", "certificates.resume", "certificates.retry_failed"]
    counted = sa.select(AuditEntry.facts).where(AuditEntry.act.like("certificates.%"))
    assert [facts["count"] for facts in db.session().scalars(counted)] == [1, 1, 1]


def test_panitia_of_a_diklat_stay_once_their_paper_was_asked_for(app: Flask) -> None:
    one, person = factories.diklat("Satu").id, factories.person("Ani").id
    act(services.add_committee_member, one, person)
    paper(one, person, role=CertificateRole.COMMITTEE, state=WorkState.PENDING)
    refused(AlreadyAskedFor, services.remove_committee_member, one, person)
    assert acts() == ["certificates.add_committee_member"]


def test_registers_by_role(app: Flask) -> None:
    kinds = {role: services._row(1, 1, role, now=clock.now())["register"] for role in CertificateRole}
    assert kinds.pop(CertificateRole.ATTENDEE) is RegisterKind.STATEMENT
    assert set(kinds.values()) == {RegisterKind.CERTIFICATE}


def test_only_an_issued_valid_paper_is_revoked_and_with_a_reason(app: Flask) -> None:
    one, person, other = factories.diklat().id, factories.person("Ani").id, factories.person("Budi").id
    issued, waits = paper(one, person, 1), paper(one, other, state=WorkState.PENDING)
    refused(ReasonNeeded, services.revoke, issued, reason=" ")
    refused(NotFound, services.revoke, 999, reason="x")
    refused(NotIssued, services.revoke, waits, reason="x")
    act(services.revoke, issued, reason=" salah orang ")
    assert (row(issued).status, row(issued).status_reason) == (Status.REVOKED, "salah orang")
    refused(NotValidAnyMore, services.revoke, issued, reason="x")
    refused(NotValidAnyMore, services.reissue, issued, reason="x")
    assert acts() == ["certificates.revoke"]


def test_a_revision_keeps_number_and_register_and_nobody_makes_his_own(course: tuple[int, int]) -> None:
    id, person = course
    old = paper(id, person, 7, issued_on=clock.today() - timedelta(days=9))
    holder = Actor(person_id=person, name="Ani")
    refused(ReasonNeeded, services.reissue, old, reason="")
    refused(OwnCase, services.reissue, old, reason="x", actor=holder)
    act(services.reissue, old, reason="oleh aturan", by_rule=True, actor=holder, now=end(id))
    first = db.session().scalars(sa.select(Certificate).where(Certificate.revision == 1)).one()
    assert (first.number, first.serial, first.year, first.state) == ("N/7", 7, clock.today().year, WorkState.PENDING)
    assert first.issued_on == clock.local(end(id)).date()
    assert first.facts["name"] == "Ani"
    assert (row(old).status, row(old).status_reason) == (Status.REPLACED, "oleh aturan")
    refused(NotIssued, services.reissue, first.id, reason="x")


def test_the_signed_file_must_be_of_a_paper_that_waits_for_it(app: Flask) -> None:
    one, person, other = factories.diklat().id, factories.person("Ani").id, factories.person("Budi").id
    waits = paper(one, person, 1, state=WorkState.SIGNING, sha256="ab" * 32, issued_at=None)
    done = paper(one, other, 2, sha256="cd" * 32)
    code, given = row(waits).code, {"sha256": "ef" * 32, "original_sha256": "ab" * 32}
    refused(SignedFileUnknown, services.accept_signed, one, "X" * 26, **given)
    refused(SignedFileUnknown, services.accept_signed, one, row(done).code, sha256="ef" * 32, original_sha256="cd" * 32)
    refused(SignedFileUnknown, services.accept_signed, factories.diklat("Lain").id, code, **given)
    refused(SignedFileOther, services.accept_signed, one, code, sha256="ef" * 32, original_sha256="00" * 32)
    now = clock.now()
    act(services.accept_signed, one, code, now=now, **given)
    found = row(waits)
    assert (found.state, found.sha256, found.tail_sha256, found.prefix_sha256, found.issued_at) == (
        WorkState.DONE, "ef" * 32, "ef" * 32, None, now,
    )  # fmt: skip
    told = db.session().execute(sa.select(Message.person_id, Message.kind, Message.subject_id)).all()
    assert told == [(person, "certificates.issued", waits)]
    refused(SignedFileUnknown, services.accept_signed, one, code, **given)
    assert acts() == ["certificates.accept_signed"]


def test_the_window_of_corrections_opens_with_the_first_revision(app: Flask) -> None:
    with db.transaction():
        change_settings(correction_days=10, actor=SYSTEM, now=clock.now())
    one, other, person = factories.diklat("Satu").id, factories.diklat("Dua").id, factories.person("Ani").id
    issued = clock.now() - timedelta(days=10)
    facts = {"name": "Lain", "workplace": "SD"}
    first = paper(one, person, 1, issued_at=issued, facts=facts, status=Status.REPLACED)
    second = paper(one, person, 1, revision=1, facts=facts)
    paper(other, person, 2, issued_at=issued - timedelta(days=90))
    unissued = paper(other, factories.person("Budi").id, 3, issued_at=None, facts=facts)
    assert [corrections.open_until(row(id)) for id in (first, second, unissued)] == [clock_of(issued)] * 2 + [None]
    late = clock_of(issued) + SECOND
    refused(CorrectionTooLate, corrections.ask, second, reason="x", now=late)
    refused(CorrectionTooLate, corrections.ask, unissued, reason="x")
    refused(NotValidAnyMore, corrections.ask, first, reason="x", now=clock_of(issued))
    refused(NotFound, corrections.ask, 999, reason="x")
    waits = paper(other, factories.person("Cici").id, 4, state=WorkState.FAILED, facts=facts)
    refused(NotIssued, corrections.ask, waits, reason="x")
    refused(NotIssued, corrections.decide, waits, approve=True, answer="")
    made = act(corrections.ask, second, reason=" salah ketik ", now=clock_of(issued))
    assert (made is not None, acts()) == (True, ["certificates.ask_correction"])
    found = queries.open_correction(second)
    assert found is not None
    assert (found.reason, found.by_rule, found.old_name, found.wanted_name) == ("salah ketik", False, "Lain", "Ani")
    refused(OwnCase, corrections.decide, second, approve=True, answer="", actor=Actor(person_id=person, name="Ani"))


def clock_of(issued: datetime) -> datetime:
    return issued + timedelta(days=10)


def test_a_name_is_confirmed_until_it_changes(app: Flask) -> None:
    person, other = factories.person("Ani").id, factories.person("Budi").id
    now = clock.now()
    for at in (now, now + SECOND):
        with db.transaction():
            corrections.confirm_name(person, now=at)
    assert [corrections.name_confirmed(id) for id in (person, other)] == [True, False]
    assert db.session().get_one(NameConfirmation, person).confirmed_at == now + SECOND
    with db.transaction() as session:
        session.get_one(Person, person).name = "Anita"
    assert not corrections.name_confirmed(person)


def test_who_was_there_in_part_may_get_a_statement(app: Flask) -> None:
    there, away = factories.person("Ani").id, factories.person("Budi").id
    id = factories.diklat("Separuh", days=1).id
    factories.live_session(id, factories.morning(2))
    join(id, there, away)
    now = end(id)
    first = sessions_of(id)[0].id
    act(attendance.mark_by_hand, first, [there], present=True, reason="uji", now=now)
    become(id, state=DiklatState.CLOSED)
    assert act(services.request_for, id, now=now) == 0
    assert [act(services.request_statements, id, now=now) for _ in range(2)] == [1, 0]
    [made] = db.session().scalars(sa.select(Certificate))
    assert (made.person_id, made.role) == (there, CertificateRole.ATTENDEE)


def test_what_is_typed_is_cut_where_its_column_ends(course: tuple[int, int]) -> None:
    id, person = course
    long = "x" * 400
    facts = {"name": "Lain", "workplace": "SD"}
    first = paper(id, person, 7, facts=facts)
    act(corrections.ask, first, reason=long)
    row_of = queries.open_correction(first)
    assert row_of is not None
    assert len(row_of.reason) == 300
    act(corrections.decide, first, approve=False, answer=long)
    db.session().rollback()
    refusals = db.session().scalars(sa.select(Correction)).all()
    assert [(len(row.answer), row.decided_by) for row in refusals] == [(300, None)]
    act(services.reissue, first, reason=long, now=end(id))
    assert len(row(first).status_reason) == 300
    other = paper(id, factories.person("Budi").id, 8)
    act(services.revoke, other, reason=long)
    assert len(row(other).status_reason) == 300
    failed = paper(id, factories.person("Cici").id, 9, state=WorkState.FAILED)
    act(register.void, failed, reason=long)
    assert len(row(failed).status_reason) == 300
    act(register.reserve, RegisterKind.CERTIFICATE, 2020, 1, 2, purpose=long)
    assert [len(kept.purpose) for kept in register.reserved(RegisterKind.CERTIFICATE, 2020)] == [200]
    names = (
        db.session()
        .scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "certificates.void").order_by(AuditEntry.id))
        .all()
    )
    assert len(names) == 1
