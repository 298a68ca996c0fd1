"""Two schools become one and are taken apart again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.duplicates import schools
from calakan.duplicates.errors import MergedSince, MergeOver, SameSchool, SchoolGone
from calakan.duplicates.models import SchoolMerge
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people import other_names, queries
from calakan.people.models import Jenjang, Person, PersonScope, School, Sector
from calakan.people.services import schools as listing
from tests import factories
from tests.people.acting import acts, by, count, refused, row

pytestmark = pytest.mark.usefixtures("added", "app")
GIVEN: dict[str, Any] = {"jenjang": Jenjang.SD, "sector": Sector.STATE}


@pytest.fixture
def added(migrated_app: Flask) -> Iterator[None]:
    """Schools stay from test to test: those of this one go when everything else has gone."""
    yield
    with migrated_app.app_context(), db.transaction() as session:
        session.execute(sa.delete(School).where(School.npsn.like("990000%"), School.merged_into_id.is_not(None)))
        session.execute(sa.delete(School).where(School.npsn.like("990000%")))


def school(number: int, name: str, *also: str, place: str = "33.02.22") -> int:
    made = by(listing.save_school, None, npsn=f"9900000{number}", name=name, kecamatan_code=place, also=also, **GIVEN)
    assert isinstance(made, School)
    return made.id


def one(id: int) -> School:
    db.session().rollback()
    return db.session().get_one(School, id)


def names(id: int) -> list[str]:
    db.session().rollback()
    return [alias.name for alias in other_names.of(id)]


def test_people_scopes_and_names_go_along_and_come_back() -> None:
    kept = school(1, "SD NEGERI 9 JAYA MULIA", "SD Satu")
    gone = school(2, "SD NEGERI 8 JAYA MULIA", "SD Dua", place="33.02.19")
    ani = factories.person("Ani", school_id=gone, kecamatan_code="33.02.19").id
    with db.transaction() as session:
        session.add(PersonScope(person_id=ani, school_id=gone))
    assert schools.preview(one(kept), one(gone)) == {"person": 1, "person_scope": 1, "school_alias": 1}
    by(schools.merge, kept, gone)
    assert (row(ani).school_id, row(ani).kecamatan_code, count(PersonScope, school_id=kept)) == (kept, "33.02.22", 1)
    assert (one(gone).active, one(gone).merged_into_id) == (False, kept)
    assert names(kept) == ["SD Dua", "SD NEGERI 8 JAYA MULIA", "SD Satu"]
    assert (other_names.by_npsn()["99000002"], queries.search_schools("sdn 8 jaya mulia")[0].id) == (kept, kept)
    assert acts("duplicates.") == ["duplicates.merge_school", "duplicates.merged_school"]
    by(schools.undo, gone)
    assert (row(ani).school_id, row(ani).kecamatan_code, count(PersonScope, school_id=gone)) == (gone, "33.02.19", 1)
    assert (one(gone).active, one(gone).merged_into_id, names(gone), names(kept)) == (
        True,
        None,
        ["SD Dua"],
        ["SD Satu"],
    )
    assert acts("duplicates.")[2:] == ["duplicates.undo_school", "duplicates.undone_school"]


def test_a_school_that_took_another_one_in_is_merged_with_it() -> None:
    first, second, third = (school(at, f"SD NEGERI {at} JAYA MULIA") for at in (1, 2, 3))
    by(schools.merge, first, second)
    by(schools.merge, third, first)
    assert other_names.by_npsn()["99000002"] == third
    refused(MergedSince, by, schools.undo, second)
    by(schools.undo, first)
    assert other_names.by_npsn()["99000002"] == first
    by(schools.undo, second)
    assert other_names.by_npsn()["99000002"] == second


def test_what_is_refused() -> None:
    kept, gone = school(1, "SD NEGERI 9 JAYA MULIA"), school(2, "SD NEGERI 8 JAYA MULIA")
    refused(SameSchool, by, schools.merge, kept, kept)
    refused(NotFound, by, schools.merge, kept, 10**8)
    refused(MergeOver, by, schools.undo, gone)
    by(schools.merge, kept, gone)
    for pair in ((kept, gone), (gone, kept)):
        refused(SchoolGone, by, schools.merge, *pair)
    refused(MergeOver, by, schools.undo, gone, now=clock.now() + SchoolMerge.UNDO_WITHIN * 1.01)
    by(schools.undo, gone)
    with db.transaction() as session:
        session.get_one(School, kept).active = False
    refused(SchoolGone, by, schools.merge, kept, gone)


def test_schools_with_one_name_in_one_place_are_proposed() -> None:
    first = school(1, "SD NEGERI 9 JAYA MULIA")
    second = school(2, "SDN 09 JAYA MULIA")
    school(3, "SD NEGERI 9 JAYA MULIA", place="33.02.19")
    former = school(4, "SD MAJU TERUS", "SD NEGERI 9 JAYA MULIA")
    ours = {first, second, former}
    assert {(a.id, b.id) for a, b in schools.likely(1000) if a.id in ours} == {
        (first, second), (first, former), (second, former),
    }  # fmt: skip


def test_every_column_that_names_a_school_is_moved_or_has_its_reason() -> None:
    found = {
        f"{table.name}.{key.parent.name}"
        for table in db.Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "school"
    }
    assert found == {*schools.MOVES, *schools.STAYS}


def test_an_admin_merges_and_takes_apart_on_the_pages_of_schools(client_of: Any) -> None:
    client: FlaskClient = client_of(factories.person("Adi", Role.ADMIN).id)
    kept, gone = school(1, "SD NEGERI 9 JAYA MULIA"), school(2, "SDN 9 JAYA MULIA")
    ani = factories.person("Ani", school_id=gone).id
    page = client.get("/kelola/sekolah").get_data(as_text=True)
    assert "/kelola/sekolah/99000002/gabung?ke=99000001" in page
    page = client.get("/kelola/sekolah/99000002/gabung?ke=99000001").get_data(as_text=True)
    assert "Orang: 1" in page
    assert "tidak dikenal" in client.get("/kelola/sekolah/99000002/gabung?ke=99000009").get_data(as_text=True)
    sent = client.post("/kelola/sekolah/99000002/gabung", data={"ke": "99000001"})
    assert sent.headers["Location"] == "/kelola/sekolah/99000001"
    assert db.session().get_one(Person, ani).school_id == kept
    page = client.get("/kelola/sekolah/99000002").get_data(as_text=True)
    assert "SD NEGERI 9 JAYA MULIA" in page
    assert client.post("/kelola/sekolah/99000002/pisah").headers["Location"] == "/kelola/sekolah/99000002"
    assert one(gone).active
