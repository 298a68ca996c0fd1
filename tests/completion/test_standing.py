"""All that a participant still lacks is said at once, and the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.completion import groups, reasons, services
from calakan.completion.standing import Lack, standing_of_person
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions, states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]
CONTACT = "0281-123"


@pytest.fixture
def strict(app: Flask) -> Course:
    return Course("Ani", "Budi", task=True, test=True, questionnaire=True)


def says(course: Course, person_id: int) -> list[str]:
    return [line.text for line in reasons.lines(course.standing(person_id), contact=CONTACT, now=clock.now())]


def test_every_reason_is_named_and_each_goes_away_with_its_deed(strict: Course) -> None:
    ani = strict.people[0]
    assert strict.standing(ani).lacks == (Lack.PRESENCE, Lack.TASK, Lack.TEST)
    with time_machine.travel(nine(3), tick=False):
        strict.mark(ani)
        assert strict.standing(ani).lacks == (Lack.TASK, Lack.TEST, Lack.QUESTIONNAIRE)
        strict.accept(ani)
        assert strict.standing(ani).lacks == (Lack.TEST, Lack.QUESTIONNAIRE)
        strict.score(ani, 69)
        assert strict.standing(ani).lacks == (Lack.TEST, Lack.QUESTIONNAIRE)
        strict.score(ani, 70)
        assert strict.standing(ani).lacks == (Lack.QUESTIONNAIRE,)
        assert not strict.standing(ani).met
        strict.answer(ani)
        assert strict.standing(ani).lacks == ()
        assert strict.standing(ani).met


def test_the_questionnaire_counts_only_where_the_diklat_asks_and_for_sessions_one_was_in(app: Flask) -> None:
    easy = Course("Ani")
    strict = Course("Budi", questionnaire=True, min_attendance_percent=50)
    with time_machine.travel(nine(3), tick=False):
        easy.mark(*easy.people)
        strict.mark(*strict.people, sessions=1)
        assert easy.standing(easy.people[0]).lacks == ()
        found = strict.standing(strict.people[0])
        assert [session.id for session in found.unanswered] == strict.sessions[:1]


def test_without_a_session_nobody_passes(app: Flask) -> None:
    made = Course("Ani")
    with db.transaction():
        for id in made.sessions:
            sessions.call_off(db.session().get_one(LiveSession, id), reason="Sakit", now=clock.now())
    assert made.standing(made.people[0]).lacks == (Lack.SCHEDULE,)
    assert says(made, made.people[0]) == ["Jadwal sesi menyusul."]


def test_of_one_person_in_many_diklat_it_is_the_same_as_of_many_people_in_one(strict: Course) -> None:
    other, ani = Course(), strict.people[0]
    held = [db.session().get_one(Diklat, id) for id in (strict.id, other.id)]
    found = standing_of_person(held, ani, now=clock.now())
    assert found[strict.id].lacks == strict.standing(ani).lacks
    assert found[other.id].lacks == (Lack.PRESENCE,)


def test_the_sentences_tell_what_to_do_and_until_when(strict: Course) -> None:
    ani = strict.people[0]
    first, task, test = says(strict, ani)
    assert first.startswith("Ikuti 2 sesi lagi. Berikutnya: Sesi 1, ")
    assert task.startswith("Kumpulkan tugas “Modul ajar”, batasnya ")
    assert test.startswith("Tes akhir dibuka ")
    with time_machine.travel(nine(2) + timedelta(hours=1), tick=False):
        assert says(strict, ani)[2].startswith("Kerjakan Tes akhir, dibuka sampai ")
    with time_machine.travel(nine(5), tick=False):
        presence, task, test = says(strict, ani)
        assert "Kehadiran 0 dari 8 JP tidak lagi mencapai 80%." in presence
        assert presence.endswith(f"hubungi panitia: {CONTACT}.")
        assert task.startswith("Batas tugas “Modul ajar” sudah lewat.")
        assert test.startswith("Tes akhir sudah ditutup dan belum dikerjakan.")


def test_nothing_is_lost_while_the_code_of_the_last_session_may_be_typed(app: Flask) -> None:
    made = Course("Ani", min_attendance_percent=50)
    end = nine(2) + timedelta(hours=3)
    with time_machine.travel(end + timedelta(minutes=29), tick=False):
        assert made.standing(made.people[0]).within_reach
    with time_machine.travel(end + timedelta(minutes=31), tick=False):
        assert not made.standing(made.people[0]).within_reach


@pytest.mark.parametrize(
    ("at_once", "day", "closed", "said"),
    [
        (False, 3, False, "Sertifikat terbit sesudah panitia menutup diklat."),
        (True, 1, False, "Sertifikat terbit segera sesudah sesi terakhir."),
        (True, 3, False, "Sertifikat sedang disiapkan dan tampil di halaman Riwayat begitu terbit."),
        (True, 3, True, "Sertifikat tampil di halaman Riwayat begitu terbit."),
    ],
)
def test_what_follows_is_true_for_the_diklat(app: Flask, at_once: bool, day: int, closed: bool, said: str) -> None:
    made = Course(issue_at_once=at_once)
    with time_machine.travel(nine(day), tick=False):
        if closed:
            with db.transaction():
                states.close(made.id, actor=factories.SYSTEM, now=clock.now())
        assert reasons.outcome(db.session().get_one(Diklat, made.id), now=clock.now()) == said


def test_who_lacks_three_things_stands_under_all_three(strict: Course) -> None:
    ani, budi = strict.people
    with time_machine.travel(nine(3), tick=False):
        strict.mark(budi)
        strict.accept(budi)
        found = groups.by_lack([strict.standing(id) for id in (ani, budi)])
    assert [(row.lack, [person.id for person in row.people]) for row in found] == [
        (Lack.PRESENCE, [ani]),
        (Lack.TASK, [ani]),
        (Lack.TEST, [ani, budi]),
        (Lack.QUESTIONNAIRE, [budi]),
    ]


def test_the_persons_pages_say_all_of_it_in_the_same_words(strict: Course, client_of: Opener) -> None:
    ani = strict.people[0]
    phone = client_of(ani)
    for path in ("/saya", f"/belajar/{strict.slug}"):
        page = phone.get(path).get_data(as_text=True)
        for said in ("Ikuti 2 sesi lagi", "Kumpulkan tugas “Modul ajar”", "Tes akhir dibuka "):
            assert said in page
    roster = client_of(factories.person("Rina", Role.PANITIA).id).get(f"/kelola/diklat/{strict.slug}/peserta")
    for said in ("Berjalan", "Tugas belum", "Tes belum"):
        assert said in roster.get_data(as_text=True)


def test_who_is_let_pass_reads_why(strict: Course, client_of: Opener) -> None:
    ani = strict.people[0]
    with db.transaction():
        services.give_exception(
            strict.id, ani, reason="Sakit, tugas pengganti", actor=factories.SYSTEM, now=clock.now()
        )
    page = client_of(ani).get(f"/belajar/{strict.slug}").get_data(as_text=True)
    assert "Diluluskan panitia: Sakit, tugas pengganti." in page
    assert "Sertifikat terbit sesudah panitia menutup diklat." in page
