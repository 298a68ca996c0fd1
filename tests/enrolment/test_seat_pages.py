"""Seats that are shared out, on the pages of the panitia and of a teacher."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat
from calakan.enrolment.errors import (
    SeatNotFree,
)
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import services as office
from calakan.people.models import Person
from calakan.web.messages import sentence
from tests import factories
from tests.enrolment.seating import CONFIRMED, WAITING, join, leave, promote, schools, state, two_per_school


def form(**values: str) -> dict[str, str]:
    return {
        "title": "Asesmen", "summary": "Ringkas.", "kind": "diklat", "mode": "daring", "quota": "5",
        "min_attendance_percent": "80", "presence_rule": "kode_menit", "jp_rule": "held", "remind": "y", **values,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"seat_by": "sekolah"}, "Tulis berapa kursi paling banyak, mis. 2."),
        ({"seat_by": "sekolah", "seat_limit": "0"}, "tulis angka 1 sampai 100000"),
        ({"seat_by": "sekolah", "seat_limit": "SD 3"}, "Untuk sekolah, tulis satu angka saja."),
        ({"seat_by": "jenjang", "seat_limit": "SM 3"}, "Yang dapat ditulis: PAUD"),
        ({"seat_by": "jabatan", "seat_limit": "Lurah 3"}, "lainnya pada daftar"),
        ({"seat_by": "jenjang", "seat_limit": "SD 3, SMP 3"}, "Jumlahnya 6 kursi, lebih dari kuota 5."),
        ({"seat_by": "bulan", "seat_limit": "2"}, "Pilih dari daftar."),
        ({"seat_limit": "2"}, "Pilih dulu kursi dibatasi untuk tiap apa"),
        ({"seat_release_days": "3"}, "Pilih dulu kursi dibatasi untuk tiap apa"),
        ({"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "61"}, "Tulis angka 0 sampai 60."),
        ({"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "-1"}, "Tulis angka 0 sampai 60."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(
    app: Flask, client_of: Callable[[int], FlaskClient], values: dict[str, str], said: str
) -> None:
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    answer = browser.post("/kelola/diklat/baru", data=form(**values))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page
    assert '<details class="why" open' in page or "quota" in said
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 0


def test_the_panitia_make_a_rule_and_the_teacher_reads_why_and_what_next(
    app: Flask, client_of: Callable[[int], FlaskClient]
) -> None:
    committee = client_of(factories.person("Panitia", Role.PANITIA).id)
    course = factories.diklat(quota=5, days=9)
    slug, id, school = course.slug, course.id, schools(1)[0]
    page = committee.get(f"/kelola/diklat/{slug}/ubah").get_data(as_text=True)
    assert "Aturan kursi" in page
    assert "Tetap simpan" not in page
    rule = {"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "3"}
    teachers = [factories.person(f"Guru {n}", school_id=school).id for n in range(4)]
    for teacher in teachers[:3]:
        join(id, teacher)
    refused = committee.post(f"/kelola/diklat/{slug}/ubah", data=form(**rule))
    assert refused.status_code == 422
    assert "Pada 1 kelompok sudah lebih banyak" in refused.get_data(as_text=True)
    assert 'name="keep_seated"' in refused.get_data(as_text=True)
    assert committee.post(f"/kelola/diklat/{slug}/ubah", data=form(**rule, keep_seated="y")).status_code == 303
    leave(id, teachers[0])
    browser = client_of(teachers[3])
    page = browser.get(f"/diklat/{slug}").get_data(as_text=True)
    released = clock.today() + timedelta(days=6)
    assert "Kursi untuk sekolah Bapak/Ibu sudah terisi (2 dari 2)." in page
    assert "Bila antre: kursi dilepas H-3 (" in page
    assert f" {released.day} " in page
    assert "Ikut antrean" in page
    assert "Paling banyak 2 kursi untuk tiap sekolah." in page
    joined = browser.post(f"/diklat/{slug}/daftar", follow_redirects=True).get_data(as_text=True)
    assert "Kursi untuk sekolah Bapak/Ibu sudah terisi (2 dari 2)." in joined
    assert "Bapak/Ibu di antrean nomor 1" in joined
    assert "Selama antre, kursi dilepas H-3" in browser.get(f"/diklat/{slug}").get_data(as_text=True)
    person = db.session().get_one(Person, teachers[3])
    assert "sudah terisi (2 dari 2)" in factories.mailed(person.email, "enrolment.waiting").text
    # Nothing to learn where no rule was made.
    plain = factories.diklat("Tanpa aturan", quota=5).slug
    assert "Aturan kursi" not in browser.get(f"/diklat/{plain}").get_data(as_text=True)


def test_what_is_decided_by_hand_says_why_too(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    committee = client_of(factories.person("Panitia", Role.PANITIA).id)
    course, school = two_per_school(), schools(1)[0]
    slug = db.session().get_one(Diklat, course).slug
    for n in range(2):
        join(course, factories.person(f"Guru {n}", school_id=school).id)
    third = factories.person("Citra", school_id=school)
    id = third.id
    added = committee.post(f"/kelola/diklat/{slug}/peserta/tambah", data={"orang": third.code}, follow_redirects=True)
    assert "Citra masuk daftar tunggu: sekolahnya sudah mendapat 2 dari 2 kursi." in added.get_data(as_text=True)
    with pytest.raises(SeatNotFree) as refused:
        promote(course, id)
    assert sentence(refused.value) == "Kursi untuk sekolahnya sudah terisi (2 dari 2)."
    assert state(course, id) is WAITING


def test_a_late_cancellation_is_told_before_it_is_tried(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    course = factories.diklat(days=1)
    slug, teacher = course.slug, factories.person().id
    join(course.id, teacher)
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=3)
    browser = client_of(teacher)
    page = browser.get(f"/diklat/{slug}/batal").get_data(as_text=True)
    assert "Batas membatalkan sendiri sudah lewat" in page
    assert "btn-err" not in page
    assert "Hubungi panitia" in browser.post(f"/diklat/{slug}/batal", follow_redirects=True).get_data(as_text=True)
    assert state(course.id, teacher) is CONFIRMED
