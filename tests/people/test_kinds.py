"""RA, MI, MTs and MA: kinds of their own in lists, names, diklat, filters and reports; and schools of other kabupaten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import queries as diklat
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import ranking
from calakan.people import aliases, kabupaten, queries
from calakan.people.directory import school_key
from calakan.people.errors import SchoolUnnamed
from calakan.people.models import Authority, Jenjang, Person, School
from calakan.people.services import profile
from calakan.people.services.schools import import_schools
from calakan.reports import coverage, elsewhere, stages
from calakan.reports.terms import LEVELS, Dimension, Filters
from tests import factories

RA, MI, MTS, MA, ANY = Jenjang.RA, Jenjang.MI, Jenjang.MTS, Jenjang.MA, Jenjang.MADRASAH


@pytest.mark.parametrize(
    ("jenjang", "name", "kind"),
    [
        ("RA", "RA Muslimat", RA), ("raudhatul athfal", "RA X", RA), ("Madrasah", "BA Aisyiyah 1", RA),
        ("MI", "MI Ma'arif", MI), ("MIS", "MIS Ma'arif NU", MI), ("madrasah", "MIN 1 Banyumas", MI),
        ("Madrasah Ibtidaiyah", "X", MI), ("MTsN", "MTsN 2", MTS), ("MADRASAH", "MTsS Pakis", MTS), ("MTs", "MTs", MTS),
        ("madrasah", "Madrasah Tsanawiyah Pakis", MTS), ("MAN", "MAN 1", MA), ("madrasah", "MA Negeri Purwokerto", MA),
        ("MAK", "MAK", MA), ("Madrasah", "Al Hikmah", ANY), ("SMA", "MA Chung", Jenjang.SMA),
        ("SD", "SD IT Mas Mansyur", Jenjang.SD),
    ],
)  # fmt: skip
def test_a_list_names_a_kind_by_its_word_or_by_the_name_of_the_school(
    app: Flask, jenjang: str, name: str, kind: Jenjang
) -> None:
    content = f"npsn;nama;jenjang;status;kecamatan\n99000001;{name};{jenjang};swasta;Sokaraja".encode()
    try:
        with db.transaction():
            assert import_schools(content, actor=factories.SYSTEM, now=clock.now()).problems == []
        assert db.session().scalar(sa.select(School.jenjang).where(School.npsn == "99000001")) is kind
    finally:
        with db.transaction() as session:
            session.execute(sa.delete(School).where(School.npsn == "99000001"))


def test_each_kind_has_its_level_its_authority_and_its_name_once() -> None:
    assert {kind: kind.equals for kind in (RA, MI, MTS, MA)} == {
        RA: Jenjang.PAUD, MI: Jenjang.SD, MTS: Jenjang.SMP, MA: Jenjang.SMA,
    }  # fmt: skip
    assert all(kind.authority is Authority.KEMENAG for kind in ANY.within)
    assert [LEVELS[kind] for kind in (RA, MI, MTS, MA)] == ["RA", "MI", "MTs", "MA"]
    assert set(LEVELS) == set(Jenjang)
    assert aliases.JENJANG["mts"] is MTS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MIN 1 Banyumas", "MI Negeri 1 Banyumas"),
        ("MTsN 2", "mts n 02"),
        ("MAN 1 Purwokerto", "ma negeri 1 purwokerto"),
    ],
)
def test_names_of_madrasah_are_found_however_they_are_written(one: str, other: str) -> None:
    assert school_key(one) == school_key(other)
    assert school_key("SMP Mas Man") == "smp mas man"


def test_who_teaches_there_is_meant_by_the_kind_and_by_all_madrasah_alone(app: Flask) -> None:
    assert [enrolment.meant([level], [], MI, None) for level in (MI, ANY, Jenjang.SD, MTS)] == [
        True,
        True,
        False,
        False,
    ]
    assert not enrolment.meant([MI], [], ANY, None)
    assert ranking.teaches([ANY], [MI])
    assert ranking.teaches([MI], [ANY])
    assert not ranking.teaches([MI], [Jenjang.SD, MTS])
    titles = {level: factories.diklat(level.name, levels=[level]).title for level in (MI, MTS, ANY, Jenjang.SD)}

    def shown(level: Jenjang) -> set[str]:
        wanted = diklat.catalogue(diklat.Filters(level=level.value), now=clock.now())
        return {row.title for row in db.session().scalars(wanted)}

    assert shown(MI) == {titles[MI], titles[ANY]}
    assert shown(ANY) == {titles[MI], titles[MTS], titles[ANY]}
    assert shown(Jenjang.SD) == {titles[Jenjang.SD]}


def test_reports_count_each_kind_apart_and_all_together(
    app: Flask, client_of: Callable[[int | None], FlaskClient]
) -> None:
    for name, kind in (("Ani", MI), ("Budi", MTS), ("Cici", Jenjang.SD)):
        factories.person(name, jenjang=kind)

    def names(*only: tuple[Dimension, str]) -> set[str]:
        return set(db.session().scalars(sa.select(Person.name).where(stages.of_person(Filters(only=only)))))

    course = factories.diklat().id
    for id in db.session().scalars(sa.select(Person.id)).all():
        with db.transaction():
            enrolment.join(course, id, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
    panitia = client_of(factories.person("Rina", Role.PANITIA).id)
    page = panitia.get("/kelola/laporan?menurut=jenjang&dari=&sampai=").text
    assert "MI setara SD, MTs setara SMP" in page
    assert "MI setara" not in panitia.get("/kelola/laporan?menurut=jabatan&dari=&sampai=").text
    assert names((Dimension.JENJANG, "mi")) == {"Ani"}
    assert names((Dimension.JENJANG, "madrasah")) == {"Ani", "Budi"}
    assert names((Dimension.JENJANG, "atlantis")) == set()
    assert names((Dimension.AUTHORITY, "kemenag")) == {"Ani", "Budi"}
    id = db.session().scalar(sa.select(sa.func.min(School.id)))
    with db.transaction() as session:
        was = session.get_one(School, id).jenjang
        session.get_one(School, id).jenjang = MTS
    try:
        found = coverage.coverage(Filters(), visible_to=factories.SYSTEM, jenjang=ANY)
        assert [row.jenjang for row in found.schools] == [MTS]
        assert {school.id for school in db.session().scalars(queries.schools(jenjang=ANY))} == {id}
    finally:
        with db.transaction() as session:
            session.get_one(School, id).jenjang = was


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("KAB. CILACAP", "Cilacap"), ("kabupaten cilacap", "Cilacap"), ("Cilacap", "Cilacap"), ("kota tegal", "Kota Tegal"),
        ("Kab Banyumas", ""), ("banyumas", ""), ("Kota Banyumas", "Kota Banyumas"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_another_kabupaten_is_one_however_it_is_written(typed: str, kept: str) -> None:
    assert kabupaten.tidy(typed) == kept


def test_who_works_elsewhere_names_the_school_and_is_counted_apart(app: Flask) -> None:
    ani, course = factories.person("Ani").id, factories.diklat().id

    def save(**more: str) -> None:
        with db.transaction():
            profile.save_profile(
                ani,
                replace(profile.Profile(name="Ani", jabatan="guru_kelas"), **more),
                actor=factories.SYSTEM,
                now=clock.now(),
            )

    with pytest.raises(SchoolUnnamed):
        save(kabupaten_elsewhere="Kab. Cilacap")
    save(kabupaten_elsewhere="Kab. Cilacap", school_elsewhere="SD Jauh")
    with db.transaction():
        enrolment.join(course, ani, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
    assert elsewhere.by_kabupaten(Filters(), visible_to=factories.SYSTEM) == [("Cilacap", 1, 1)]
    save(kabupaten_elsewhere="Banyumas", school_elsewhere="SD Dekat", kecamatan_code="33.02.22")
    assert elsewhere.by_kabupaten(Filters(), visible_to=factories.SYSTEM) == []
    assert db.session().scalar(sa.select(Person.kecamatan_code)) == "33.02.22"
