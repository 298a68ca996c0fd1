"""Other names of schools: found by them, read in lists by them, kept when the name changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people import other_names, queries
from calakan.people.directory import school_key
from calakan.people.errors import SchoolMerged
from calakan.people.models import Jenjang, Person, School, Sector
from calakan.people.services import schools
from calakan.reports import headcounts
from calakan.roster.models import Verdict
from tests import factories
from tests.people.importing import import_people
from tests.roster import listing

pytestmark = pytest.mark.usefixtures("added", "app")
GIVEN: dict[str, Any] = {"jenjang": Jenjang.SD, "sector": Sector.STATE, "kecamatan_code": "33.02.22"}


@pytest.fixture
def added(migrated_app: Flask) -> Iterator[None]:
    """Schools stay from test to test: those of this one go when everything else has gone."""
    yield
    with migrated_app.app_context(), db.transaction() as session:
        session.execute(sa.delete(School).where(School.npsn.like("990000%"), School.merged_into_id.is_not(None)))
        session.execute(sa.delete(School).where(School.npsn.like("990000%")))


def school(name: str, npsn: str, *also: str, **given: Any) -> int:
    with db.transaction():
        wanted = {**GIVEN, **given, "also": also, "actor": factories.SYSTEM, "now": clock.now()}
        return schools.save_school(None, npsn=npsn, name=name, **wanted).id


def change(id: int, **given: Any) -> None:
    with db.transaction():
        found = db.session().get_one(School, id)
        wanted = {"npsn": found.npsn, "name": found.name, **GIVEN, **given, "actor": factories.SYSTEM}
        schools.save_school(id, now=clock.now(), **wanted)


def place_of(model: type[School | Person], column: str, value: str) -> str | None:
    place = db.session().scalar(sa.select(model.kecamatan_code).where(getattr(model, column) == value))
    return str(place) if place else None


def found(words: str) -> list[str]:
    return [one.npsn for one in queries.search_schools(words)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SD NEGERI 01 BATURRADEN", "sdn 1 baturaden"),
        ("SD N 2 Kedung Banteng", "SDN 2 KEDUNGBANTENG"),
        ("SMP NEGERI 3 BATURADEN", "smpn 3 Baturraden"),
    ],
)
def test_two_spellings_of_a_place_have_one_key(one: str, other: str) -> None:
    assert school_key(one) == school_key(other)


def test_a_school_is_found_by_former_names_whole_and_in_part() -> None:
    school("SD NEGERI 9 JAYA MULIA", "99000001", "SD Inpres Randu Alas", "")
    for words in ("jaya mulia", "randu alas", "inpres rand", "sd negeri 9 jaya", "99000001"):
        assert found(words) == ["99000001"], words
    # Words of two names together are no name of it.
    assert found("randu mulia") == []
    listed = db.session().scalars(queries.schools(words="inpres randu")).all()
    assert [one.npsn for one in listed] == ["99000001"]


def test_a_new_name_keeps_the_former_one() -> None:
    id = school("SD NEGERI 9 JAYA MULIA", "99000001")
    change(id, name="SD NEGERI 9 MAJU TERUS")
    assert [alias.name for alias in other_names.of(id)] == ["SD NEGERI 9 JAYA MULIA"]
    assert found("jaya mulia") == ["99000001"]
    # Back again: its own name is no other name, and one that is written in two ways is one.
    change(id, name="SDN 09 Jaya Mulia", also=["SD N 9 jaya mulia", "SD Maju", "sd  MAJU"])
    assert [alias.name for alias in other_names.of(id)] == ["sd MAJU"]


def test_a_file_of_schools_keeps_former_names_and_takes_people_along() -> None:
    id = school("SD NEGERI 9 JAYA MULIA", "99000001")
    teacher = factories.person("Sri", school_id=id, kecamatan_code="33.02.22")
    line = "99000001;SD NEGERI 9 MAJU TERUS;SD;negeri;Sokaraja"
    with db.transaction():
        content = f"npsn;nama;jenjang;status;kode_kecamatan\n{line}".encode()
        assert schools.import_schools(content, actor=factories.SYSTEM, now=clock.now()).changed == 1
    assert found("jaya mulia") == ["99000001"]
    assert db.session().get_one(Person, teacher.id).kecamatan_code == "33.02.19"


@pytest.mark.parametrize("place", ["33.02.22", "3302200", "030220", "Baturraden", "Kec. Baturaden", "BATURADEN"])
def test_a_place_is_read_by_its_three_codes_and_its_names(place: str) -> None:
    line = f"99000001;SD NEGERI 9 JAYA MULIA;SD;negeri;{place}"
    with db.transaction():
        content = f"npsn;nama;jenjang;status;kecamatan\n{line}".encode()
        assert schools.import_schools(content, actor=factories.SYSTEM, now=clock.now()).problems == []
    assert import_people(f"surel;nama;kecamatan\na@example.org;Sri Mulyati;{place}".encode()).added == 1
    assert place_of(School, "npsn", "99000001") == "33.02.22"
    assert place_of(Person, "email", "a@example.org") == "33.02.22"


def test_a_staff_list_may_write_former_names_but_not_one_of_two_schools() -> None:
    id = school("SD NEGERI 9 JAYA MULIA", "99000001", "SD Randu Alas", "SD Kembar")
    school("SD NEGERI 8 JAYA MULIA", "99000002", "SD Kembar")
    listed = listing.read(
        listing.text("Sri Mulyati;;SD Randu Alas", "Budi Santoso;;SD Kembar", head="nama;nip;sekolah")
    )
    new, waits = db.session().scalars(listing.lists.everything(listed)).all()
    assert (new.verdict, new.facts["school_id"]) == (Verdict.NEW, id)
    assert (waits.verdict, waits.why) == (Verdict.WAITS, "schools")


def test_the_number_of_a_merged_school_means_the_other_one() -> None:
    kept, gone = school("SD NEGERI 9 JAYA MULIA", "99000001"), school("SD NEGERI 8 JAYA MULIA", "99000002")
    with db.transaction():
        merged = db.session().get_one(School, gone)
        merged.merged_into_id, merged.active = kept, False
    assert import_people(b"surel;nama;npsn\na@example.org;Sri Mulyati;99000002").added == 1
    with db.transaction():
        content = b"npsn;jumlah\n99000002;7"
        today = clock.today()
        headcounts.import_headcounts(content, name="GTK", as_of=today, actor=factories.SYSTEM, now=clock.now())
    assert db.session().scalar(sa.select(Person.school_id).where(Person.email == "a@example.org")) == kept
    assert other_names.by_name()[school_key("SDN 8 Jaya Mulia")] == [kept]
    with pytest.raises(SchoolMerged):
        change(gone, active=True)
    change(gone, active=False)


def test_the_page_of_a_school_shows_and_keeps_its_other_names(client_of: Any) -> None:
    id = school("SD NEGERI 9 JAYA MULIA", "99000001", "SD Randu Alas")
    client: FlaskClient = client_of(factories.person("Adi", Role.ADMIN).id)
    assert "SD Randu Alas" in client.get("/kelola/sekolah/99000001").get_data(as_text=True)
    typed = {"npsn": "99000001", "name": "SD NEGERI 9 JAYA MULIA", "jenjang": "sd", "sector": "negeri", "active": "y"}
    answer = client.post(
        "/kelola/sekolah/99000001", data={**typed, "kecamatan_code": "33.02.22", "also": "SD Satu\r\nSD Dua\r\n"}
    )
    assert answer.status_code == 302
    assert [alias.name for alias in other_names.of(id)] == ["SD Dua", "SD Satu"]
