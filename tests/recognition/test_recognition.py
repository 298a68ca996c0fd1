"""Letters of assignment without asking, and what a narasumber has given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.models import Method, Presence
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import LiveSession, SessionState
from calakan.diklat.services import sessions, states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Assignment, Duty
from calakan.office.errors import LetterPatternInvalid
from calakan.office.services import change_settings
from calakan.recognition import queries
from calakan.recognition.models import AssignmentLetter
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def speaker(name: str = "Tri", *, public: bool = False) -> int:
    id = factories.person(name).id
    with db.transaction():
        offer = narasumber.Offer(headline="Guru", public=public)
        narasumber.offer_to_speak(id, offer, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        narasumber.decide(id, approve=True, actor=factories.SYSTEM, now=clock.now())
    return id


def confirm(session_id: int, person_id: int, duty: Duty = Duty.SPEAKER) -> None:
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, person_id, duty, actor=factories.SYSTEM, now=clock.now())


def first_session(diklat_id: int) -> int:
    return (
        db.session()
        .scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id).order_by(LiveSession.number))
        .all()[0]
    )


def letters() -> list[tuple[int, int]]:
    rows = db.session().scalars(sa.select(AssignmentLetter).order_by(AssignmentLetter.serial))
    return [(row.serial, row.person_id) for row in rows]


def test_a_letter_for_each_person_and_diklat_once_it_is_public(app: Flask) -> None:
    tri, ani = speaker(), speaker("Ani")
    draft, other = factories.diklat("Draf", publish=False, days=3), factories.diklat("Lain", days=5)
    draft_id, other_id = draft.id, other.id
    confirm(first_session(draft_id), tri)
    assert letters() == []
    with db.transaction():
        states.publish(draft_id, actor=factories.SYSTEM, now=clock.now())
    assert letters() == [(1, tri)]
    confirm(first_session(other_id), ani)
    second = factories.live_session(other_id, clock.now() + timedelta(days=9)).id
    confirm(second, ani, Duty.MODERATOR)
    assert letters() == [(1, tri), (2, ani)]
    letter = queries.letters(ani)[0]
    assert letter.number.endswith(f"/0002/ST-BC/{_roman()}/{clock.today().year}")
    confirm(first_session(other_id), tri, Duty.MODERATOR)  # in his own letter
    assert [(s.id, duty.person_id) for s, duty in queries.duties(letter)] == [
        (first_session(other_id), ani), (second, ani),
    ]  # fmt: skip
    with db.transaction():
        sessions.cancel(second, reason="Libur", actor=factories.SYSTEM, now=clock.now())
    assert [s.id for s, _ in queries.duties(letter)] == [first_session(other_id)]


def _roman() -> str:
    return ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][clock.today().month - 1]


def test_numbers_have_no_gap_and_no_double_under_a_rush(app: Flask) -> None:
    people = [speaker(f"N{n}") for n in range(6)]
    courses = [first_session(factories.diklat(f"D{n}").id) for n in range(6)]
    barrier, failures = threading.Barrier(6), []

    def work(session_id: int, person_id: int) -> None:
        with app.app_context():
            try:
                barrier.wait()
                confirm(session_id, person_id)
            except Exception as error:
                failures.append(error)
            finally:
                db.session().rollback()
                db.db.session.remove()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(courses, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session().rollback()
    assert [serial for serial, _ in letters()] == [1, 2, 3, 4, 5, 6]
    assert sorted(person for _, person in letters()) == sorted(people)


def held(person_id: int, begins: datetime, present: list[int], state: SessionState = SessionState.PLANNED) -> None:
    course = factories.diklat(f"Diklat {begins:%Y}").id
    session_id = factories.live_session(course, begins, hours=2).id
    with db.transaction() as session:
        session.add(
            Assignment(
                live_session_id=session_id, person_id=person_id, state="confirmed", created_at=begins, decided_at=begins
            )
        )
        for id in present:
            session.add(
                Presence(live_session_id=session_id, person_id=id, present=True, method=Method.CODE, marked_at=begins)
            )
        session.get_one(LiveSession, session_id).state = state


def test_hours_a_year_and_different_people_reached(app: Flask) -> None:
    tri, now = speaker(), factories.june()
    one, two, three, four = (factories.person(f"Guru {n}").id for n in range(4))
    held(tri, now - timedelta(days=3), [one, two, tri])
    held(tri, now - timedelta(days=2), [two, three])
    held(tri, now - timedelta(days=800), [one])
    held(tri, now - timedelta(days=4), [four], SessionState.CANCELLED)
    held(tri, now + timedelta(days=2), [])
    years = {y.year: (y.sessions, y.minutes, y.people) for y in queries.years(tri, now=now)}
    recent, old = clock.local(now - timedelta(days=2)).year, clock.local(now - timedelta(days=800)).year
    assert list(years.items()) == [(recent, (2, 240, 3)), (old, (1, 120, 1))]
    assert queries.people_reached(tri, now=now) == 3


def test_the_letter_pattern_is_checked(app: Flask) -> None:
    with pytest.raises(LetterPatternInvalid), db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), letter_pattern="{urut}")
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), letter_pattern="ST-{urut:03}/{tahun}")
    tri = speaker()
    confirm(first_session(factories.diklat().id), tri)
    assert queries.letters(tri)[0].number == f"ST-001/{clock.today().year}"


def test_who_opens_letter_record_and_shared_page(app: Flask, client_of: Opener) -> None:
    tri, shy, staff = speaker(public=True), speaker("Malu"), factories.person("Panitia", Role.PANITIA).id
    held(tri, clock.now() - timedelta(days=3), [shy])
    held(shy, clock.now() - timedelta(days=4), [])
    confirm(first_session(factories.diklat("Numerasi").id), tri)
    letter = queries.letters(tri)[0]
    address, number = f"/relawan/surat-tugas/{letter.code}", letter.number
    for who, status in ((None, 302), (shy, 404), (tri, 200), (staff, 200)):
        assert client_of(who).get(address).status_code == status
    page = client_of(tri).get(address).get_data(as_text=True)
    assert (number in page, "Numerasi" in page) == (True, True)
    record = client_of(tri).get("/relawan/catatan").get_data(as_text=True)
    assert (address in record, "/narasumber/tri/kiprah" in record) == (True, True)
    assert "/kiprah" not in client_of(shy).get("/relawan/catatan").get_data(as_text=True)
    shared = client_of(None).get("/narasumber/tri/kiprah")
    assert (shared.status_code, "berbagi ilmu 2 jam untuk 1 guru" in shared.get_data(as_text=True)) == (200, True)
    assert client_of(None).get("/narasumber/malu/kiprah").status_code == 404


def test_closing_asks_for_the_certificate_of_appreciation(app: Flask) -> None:
    tri, course = speaker(), factories.diklat()
    diklat_id = course.id
    confirm(first_session(diklat_id), tri)
    later = clock.now() + timedelta(days=30)
    with db.transaction():
        states.close(diklat_id, actor=factories.SYSTEM, now=later)
    paper = db.session().scalars(sa.select(Certificate)).one()
    assert (paper.person_id, paper.role) == (tri, CertificateRole.SPEAKER)
    assert enrolment.queries.confirmed_people(diklat_id) == []
