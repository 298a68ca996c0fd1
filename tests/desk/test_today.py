"""The home of every role: what runs, what waits and what comes, each with a way that opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Submission
from calakan.attendance import services as attendance
from calakan.certificates import tasks
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as speaking
from calakan.people.models import Person, PersonScope
from tests import factories
from tests.assessment import courses as assessment
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]
HALF_PAST = timedelta(minutes=30)


def shown(browser: FlaskClient) -> dict[str, str]:
    """The groups of the page by their title; each link of ours on it opens."""
    page = browser.get("/hari-ini").get_data(as_text=True).partition('id="isi"')[2].partition("</main>")[0]
    for path in re.findall(r'href="(/[^"]+)"', page):
        assert browser.get(path).status_code in (200, 302), path
    parts = re.split(r'<h2 id="h-\w+">(.*?) \(\d+\)</h2>', page)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture
def course(app: Flask) -> Course:
    made = Course("Ani", task=True)
    with db.transaction() as session:
        session.execute(sa.update(LiveSession).values(room_url="https://ruang.example.org/1"))
    return made


def speaker(course: Course) -> int:
    person_id = factories.volunteer().id
    with db.transaction():
        speaking.appoint(course.sessions[0], person_id, agreed=True, actor=factories.SYSTEM, now=clock.now())
    return person_id


def test_whoever_logs_in_lands_there_and_strangers_are_asked_to(client: FlaskClient) -> None:
    answer = client.get("/hari-ini")
    assert (answer.status_code, answer.headers["Location"].startswith("/masuk")) == (302, True)


def test_a_teacher_sees_what_comes_and_what_to_do(course: Course, client_of: Opener) -> None:
    found = shown(client_of(course.people[0]))
    assert list(found) == ["Menunggu Bapak/Ibu", "Pekan ini"]
    assert "Kumpulkan tugas “Modul ajar”" in found["Menunggu Bapak/Ibu"]
    assert "Sesi 1" in found["Pekan ini"]
    assert "Sesi 2" in found["Pekan ini"]


def test_a_running_session_is_joined_and_its_code_typed_from_there(course: Course, client_of: Opener) -> None:
    phone, ani = client_of(course.people[0]), course.people[0]
    with time_machine.travel(nine(1) + HALF_PAST, tick=False):
        now = shown(phone)["Sedang berlangsung"]
        assert "https://ruang.example.org/1" in now
        assert 'href="/hadir"' in now
        with db.transaction():
            attendance.mark_by_hand(
                course.sessions[0], [ani], present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
            )
        now = shown(phone)["Sedang berlangsung"]
        assert "kehadiran Bapak/Ibu tercatat" in now
        assert 'href="/hadir"' not in now
    with time_machine.travel(nine(2) + timedelta(hours=3, minutes=29), tick=False):
        now = shown(phone)["Sedang berlangsung"]
        assert "kode masih diterima" in now
        assert "https://ruang.example.org/1" not in now
    with time_machine.travel(nine(2) + timedelta(hours=3, minutes=31), tick=False):
        assert "Sedang berlangsung" not in shown(phone)


def test_a_narasumber_runs_the_session_and_reads_its_code(course: Course, client_of: Opener) -> None:
    browser = client_of(speaker(course))
    assert "Bapak/Ibu membawakan Sesi 1" in shown(browser)["Pekan ini"]
    with time_machine.travel(nine(1) + HALF_PAST, tick=False):
        with db.transaction():
            window = attendance.open_check_in(course.sessions[0], minutes=30, actor=factories.SYSTEM, now=clock.now())
            code = window.code
        now = shown(browser)["Sedang berlangsung"]
        assert f"{code[:3]} {code[3:]}" in now
        assert f'href="/kelola/diklat/{course.slug}/sesi/1/jalan"' in now or "Jalankan" in now
        assert code not in shown(client_of(course.people[0]))["Sedang berlangsung"].replace(" ", "")


def test_the_panitia_see_how_many_are_there_live(course: Course, client_of: Opener) -> None:
    rina = factories.person("Rina", Role.PANITIA).id
    assert client_of(rina).get("/hari-ini/kini").status_code == 204
    with time_machine.travel(nine(1) + HALF_PAST, tick=False):
        browser = client_of(rina)
        assert "0 dari 1 hadir" in shown(browser)["Sedang berlangsung"]
        with db.transaction():
            attendance.mark_by_hand(
                course.sessions[0], course.people, present=True, reason="Ada", actor=factories.SYSTEM, now=clock.now()
            )
        part = browser.get("/hari-ini/kini").get_data(as_text=True)
        assert "1 dari 1 hadir" in part
        assert "<html" not in part


def test_the_panitia_see_what_waits_for_them(course: Course, client_of: Opener) -> None:
    assessment.hand_in(course.task, course.people[0])
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Submission)) == 1
    rina = factories.person("Rina", Role.PANITIA).id
    waiting = shown(client_of(rina))["Menunggu Bapak/Ibu"]
    assert "1 jawaban tugas “Modul ajar” menunggu diperiksa" in waiting
    assert "Belum ada narasumber: Asesmen Formatif" in waiting
    with time_machine.travel(nine(3), tick=False):
        assert "Tutup diklat: " in shown(client_of(rina))["Menunggu Bapak/Ibu"]


def test_a_lead_sees_the_answers_of_his_own_diklat_alone(course: Course, client_of: Opener) -> None:
    assessment.hand_in(course.task, course.people[0])
    lead, other = (factories.person(name, Role.NARASUMBER).id for name in ("Tri", "Catur"))
    with db.transaction() as session:
        session.get_one(Diklat, course.id).lead_id = lead
    assert "menunggu diperiksa" in shown(client_of(lead))["Menunggu Bapak/Ibu"]
    assert "Menunggu Bapak/Ibu" not in shown(client_of(other))


def test_those_who_look_after_a_school_see_who_has_not_come(course: Course, client_of: Opener) -> None:
    head = factories.person("Kepala").id
    with db.transaction() as session:
        school = session.get_one(Person, course.people[0]).school_id
        session.add(PersonScope(person_id=head, school_id=school))
    factories.person("Belum")
    found = shown(client_of(head))
    assert "binaan belum ikut tahun ini" in found["Menunggu Bapak/Ibu"]
    assert "kali ikut diklat tahun ini" in found["Pekan ini"]
    chief = shown(client_of(factories.person("Kepala Dinas", Role.PIMPINAN).id))
    assert "kali ikut diklat tahun ini" in chief["Pekan ini"]
    assert "Menunggu Bapak/Ibu" not in chief


def test_a_questionnaire_is_offered_once_and_as_a_duty_only_where_it_is_one(app: Flask, client_of: Opener) -> None:
    made = Course("Ani")
    strict = Course("Budi", questionnaire=True)
    with time_machine.travel(nine(3), tick=False):
        for course in (made, strict):
            course.mark(*course.people)
        easy, asked = (shown(client_of(course.people[0])) for course in (made, strict))
        assert "2 sesi, kurang dari satu menit" in easy["Pekan ini"]
        assert "Menunggu Bapak/Ibu" not in easy
        assert "Isi angket “Sesi 1”" in asked["Menunggu Bapak/Ibu"]
        assert "Pekan ini" not in asked
        made.answer(made.people[0])
        assert "Pekan ini" not in shown(client_of(made.people[0]))


def test_what_it_costs_does_not_grow_with_the_sessions(course: Course, client_of: Opener) -> None:
    rina = factories.person("Rina", Role.PANITIA).id

    def statements() -> int:
        counted: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            counted.append(statement)

        browser = client_of(rina)
        browser.get("/hari-ini")
        sa.event.listen(db.engine(), "before_cursor_execute", note)
        try:
            assert "Sedang berlangsung" in browser.get("/hari-ini").get_data(as_text=True)
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
        return len(counted)

    with time_machine.travel(nine(1) + HALF_PAST, tick=False):
        factories.live_session(course.id, nine(1), title="Sejajar")
        few = statements()
        for _ in range(3):
            factories.live_session(course.id, nine(1), title="Sejajar")
        assert statements() <= few


def test_a_new_paper_is_told(course: Course, app: Flask, client_of: Opener) -> None:
    ani = course.people[0]
    with time_machine.travel(nine(3), tick=False):
        course.mark(ani)
        course.accept(ani)
        with db.transaction():
            states.close(course.id, actor=factories.SYSTEM, now=clock.now())
        tasks.sweep(app.extensions["calakan.settings"])
        assert "Sertifikat terbit" in shown(client_of(ani))["Pekan ini"]
    with time_machine.travel(nine(12), tick=False):
        assert "Pekan ini" not in shown(client_of(ani))


def test_an_empty_day_says_so_and_an_open_profile_waits(app: Flask, client_of: Opener) -> None:
    page = client_of(factories.person("Dewi").id).get("/hari-ini").get_data(as_text=True)
    assert "Tidak ada yang menunggu" in page
    assert "Lengkapi profil" in shown(client_of(factories.person("Eka", complete=False).id))["Menunggu Bapak/Ibu"]


@pytest.mark.parametrize(
    ("roles", "extra"),
    [([], None), ([Role.NARASUMBER], "Papan"), ([Role.PANITIA], "Kelola"), ([Role.PIMPINAN], "Capaian")],
)
def test_the_bar_of_a_phone_follows_the_role(
    app: Flask, client_of: Opener, roles: list[Role], extra: str | None
) -> None:
    page = client_of(factories.person("Fitri", *roles).id).get("/hari-ini").get_data(as_text=True)
    bar = page.partition('class="tabbar"')[2].partition("</nav>")[0]
    words = [re.sub(r"<[^>]+>", "", part).strip() for part in re.findall(r"<a [^>]+>(.*?)</a>", bar, re.S)]
    assert words == [word for word in ("Cari", "Hari ini", "Sertifikat", extra, "Akun") if word]
