"""What may be kept on a phone: one's own that is near, and not more."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from calakan.desk.offline import AFTERWARDS, worth_keeping
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.materials import services
from tests import factories
from tests.materials.test_services import hand_out
from tests.world import World

FILE = services.Content(sha256="0" * 64, suffix="pdf", size=9)


def test_own_pages_files_and_papers_are_offered(world: World) -> None:
    page = world.client("peserta").get("/saya/luring").text
    with world.app.app_context():
        worth = worth_keeping(world.people["peserta"], now=clock.now())
    assert worth.courses
    for course in worth.courses:
        assert f'value="/belajar/{course.slug}"' in page
        assert f'value="/belajar/{course.slug}/tiket"' in page
    for paper in worth.papers:
        assert f'value="/saya/sertifikat/{paper.code}.pdf" checked' in page
    assert world.app.test_client().get("/saya/luring").status_code == 302


def test_what_is_over_waiting_or_withdrawn_is_not_offered(app: Flask) -> None:
    course, now = factories.diklat("Dekat", days=3), clock.now()
    person_id = factories.person("Ani").id
    with db.transaction():
        enrolment.join(course.id, person_id, actor=factories.SYSTEM, now=now)
    assert [found.id for found in worth_keeping(person_id, now=now).courses] == [course.id]
    assert len(worth_keeping(person_id, now=now).sessions) == 1
    ended = db.session().get_one(Diklat, course.id).ends_at
    assert ended is not None
    assert worth_keeping(person_id, now=ended).courses
    assert worth_keeping(person_id, now=ended).sessions == []
    assert worth_keeping(person_id, now=ended + AFTERWARDS + timedelta(seconds=1)).courses == []
    with db.transaction() as session:
        session.execute(sa.update(Enrolment).values(state=EnrolmentState.WAITING))
    db.db.session.remove()
    assert worth_keeping(person_id, now=now).courses == []


def test_files_are_those_that_are_handed_out(app: Flask) -> None:
    course, person_id = factories.diklat("Dekat", days=3).id, factories.person("Ani").id
    with db.transaction():
        enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())

    def offered() -> list[str]:
        db.db.session.remove()
        return [file.title for file in worth_keeping(person_id, now=clock.now()).files]

    file = hand_out(course, FILE, title="Modul")
    hand_out(course, title="Tautan")
    assert offered() == ["Modul"]
    with db.transaction():
        services.withdraw(file, actor=factories.SYSTEM, now=clock.now())
    assert offered() == []
    hand_out(course, FILE, title="Lembar kerja")
    assert offered() == ["Lembar kerja"]
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(state=DiklatState.DRAFT))
    assert offered() == []


def test_the_worker_is_sent_at_the_root(app: Flask) -> None:
    answer = app.test_client().get("/luring-sw.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    # Below /saya/ the worker of notifications stands in its place, and does the same.
    assert "saya-" in app.test_client().get("/notifikasi-sw.js").text
