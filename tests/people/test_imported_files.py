"""People and schools from files: what is added, what is left out, and why."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook

from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people import queries
from calakan.people.models import Person, School
from calakan.people.services.schools import import_schools
from calakan.tables import csvs, reading
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.people.importing import Came, import_people


def imported(text: str | bytes) -> Came:
    return import_people(text.encode() if isinstance(text, str) else text)


def everybody() -> int:
    return db.session().scalar(sa.select(sa.func.count(Person.id))) or 0


def test_a_row_with_everything_becomes_a_complete_profile(app: Flask) -> None:
    school = db.session().scalars(sa.select(School).limit(1)).one()
    npsn, place, id = school.npsn, school.kecamatan_code, school.id
    done = imported(
        "Surel;Nama;Gelar Depan;Gelar_Belakang;jenis_kelamin;jabatan;status;npsn;nip;nuptk;hp\n"
        f"Sri@Example.org;Sri  Mulyati;dra;spd, mpd;P;guru_kelas;pns;{npsn};19850131 201001 2 001;1234567890123456;0812 3456 7890\n"
    )
    assert (done.added, done.known, done.problems) == (1, 0, [])
    person = queries.by_email("sri@example.org")
    assert person is not None
    assert (person.printed_name, person.nip, person.phone) == (
        "Dra. Sri Mulyati, S.Pd., M.Pd.",
        "198501312010012001",
        "+6281234567890",
    )
    assert (person.school_id, person.kecamatan_code, person.sex, person.jabatan) == (id, place, "P", "guru_kelas")
    assert person.email_confirmed_at is not None
    assert person.password_hash is None
    # The panitia may enrol him at once: the notice is accepted at the first log-in.
    diklat, person_id = factories.diklat().id, person.id
    with db.transaction():
        made = enrolment.join(diklat, person_id, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
        assert made.state.is_confirmed


def test_a_second_time_changes_nothing(app: Flask) -> None:
    text = "surel,nama\nsri@example.org,Sri\n"
    assert imported(text).added == 1
    again = imported(text.replace(",Sri", ",Lain"))
    assert (again.added, again.known) == (0, 1)
    person = queries.by_email("sri@example.org")
    assert person is not None
    assert person.name == "Sri"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("bukan surel;Sri;;;;;;", "surel"),
        (";Sri;;;;;;", "surel"),
        ("a@example.org;;;;;;;", "nama"),
        (f"a@example.org;{'x' * 101};;;;;;", "nama"),
        ("a@example.org;Sri;raja;;;;;", "jabatan"),
        ("a@example.org;Sri;;hantu;;;;", "status"),
        ("a@example.org;Sri;;;00000000;;;", "npsn"),
        ("a@example.org;Sri;;;;atlantis;;", "kecamatan"),
        ("a@example.org;Sri;;;;;1.98501E+17;", "nip"),
        ("a@example.org;Sri;;;;;198513312010012001;", "nip"),
        ("a@example.org;Sri;;;;;;123", "hp"),
    ],
)
def test_a_wrong_row_is_named_and_left_out(app: Flask, row: str, column: str) -> None:
    good = "baik@example.org;Baik;;;;;;"
    done = imported(f"surel;nama;jabatan;status;npsn;kecamatan;nip;hp\n{row}\n{good}\n")
    assert done.added == 1
    assert [(line, found) for line, found, _ in done.problems] == [(2, column)]
    assert everybody() == 1


def test_a_nip_stands_once(app: Flask) -> None:
    done = imported("surel,nama,nip\na@example.org,A,198501312010012001\nb@example.org,B,19850131 2010012001\n")
    assert done.added == 0
    assert done.problems == [(2, "nip", "clash"), (3, "nip", "clash")]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.any_database
def test_a_workbook_reads_like_a_csv(app: Flask) -> None:
    content = workbook(("surel", "nama", "nip"), ("a@example.org", "Aisyah", "198501312010012001"))
    assert imported(content).added == 1


@pytest.mark.any_database
def test_a_nip_that_the_spreadsheet_rounded_is_refused(app: Flask) -> None:
    done = imported(workbook(("surel", "nama", "nip"), ("a@example.org", "A", 198501312010012001)))
    assert [(line, column) for line, column, _ in done.problems] == [(2, "nip")]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x00\x01\x02", "format"),
        (b"\xff\xfe\x00", "format"),
        (b"PK\x03\x04rusak", "format"),
        (b"\xd0\xcf\x11\xe0lama", "encrypted"),
        (b"nama\nSri\n", "columns"),
        (b"x" * (reading.MOST_BYTES + 1), "large"),
        (b"surel,nama\n" + b"a,b\n" * (csvs.MOST_ROWS + 1), "large"),
    ],
)
def test_an_unreadable_file_says_why(app: Flask, content: bytes, why: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        imported(content)
    assert refused.value.facts["why"] == why
    assert everybody() == 0


def test_schools_come_from_a_workbook_too(app: Flask) -> None:
    content = workbook(
        ("NPSN", "Nama", "Jenjang", "Status", "Kode Kecamatan"),
        ("99999991", "SD NEGERI UJI", "sd", "negeri", "33.02.01"),
        ("9999", "SD RUSAK", "sd", "negeri", "33.02.01"),
    )
    try:
        with db.transaction():
            done = import_schools(content, actor=factories.SYSTEM, now=clock.now())
        assert (done.added, done.problems) == (1, [(3, "npsn", "9999")])
    finally:
        with db.transaction() as session:
            session.execute(sa.delete(School).where(School.npsn == "99999991"))
