"""Two accounts become one and are taken apart again: what moves, what stays, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.assessment.models import Attempt, Exam, ExamKind, Exercise, Submission, SubmissionState
from calakan.attendance import services as attendance
from calakan.attendance.models import Decision, Evidence, Presence, State
from calakan.certificates import services as issuing
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.duplicates import merging
from calakan.duplicates.errors import (
    AccountGone,
    MergedSince,
    MergeOfStaff,
    MergeOver,
    SameAccount,
    SpeaksThere,
    TwoPapers,
)
from calakan.duplicates.models import PersonMerge
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound, OwnCase
from calakan.notifications.models import Message
from calakan.people.models import Login, Person, PersonRole, School
from calakan.people.services import entry
from calakan.privacy import erasure
from tests import factories
from tests.people.acting import acts, by, count, refused, row

pytestmark = pytest.mark.usefixtures("app")


def two(**gone: Any) -> tuple[int, int]:
    return factories.person("Siti Lestari").id, factories.person("Siti Lestari", **gone).id


def merged(kept: int, gone: int, **options: Any) -> str:
    done = by(merging.merge, kept, gone, **options)
    assert isinstance(done, PersonMerge)
    return done.code


def joined(diklat_id: int, *people: int) -> None:
    for person_id in people:
        with db.transaction():
            enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), by_hand=True)


def states(diklat_id: int) -> dict[int, EnrolmentState]:
    db.session().rollback()
    wanted = sa.select(Enrolment.person_id, Enrolment.state).where(Enrolment.diklat_id == diklat_id)
    return dict(db.session().execute(wanted).all())


def session_of(diklat_id: int) -> int:
    return db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id)).one()


def mark(session_id: int, *people: int) -> None:
    """The session was held: as seen tomorrow."""
    later = factories.morning(4)
    by(attendance.mark_by_hand, session_id, people, present=True, reason="Dilihat panitia", now=later)


def present(session_id: int) -> set[int]:
    db.session().rollback()
    wanted = sa.select(Presence.person_id).where(Presence.live_session_id == session_id, Presence.present)
    return set(db.session().scalars(wanted))


def test_what_only_one_has_goes_along_and_comes_back() -> None:
    kept, gone = two(phone="081234567890", nip="198501312010012001")
    diklat = factories.diklat().id
    session = session_of(diklat)
    joined(diklat, gone)
    mark(session, gone)
    seen = merging.preview(row(kept), row(gone))
    told = {part.table: (part.moves, part.stays) for part in seen.parts}
    assert (told["enrolment"], told["evidence"], list(seen.diklat)) == ((1, 0), (1, 0), [])
    assert set(seen.fills) == {"phone", "nip"}
    code = merged(kept, gone)
    assert (states(diklat), present(session)) == ({kept: EnrolmentState.CONFIRMED}, {kept})
    assert (row(kept).nip, row(kept).phone, row(gone).nip) == ("198501312010012001", "+6281234567890", None)
    assert (row(kept).active, row(gone).active, count(Evidence, person_id=gone)) == (True, False, 0)
    assert acts("duplicates.") == ["duplicates.merge", "duplicates.merged"]
    assert [one.code for one in merging.of_person(gone)] == [code]
    by(merging.undo, code)
    assert (states(diklat), present(session)) == ({gone: EnrolmentState.CONFIRMED}, {gone})
    assert (row(gone).nip, row(kept).nip, row(kept).phone, row(gone).active) == (
        "198501312010012001",
        None,
        None,
        True,
    )
    assert acts("duplicates.")[2:] == ["duplicates.undo", "duplicates.undone"]
    assert merging.of_person(gone) == []


def test_both_addresses_are_told_and_neither_learns_the_other() -> None:
    kept, gone = two()
    emails = [row(id).email for id in (kept, gone)]
    merged(kept, gone)
    told = [factories.mailed(email, "people.way_in").text for email in emails]
    assert "akun lain atas nama Bapak/Ibu ke akun ini" in told[0]
    assert "lalu menutupnya" in told[1]
    for text in told:
        assert "hubungi panitia" in text
        assert not any(email in text for email in emails)


def test_what_its_owner_wrote_since_stays_when_they_are_taken_apart() -> None:
    kept, gone = two(phone="081234567890")
    code = merged(kept, gone)
    with db.transaction() as session:
        session.get_one(Person, kept).phone = "+6281111111111"
    by(merging.undo, code)
    assert row(kept).phone == "+6281111111111"


def test_a_place_that_its_owner_changed_in_part_stays_whole() -> None:
    kept, gone = factories.person("Siti", complete=False).id, factories.person("Siti Lestari").id
    code, place = merged(kept, gone), row(gone).kecamatan_code
    assert row(kept).kecamatan_code == place
    with db.transaction() as session:
        moved_to = session.scalar(sa.select(sa.func.max(School.id)))
        session.get_one(Person, kept).school_id = moved_to
    by(merging.undo, code)
    assert (row(kept).school_id, row(kept).kecamatan_code) == (moved_to, place)


def test_two_enrolments_of_one_diklat_become_the_better_one() -> None:
    kept, gone = two()
    other = factories.person("Budi").id
    diklat = factories.diklat(quota=1).id
    joined(diklat, gone, kept, other)
    waiting = {gone: EnrolmentState.CONFIRMED, kept: EnrolmentState.WAITING, other: EnrolmentState.WAITING}
    assert states(diklat) == waiting
    assert list(merging.preview(row(kept), row(gone)).diklat) == ["Asesmen Formatif"]
    code = merged(kept, gone)
    cancelled = {**waiting, kept: EnrolmentState.CONFIRMED, gone: EnrolmentState.CANCELLED}
    assert states(diklat) == cancelled
    by(merging.undo, code)
    assert states(diklat) == waiting


def test_the_second_seat_goes_to_whoever_waits_and_is_not_sold_twice_afterwards() -> None:
    kept, gone = two()
    other = factories.person("Budi").id
    diklat = factories.diklat(quota=2).id
    joined(diklat, gone, kept, other)
    first = db.session().scalars(sa.select(Enrolment.queued_at).where(Enrolment.person_id == gone)).one()
    code = merged(kept, gone)
    confirmed = {kept: EnrolmentState.CONFIRMED, other: EnrolmentState.CONFIRMED}
    assert states(diklat) == {**confirmed, gone: EnrolmentState.CANCELLED}
    # Of two seats the earlier one is kept.
    assert db.session().scalars(sa.select(Enrolment.queued_at).where(Enrolment.person_id == kept)).one() == first
    by(merging.undo, code)
    assert states(diklat) == {**confirmed, gone: EnrolmentState.WAITING}


def test_presence_of_both_is_one_and_is_told_apart_again() -> None:
    kept, gone = two()
    diklat = factories.diklat().id
    one = session_of(diklat)
    two_ = factories.live_session(diklat, factories.morning(3) + timedelta(hours=4), hours=2).id
    joined(diklat, kept, gone)
    mark(one, kept)
    mark(two_, gone)
    code = merged(kept, gone)
    assert (present(one), present(two_)) == ({kept}, {kept})
    decided = sa.select(Decision.state).where(Decision.person_id == gone, Decision.state == State.PRESENT)
    assert db.session().scalars(decided).all() == []
    by(merging.undo, code)
    assert (present(one), present(two_)) == ({kept}, {gone})


def test_of_two_answers_the_accepted_one_is_kept_and_attempts_stand_behind_each_other() -> None:
    kept, gone = two()
    diklat, now = factories.diklat().id, clock.now()
    with db.transaction() as session:
        taken = {"takes_text": True, "takes_link": False, "takes_file": False, "compulsory": True, "late_allowed": True}
        until = {"created_at": now, "due_at": now}
        exercise = Exercise(diklat_id=diklat, number=1, title="Tugas", instruction="Tulis.", **taken, **until)
        open_now = {"opens_at": now, "closes_at": now + timedelta(days=1), "created_at": now, "attempts_allowed": 3}
        exam = Exam(diklat_id=diklat, number=1, kind=ExamKind.QUIZ, title="Kuis", **open_now)
        session.add_all([exercise, exam])
        session.flush()
        for person_id, state in ((kept, SubmissionState.RETURNED), (gone, SubmissionState.ACCEPTED)):
            session.add(
                Submission(
                    exercise_id=exercise.id, person_id=person_id, text=state.value, state=state, handed_in_at=now
                )
            )
        for person_id, numbers in ((kept, (0, 1)), (gone, (0, 1, 2))):
            for number in numbers:
                session.add(
                    Attempt(
                        exam_id=exam.id, person_id=person_id, number=number, started_at=now, ends_at=now, score=number
                    )
                )

    def answer(person_id: int) -> str:
        db.session().rollback()
        return db.session().scalars(sa.select(Submission.text).where(Submission.person_id == person_id)).one()

    def numbers(person_id: int) -> list[int]:
        wanted = sa.select(Attempt.number).where(Attempt.person_id == person_id).order_by(Attempt.number)
        return list(db.session().scalars(wanted))

    code = merged(kept, gone)
    assert (answer(kept), answer(gone), numbers(kept), numbers(gone)) == ("accepted", "returned", [0, 1, 2, 3], [0])
    by(merging.undo, code)
    assert (answer(kept), answer(gone), numbers(kept), numbers(gone)) == ("returned", "accepted", [0, 1], [0, 1, 2])


def paper(diklat_id: int, person_id: int, status: Status = Status.VALID) -> None:
    with db.transaction() as session:
        session.add(
            Certificate(
                key=f"c:{diklat_id}:{person_id}", due_at=clock.now(), code=f"{diklat_id}X{person_id}",
                diklat_id=diklat_id, person_id=person_id, role=CertificateRole.PARTICIPANT, status=status,
                asked_at=clock.now(),
            )
        )  # fmt: skip


def test_two_valid_papers_of_one_diklat_are_for_a_person_to_decide() -> None:
    kept, gone = two()
    diklat, elsewhere = factories.diklat().id, factories.diklat("Lain").id
    paper(diklat, kept)
    paper(elsewhere, gone)
    merged(*two())
    paper(diklat, gone)
    with pytest.raises(TwoPapers) as told:
        merged(kept, gone)
    assert told.value.facts["titles"] == ["Asesmen Formatif"]
    with db.transaction() as session:
        session.execute(sa.update(Certificate).where(Certificate.person_id == gone).values(status=Status.REVOKED))
    merged(kept, gone)
    assert count(Certificate, person_id=kept) == 3


def test_a_paper_that_moved_is_not_asked_for_again(app: Flask) -> None:
    kept, gone = two()
    diklat = factories.diklat().id
    joined(diklat, gone)
    mark(session_of(diklat), gone)
    with db.transaction() as session:
        session.get_one(Diklat, diklat).state = DiklatState.CLOSED
    later = factories.morning(5)

    def asked(person_id: int) -> list[int]:
        done = by(issuing.request_chosen, diklat, [person_id], role=CertificateRole.PARTICIPANT, now=later)
        assert isinstance(done, issuing.Asked)
        return list(done.new)

    assert asked(gone) == [gone]
    code = merged(kept, gone)
    assert by(issuing.request_for, diklat, now=later) == 0
    assert count(Certificate, diklat_id=diklat, person_id=kept) == 1
    by(merging.undo, code)
    assert by(issuing.request_for, diklat, now=later) == 0
    assert count(Certificate, diklat_id=diklat, person_id=gone) == 1


def test_who_may_not_and_which_may_not() -> None:
    kept, gone = two()
    committee = Actor(person_id=factories.person("Rina").id, name="Rina", roles=frozenset({Role.PANITIA}))
    refused(SameAccount, by, merging.merge, kept, kept)
    refused(NotFound, by, merging.merge, kept, 10**8)
    for own in (kept, gone):
        refused(
            OwnCase,
            by,
            merging.merge,
            kept,
            gone,
            actor=Actor(person_id=own, name="x", roles=frozenset({Role.ADMIN})),
        )
    staff = factories.person("Siti Lestari", Role.PANITIA).id
    for pair in ((kept, staff), (staff, kept)):
        refused(MergeOfStaff, by, merging.merge, *pair, actor=committee)
    speaker = factories.volunteer("Siti Lestari").id
    refused(SpeaksThere, by, merging.merge, kept, speaker, actor=committee)
    merged(speaker, factories.person("Siti Lestari").id)
    with db.transaction() as session:
        session.get_one(Person, gone).active = False
    for pair in ((kept, gone), (gone, kept)):
        refused(AccountGone, by, merging.merge, *pair)


def test_a_role_goes_along_by_an_admin_and_both_log_in_anew() -> None:
    kept, gone = factories.person("Siti Lestari").id, factories.person("Siti Lestari", Role.PANITIA).id
    with db.transaction() as session:
        for id in (kept, gone):
            now = clock.now()
            session.add(
                Login(secret_hash=f"{id}", person_id=id, created_at=now, last_seen_at=now, proved_at=now, device="")
            )
    code = merged(kept, gone)
    assert (count(PersonRole, person_id=kept, role=Role.PANITIA), count(Login)) == (1, 0)
    committee = Actor(person_id=factories.person("Rina").id, name="Rina", roles=frozenset({Role.PANITIA}))
    refused(MergeOfStaff, by, merging.undo, code, actor=committee)
    by(merging.undo, code)
    assert (count(PersonRole, person_id=kept), count(PersonRole, person_id=gone, role=Role.PANITIA)) == (0, 1)


@pytest.mark.parametrize(("held", "stays"), [((), False), ((Role.PANITIA,), True)])
def test_who_becomes_staff_by_it_chooses_a_new_password(held: tuple[Role, ...], stays: bool) -> None:
    """Of the account that is kept anybody may know the old one, as of whoever is raised."""
    kept, gone = factories.person("Siti Lestari", *held).id, factories.person("Siti Lestari", Role.ADMIN).id
    with db.transaction() as session:
        session.get_one(Person, kept).password_hash = "dulu"
    merged(kept, gone)
    assert (db.session().get_one(Person, kept).password_hash == "dulu") is stays
    assert count(Message, kind=entry.RESET, person_id=kept) == (not stays)


def test_taking_back_is_over_after_thirty_days_and_goes_backwards() -> None:
    kept, gone = two()
    third = factories.person("Siti Lestari").id
    code = merged(kept, gone)
    later = merged(third, kept)
    refused(NotFound, by, merging.undo, "x")
    refused(MergedSince, by, merging.undo, code)
    refused(OwnCase, by, merging.undo, later, actor=Actor(person_id=third, name="x", roles=frozenset({Role.ADMIN})))
    until = clock.now() + PersonMerge.UNDO_WITHIN + timedelta(minutes=1)
    refused(MergeOver, by, merging.undo, later, now=until)
    by(merging.undo, later)
    refused(MergeOver, by, merging.undo, later)
    by(merging.undo, code)
    assert row(gone).active


def test_an_erasure_takes_what_was_merged_along() -> None:
    kept, gone = two(nip="198501312010012001")
    code = merged(kept, gone)
    by(erasure.erase, kept, reason="Diminta")
    assert (row(kept).erased, row(gone).erased, row(gone).nip) == (True, True, None)
    assert db.session().scalars(sa.select(PersonMerge.moved)).one() == {}
    with pytest.raises(AccountGone):
        by(merging.undo, code)


def test_a_closed_diklat_keeps_its_seats(app: Flask) -> None:
    kept, gone = two()
    diklat = factories.diklat(quota=2).id
    joined(diklat, kept, gone)
    with db.transaction() as session:
        session.get_one(Diklat, diklat).state = DiklatState.CLOSED
    code = merged(kept, gone)
    by(merging.undo, code)
    assert set(states(diklat).values()) == {EnrolmentState.CONFIRMED}
