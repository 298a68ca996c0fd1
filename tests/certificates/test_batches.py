"""Asking for papers: the roles, the rule of a diklat, a pause, a statement for those who were there in part."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.certificates import eligibility, rendering, services, tasks
from calakan.certificates.errors import AlreadyAskedFor, DiklatStillOpen
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat
from calakan.diklat.queries import sessions_of
from calakan.diklat.services import states
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from tests import factories
from tests.certificates.issuing import Opener, attend, held, join, make_papers


def states_of(diklat_id: int) -> dict[WorkState, int]:
    db.session().rollback()
    rows = db.session().scalars(sa.select(Certificate.state).where(Certificate.diklat_id == diklat_id))
    return Counter(rows)


def test_a_pause_holds_what_waits_and_a_resume_lets_it_go(app: Flask, client_of: Opener) -> None:
    course = held(*(factories.person(f"Guru {n}").id for n in range(3)))
    id, slug = course.id, course.slug
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = f"/kelola/diklat/{slug}/sertifikat"
    assert panitia.post(f"{page}/jeda").status_code == 302
    assert states_of(id) == {WorkState.PAUSED: 3}
    assert make_papers(app) == 0
    assert "3 sertifikat menunggu dilanjutkan" in panitia.get(page).get_data(as_text=True)
    assert panitia.post(f"{page}/jeda", data={"lanjut": "1"}).status_code == 302
    assert make_papers(app) == 3
    assert states_of(id) == {WorkState.DONE: 3}


def two_sessions(*, at_once: bool) -> tuple[int, list[int]]:
    """A published diklat over two days, and its sessions."""
    course = factories.diklat(days=1, issue_at_once=at_once)
    id = course.id
    factories.live_session(id, factories.morning(2))
    return id, [session.id for session in sessions_of(id)]


def present(session_id: int, *people: int) -> None:
    with db.transaction():
        attendance.mark_by_hand(
            session_id, list(people), present=True, reason="uji", actor=factories.SYSTEM, now=clock.now()
        )


@pytest.mark.parametrize("at_once", [True, False])
def test_the_rule_issues_after_the_last_session_without_closing(app: Flask, at_once: bool) -> None:
    start = factories.morning(0)
    id, (first, second) = two_sessions(at_once=at_once)
    good, late = factories.person("Rajin").id, factories.person("Menyusul").id
    join(id, good, late)
    settings = app.extensions["calakan.settings"]
    with time_machine.travel(start + timedelta(days=1, hours=4)):
        present(first, good, late)
        assert tasks.sweep(settings) == 0
    with time_machine.travel(start + timedelta(days=2, hours=4)):
        present(second, good)
        assert tasks.sweep(settings) == (1 if at_once else 0)
        present(second, late)
        assert tasks.sweep(settings) == (1 if at_once else 0)
        assert tasks.sweep(settings) == 0
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        tasks.sweep(settings)
    assert states_of(id) == {WorkState.DONE: 2}


def text_of(app: Flask, paper: Certificate) -> str:
    reader = pypdf.PdfReader(io.BytesIO(rendering.read(paper, app.extensions["calakan.files"])))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_who_was_there_in_part_gets_a_statement_over_what_was_attended(app: Flask, client: FlaskClient) -> None:
    start = factories.morning(0)
    id, (first, _) = two_sessions(at_once=False)
    full, part, never = (factories.person(name).id for name in ("Penuh", "Sebagian", "Absen"))
    join(id, full, part, never)
    with time_machine.travel(start + timedelta(days=3)):
        attend(id, [full])
        present(first, part)
        with pytest.raises(DiklatStillOpen), db.transaction():
            services.request_statements(id, actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        for expected in (1, 0):
            with db.transaction():
                assert services.request_statements(id, actor=factories.SYSTEM, now=clock.now()) == expected
        tasks.issue_due(app.extensions["calakan.settings"])
    papers = list(db.session().scalars(sa.select(Certificate).order_by(Certificate.id)))
    assert [(row.person_id, row.role) for row in papers] == [
        (full, CertificateRole.PARTICIPANT),
        (part, CertificateRole.ATTENDEE),
    ]
    assert papers[1].jp == 4
    assert papers[0].jp == 8
    text = text_of(app, papers[1])
    assert "SURAT KETERANGAN" in text
    assert "telah mengikuti sebagian diklat sebagai PESERTA" in text
    assert "4 JP (empat jam pelajaran)" in text
    assert "SURAT KETERANGAN" not in text_of(app, papers[0])
    assert "Hadir sebagian".lower() in client.get(f"/s/{papers[1].code}").get_data(as_text=True).lower()


def test_the_panitia_of_a_diklat_get_their_own_papers(app: Flask, client_of: Opener) -> None:
    teacher, helper = factories.person("Guru").id, factories.person("Pembantu").id
    course = held(teacher)
    id, slug = course.id, course.slug
    boss = factories.person("Panitia", Role.PANITIA)
    browser, page = client_of(boss.id), f"/kelola/diklat/{slug}/sertifikat"
    address = factories.queries.person(helper).email
    assert "Tidak ada akun" in browser.post(
        f"{page}/panitia", data={"email": "x@example.org"}, follow_redirects=True
    ).get_data(as_text=True)
    browser.post(f"{page}/panitia", data={"email": address})
    browser.post(f"{page}/panitia", data={"email": address})
    plan = eligibility.dry_run(db.session().get_one(Diklat, id), now=clock.now())
    assert plan.count(CertificateRole.COMMITTEE) == 1
    browser.post(f"{page}/terbitkan")
    make_papers(app)
    rows = db.session().execute(sa.select(Certificate.person_id, Certificate.role).order_by(Certificate.id)).all()
    assert rows == [(teacher, CertificateRole.PARTICIPANT), (helper, CertificateRole.COMMITTEE)]
    with pytest.raises(AlreadyAskedFor), db.transaction():
        services.remove_committee_member(id, helper, actor=factories.SYSTEM, now=clock.now())
    assert enrolment.confirmed_people(id) == [teacher]
