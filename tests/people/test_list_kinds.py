"""Lists of people and schools as offices send them: guarded numbers, shared mail, marks, other words, other encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.people.models import Jenjang, Person, School
from calakan.people.services.schools import SchoolImport, import_schools
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.people.importing import Came, import_people
from tests.roster import listing

FILES = Path(__file__).parent / "files"


def people(content: str | bytes) -> Came:
    if isinstance(content, str):
        content = (FILES / f"{content}.csv").read_bytes() if "\n" not in content else content.encode()
    return import_people(content)


def test_what_guards_a_number_is_no_part_of_it(app: Flask) -> None:
    done = people("nip-quote")
    assert (done.added, [(line, column) for line, column, _ in done.problems]) == (4, [(4, "nip")])
    done = people("nuptk-quote")
    assert (done.added, [(line, column) for line, column, _ in done.problems]) == (4, [(6, "hp"), (7, "hp")])
    assert set(db.session().scalars(sa.select(Person.nuptk).where(Person.nuptk.is_not(None)))) == {
        "1234567890123451", "1234567890123452", "1234567890123453",
    }  # fmt: skip


def test_words_of_other_lists_are_known_unless_they_are_ambiguous(app: Flask) -> None:
    done = people("one-odd")
    assert [(line, column) for line, column, _ in done.problems] == [(10, "jenjang"), (13, "status")]
    rows = db.session().scalars(sa.select(Person).order_by(Person.id)).all()
    codes = [row.kecamatan_code for row in rows if row.kecamatan_code]
    assert codes == ["33.02.22", "33.02.19", "33.02.23", "33.02.02", "33.02.22"]
    assert [row.jenjang for row in rows if row.jenjang] == [Jenjang.PAUD, Jenjang.SD]
    assert {row.jabatan for row in rows if row.jabatan} == {"guru_kelas", "kepala_sekolah"}


def test_two_people_do_not_share_an_account(app: Flask) -> None:
    done = people("shared-mail")
    assert (done.added, done.known) == (1, 0)
    assert done.problems == [(3, "surel", "mail"), (4, "surel", "mail")]
    assert [one.other for one in listing.lines(done.id)] == [None, 2, 2]


def test_marks_that_nobody_sees(app: Flask) -> None:
    done = people("unicode")
    assert (9 + 1, "nama") in [(line, column) for line, column, _ in done.problems]
    names = set(db.session().scalars(sa.select(Person.name)))
    assert "BudiSantoso" in names
    assert not any("\u202e" in name or "\u200b" in name for name in names)


def test_a_row_of_another_encoding_is_named(app: Flask) -> None:
    with pytest.raises(TableUnreadable) as refused:
        people("mixed-enc")
    assert refused.value.facts == {"why": "encoding", "line": 3}
    assert people("cp1252").added == 1
    assert db.session().scalar(sa.select(Person.name)) == "José Nuñez"


def test_a_school_stands_once_in_a_list(app: Flask) -> None:
    def schools() -> SchoolImport:
        with db.transaction():
            return import_schools((FILES / "schools-odd.csv").read_bytes(), actor=factories.SYSTEM, now=clock.now())

    try:
        done = schools()
        assert done.added == 4
        assert [(line, column) for line, column, _ in done.problems] == [
            (2, "npsn"), (3, "npsn"), (6, "nama"), (8, "kode_kecamatan"),
        ]  # fmt: skip
        assert done.problems[0][2] == "99000001 dua kali"
        assert schools().same == 4
        rows = dict(
            db.session().execute(sa.select(School.npsn, School.jenjang).where(School.npsn.like("990000%"))).all()
        )
        assert rows["99000003"] is Jenjang.PAUD
        assert "99000001" not in rows
        assert {"99000002", "99000005", "99000007"} <= set(rows)
    finally:
        with db.transaction() as session:
            session.execute(sa.delete(School).where(School.npsn.like("990000%")))
