"""The whole job by way of the services: from an enrolment to a checked certificate, with mail through a real server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import checking_in
from calakan.attendance import queries as attendance
from calakan.attendance import services as attendance_services
from calakan.attendance.errors import MarkNeedsReason
from calakan.certificates import numbering
from calakan.certificates import services as certificate_services
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate, Register, Status
from calakan.diklat.errors import NotOver
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.enrolment import reminders
from calakan.enrolment import services as enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import tasks as notification_tasks
from calakan.notifications.models import Message
from tests import factories
from tests.servers.smtp import SmtpSink

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def mail_server() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def deliver(app: Flask, sink: SmtpSink) -> None:
    notification_tasks.deliver_due(replace(app.extensions["calakan.settings"], smtp_url=sink.url))


def test_attendance_decides_and_the_paper_can_be_checked(app: Flask, client: FlaskClient) -> None:
    start = factories.morning(0)
    course = factories.diklat(days=1)
    good, absent = factories.person("Ma'ruf Amin", title_after="spd").id, factories.person("Absen").id
    for person_id in (good, absent):
        join(course.id, person_id)
    session_id = attendance.diklat_queries.sessions_of(course.id)[0].id
    with time_machine.travel(start + timedelta(days=1, minutes=30)):
        with db.transaction():
            code = attendance_services.open_check_in(
                session_id, minutes=30, actor=factories.SYSTEM, now=clock.now()
            ).code
        wrong = "000000" if code != "000000" else "111111"
        for typed, answer in ((wrong, "wrong"), (code, "present"), (code, "already")):
            with db.transaction():
                got = checking_in.check_in(good, typed, actor=factories.SYSTEM, now=clock.now())
            assert got.answer == answer
        with pytest.raises(MarkNeedsReason), db.transaction():
            attendance_services.mark_by_hand(
                session_id, [absent], present=True, reason=" ", actor=factories.SYSTEM, now=clock.now()
            )
    with time_machine.travel(start + timedelta(days=2)):
        with db.transaction():
            states.close(course.id, actor=factories.SYSTEM, now=clock.now())
        assert certificate_tasks.issue_due(app.extensions["calakan.settings"]) == 1
        with db.transaction():
            assert certificate_services.request_for(course.id, actor=factories.SYSTEM, now=clock.now()) == 0
    paper = db.session().scalars(sa.select(Certificate)).one()
    assert (paper.person_id, paper.state, paper.serial) == (good, WorkState.DONE, 1)
    page = client.get(f"/s/{paper.code}")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Sertifikat sah" in text
    assert "Ma&#39;ruf Amin, S.Pd." in text
    assert client.get(f"/saya/sertifikat/{paper.code}.pdf").status_code == 302


def test_the_file_holds_the_name_and_belongs_to_its_holder(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    answer = client_of(paper.person_id).get(f"/saya/sertifikat/{paper.code}.pdf")
    assert answer.status_code == 200
    pdf = pypdf.PdfReader(io.BytesIO(answer.data))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Sri Mulyati" in text
    assert paper.number is not None
    assert paper.number in text
    stranger = factories.person("Orang Lain")
    assert client_of(stranger.id).get(f"/saya/sertifikat/{paper.code}.pdf").status_code == 404


def issued(app: Flask) -> Certificate:
    start = clock.now()
    course = factories.diklat(days=1)
    person_id = factories.person().id
    join(course.id, person_id)
    session_id = attendance.diklat_queries.sessions_of(course.id)[0].id
    with time_machine.travel(start + timedelta(days=2)), db.transaction():
        attendance_services.mark_by_hand(
            session_id, [person_id], present=True, reason="listrik padam", actor=factories.SYSTEM, now=clock.now()
        )
        states.close(course.id, actor=factories.SYSTEM, now=clock.now())
    with time_machine.travel(start + timedelta(days=2, minutes=1)):
        certificate_tasks.issue_due(app.extensions["calakan.settings"])
    return db.session().scalars(sa.select(Certificate)).one()


def test_revoked_replaced_and_unknown_answer_so(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    id, code, number = paper.id, paper.code, paper.number
    with db.transaction():
        certificate_services.reissue(id, reason="gelar dibetulkan", actor=factories.SYSTEM, now=clock.now())
    certificate_tasks.issue_due(app.extensions["calakan.settings"])
    newer = db.session().scalars(sa.select(Certificate).where(Certificate.revision == 1)).one()
    assert (newer.number, newer.status) == (number, Status.VALID)
    assert "Sertifikat diganti" in client.get(f"/s/{code}").get_data(as_text=True)
    with db.transaction():
        certificate_services.revoke(newer.id, reason="data keliru", actor=factories.SYSTEM, now=clock.now())
    text = client.get(f"/s/{newer.code}").get_data(as_text=True)
    assert "Sertifikat dicabut" in text
    assert "data keliru" in text
    assert client.get("/s/0000000000").status_code == 404
    assert db.session().scalars(sa.select(Register.last_serial)).one() == 1


def test_a_worker_that_dies_midway_loses_and_doubles_nothing(app: Flask) -> None:
    start = clock.now()
    course = factories.diklat(days=1)
    people = [factories.person(f"Guru {n}").id for n in range(3)]
    for person_id in people:
        join(course.id, person_id)
    session_id = attendance.diklat_queries.sessions_of(course.id)[0].id
    settings = app.extensions["calakan.settings"]
    with time_machine.travel(start + timedelta(days=2)), db.transaction():
        attendance_services.mark_by_hand(
            session_id, people, present=True, reason="uji", actor=factories.SYSTEM, now=clock.now()
        )
        states.close(course.id, actor=factories.SYSTEM, now=clock.now())
    with time_machine.travel(start + timedelta(days=2, minutes=1)):
        with db.transaction():
            token, ids = claims.claim(Certificate, now=clock.now(), limit=2)
        with db.transaction():
            numbering.number_and_freeze(ids, token, now=clock.now())
        certificate_tasks.sweep(settings)
    with time_machine.travel(start + timedelta(days=2, minutes=10)):
        certificate_tasks.sweep(settings)
    rows = db.session().execute(sa.select(Certificate.serial, Certificate.state).order_by(Certificate.serial)).all()
    assert rows == [(1, WorkState.DONE), (2, WorkState.DONE), (3, WorkState.DONE)]


def test_reminders_are_computed_once_and_never_for_those_who_left(app: Flask, mail_server: SmtpSink) -> None:
    start = factories.morning(0)
    with time_machine.travel(start):
        course = factories.diklat(days=3)
    stays, leaves = factories.person("Tinggal").id, factories.person("Pergi").id
    for person_id in (stays, leaves):
        with time_machine.travel(start):
            join(course.id, person_id)
    with time_machine.travel(start + timedelta(days=2, hours=1)):
        with db.transaction():
            assert reminders.queue_due(now=clock.now()) == 2
        with db.transaction():
            assert reminders.queue_due(now=clock.now()) == 0
            enrolment.leave(course.id, leaves, actor=factories.SYSTEM, now=clock.now())
        deliver(app, mail_server)
    states_of = dict(
        db.session()
        .execute(sa.select(Message.person_id, Message.state).where(Message.kind == "enrolment.day_reminder"))
        .all()
    )
    assert states_of == {stays: WorkState.DONE, leaves: WorkState.DROPPED}
    with time_machine.travel(start + timedelta(days=2, hours=23, minutes=30)):
        assert [(d.offset, d.person_id) for d in reminders.due(now=clock.now())] == [("hour", stays)]


def test_a_closed_diklat_needs_its_sessions_over(app: Flask) -> None:
    course = factories.diklat(days=1)
    with pytest.raises(NotOver), db.transaction():
        states.close(course.id, actor=factories.SYSTEM, now=clock.now())
    assert db.session().get_one(Diklat, course.id).state == "published"
