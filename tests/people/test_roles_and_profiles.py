"""Each way out of the services of accounts, roles, schools and profiles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.errors import (
    EmailTaken,
    ErasedAlready,
    KecamatanUnknown,
    LastAdmin,
    NameTooLong,
    NpsnInvalid,
    NpsnTaken,
    OwnRoles,
    SchoolUnknown,
)
from calakan.people.models import (
    Jenjang,
    Kecamatan,
    Login,
    Person,
    School,
)
from calakan.people.services import entry, profile, roles, schools
from tests import factories
from tests.people.acting import SCHOOL, SECOND, acts, by, count, log_in, mails, refused, row
from tests.people.importing import import_people


def test_an_admin_adds_a_person_once(app: Flask) -> None:
    by(roles.add_person, "Baru@Example.org", "Sri", roles=[Role.PANITIA, Role.PESERTA], password_hash=None)
    person = queries.by_email("baru@example.org")
    assert person is not None
    assert (queries.actor_of(person).roles, mails(entry.RESET)) == ({Role.PESERTA, Role.PANITIA}, [person.id])
    refused(EmailTaken, by, roles.add_person, "baru@example.org", "X", roles=[], password_hash="x")
    by(roles.add_person, "dua@example.org", "Budi", roles=[], password_hash="x")
    assert (len(mails(entry.RESET)), acts("people.add")) == (1, ["people.add"] * 2)


def test_roles_end_log_ins_and_staff_chooses_a_new_password(app: Flask) -> None:
    ani, admin = factories.person("Ani").id, factories.person("Admin", Role.ADMIN)
    with db.transaction() as session:
        session.get_one(Person, ani).password_hash = "x"
    boss = factories.actor(admin)
    refused(OwnRoles, by, roles.set_roles, admin.id, [], actor=boss)
    log_in(ani)
    by(roles.set_roles, ani, [Role.PESERTA], actor=boss)
    assert (count(Login), acts("people.set_roles")) == (1, [])
    by(roles.set_roles, ani, [Role.NARASUMBER], actor=boss)
    assert (row(ani).password_hash, count(Login), mails(entry.RESET)) == ("x", 0, [])
    by(roles.set_roles, ani, [Role.NARASUMBER, Role.PANITIA], actor=boss)
    assert (row(ani).password_hash, mails(entry.RESET)) == (None, [ani])
    by(roles.set_roles, ani, [Role.ADMIN], actor=boss)
    assert queries.actor_of(row(ani)).roles == {Role.PESERTA, Role.ADMIN}
    assert (len(mails(entry.RESET)), acts("people.set_roles")) == (1, ["people.set_roles"] * 3)


def test_one_admin_always_stays(app: Flask) -> None:
    one, other = (factories.person(name, Role.ADMIN).id for name in ("Satu", "Dua"))
    factories.person("Panitia", Role.PANITIA)
    with db.transaction() as session:
        session.get_one(Person, other).active = False
    refused(LastAdmin, by, roles.set_roles, one, [Role.PANITIA])
    refused(LastAdmin, by, roles.switch_account, one, active=False)
    by(roles.switch_account, other, active=True)
    by(roles.switch_account, one, active=False)
    assert (row(one).active, row(other).active) == (False, True)
    refused(OwnRoles, by, roles.switch_account, other, active=True, actor=Actor(person_id=other, name="Dua"))


def test_a_closed_account_is_logged_out_and_an_erased_one_stays_so(app: Flask) -> None:
    ani = factories.person("Ani").id
    log_in(ani)
    by(roles.switch_account, ani, active=True)
    assert count(Login) == 1
    by(roles.switch_account, ani, active=False)
    assert (count(Login), acts("people.")[-2:]) == (0, ["people.reactivate", "people.deactivate"])
    with db.transaction() as session:
        session.get_one(Person, ani).email = f"x{Person.ERASED_DOMAIN}"
    refused(ErasedAlready, by, roles.switch_account, ani, active=True)


def test_a_scope_names_schools_and_kecamatan_that_exist(app: Flask) -> None:
    ani = factories.person("Ani").id
    school = db.session().scalars(sa.select(School.id).order_by(School.id).limit(2)).all()
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code).limit(1)).one()
    refused(SchoolUnknown, by, roles.set_scope, ani, school_ids=[school[0], 10**8], kecamatan_codes=[])
    refused(KecamatanUnknown, by, roles.set_scope, ani, school_ids=[], kecamatan_codes=[code, "x"])
    log_in(ani)
    by(roles.set_scope, ani, school_ids=school, kecamatan_codes=[code])
    found = queries.actor_of(row(ani))
    assert (found.school_ids, found.kecamatan_codes, count(Login)) == (set(school), {code}, 0)
    by(roles.set_scope, ani, school_ids=school[:1], kecamatan_codes=[])
    found = queries.actor_of(row(ani))
    assert (found.school_ids, found.kecamatan_codes) == ({school[0]}, frozenset())
    assert acts("people.set_scope") == ["people.set_scope"] * 2


def test_a_school_has_one_number_and_a_place(app: Flask) -> None:
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code)).first()
    taken = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert taken is not None
    id, npsn = taken.id, taken.npsn
    try:
        given = {**SCHOOL, "kecamatan_code": code}
        refused(NpsnInvalid, by, schools.save_school, None, npsn="1234567", **given)
        refused(NpsnTaken, by, schools.save_school, None, npsn=npsn, **given)
        refused(KecamatanUnknown, by, schools.save_school, None, npsn="99999999", **{**given, "kecamatan_code": "x"})
        refused(NotFound, by, schools.save_school, 10**8, npsn="99999999", **given)
        made = by(schools.save_school, None, npsn=" p9999999 ", **given)
        assert isinstance(made, School)
        number = made.id
        assert (made.npsn, made.name, made.search_key, made.active) == ("P9999999", "SD Baru", "sd baru", True)
        by(schools.save_school, number, npsn="P9999999", active=False, **given)
        assert (number != id, db.session().get_one(School, number).active) == (True, False)
        assert queries.search_schools("sd baru") == []
        assert acts("people.") == ["people.add_school", "people.change_school"]
    finally:
        with db.transaction() as session:
            session.execute(sa.delete(School).where(School.npsn == "P9999999"))


def test_a_profile_names_places_that_exist(app: Flask) -> None:
    ani = factories.person("Ani").id
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code)).first()

    def save(**given: Any) -> Person:
        by(profile.save_profile, ani, profile.Profile(**{"name": "Ani", **given}))
        return row(ani)

    refused(SchoolUnknown, save, school_id=10**8)
    refused(KecamatanUnknown, save, kecamatan_code="x")
    found = save(school_elsewhere="SD Jauh", kecamatan_code=code)
    assert (found.school_id, found.school_elsewhere, found.kecamatan_code) == (None, "SD Jauh", code)
    found = save(school_elsewhere="SD Jauh", kabupaten_elsewhere="Cilacap", kecamatan_code=code)
    assert (found.kabupaten_elsewhere, found.kecamatan_code) == ("Cilacap", None)
    found = save(jabatan="guru_kelas", subject_taught="IPA")
    assert (found.subject_taught, found.notice_version, found.kabupaten_elsewhere) == ("", profile.NOTICE_VERSION, "")
    assert save(jabatan="guru_mapel", subject_taught="IPA").subject_taught == "IPA"
    school = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert school is not None
    id, level, place = school.id, school.jenjang, school.kecamatan_code
    found = save(school_id=id, kecamatan_code="x")
    assert (found.jenjang, found.kecamatan_code) == (level, place)
    assert save(school_id=id, jenjang=Jenjang.SMK).jenjang is Jenjang.SMK


def test_a_row_of_a_file_is_kept_as_it_fits_or_not_at_all(app: Flask) -> None:
    long = {"gelar_depan": 59, "gelar_belakang": 79, "mapel": 80, "nama": 100}
    lines = ["surel;nama;gelar_depan;gelar_belakang;mapel"]
    for n, (column, most) in enumerate(long.items()):
        for extra in (0, 1 if column in ("mapel", "nama") else 2):
            row = {"nama": "Ani", "gelar_depan": "", "gelar_belakang": "", "mapel": "", column: "A" * (most + extra)}
            lines.append(
                f"guru{n}{extra}@example.org;{row['nama']};{row['gelar_depan']};{row['gelar_belakang']};{row['mapel']}"
            )
    found = import_people("\n".join(lines).encode())
    assert [(line, column) for line, column, _ in found.problems] == [
        (3, "gelar_depan"), (5, "gelar_belakang"), (7, "mapel"), (9, "nama"),
    ]  # fmt: skip
    assert (found.added, found.known, acts("people.add")) == (4, 0, ["people.add"] * 4)
    again = import_people("\n".join(lines[:2]).encode())
    assert (again.added, again.known) == (0, 1)


def test_an_address_that_looks_mistyped_is_taken_and_told(app: Flask) -> None:
    found = import_people(b"surel;nama\nani@gmial.com;Ani\nbudi@gmail.com;Budi\n")
    assert (found.added, found.doubtful) == (2, [(2, "ani@gmail.com")])


def test_the_notice_is_agreed_to_once_for_each_version(app: Flask) -> None:
    ani, now = factories.person("Ani").id, clock.now()

    def agreed(at: datetime) -> datetime | None:
        by(profile.save_profile, ani, profile.Profile(name="Ani", accept_notice=True), now=at)
        return row(ani).notice_accepted_at

    first = row(ani).notice_accepted_at
    assert agreed(now + SECOND) == first
    for values in ({"notice_version": 0}, {"notice_accepted_at": None}):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == ani).values(**values))
        now += 2 * SECOND
        assert agreed(now) == now
        assert row(ani).notice_version == profile.NOTICE_VERSION


def test_a_title_that_outgrows_its_column_by_its_dot_is_refused(app: Flask) -> None:
    ani = factories.person("Ani").id
    for title in ({"title_before": "A" * 60}, {"title_after": "A" * 80}):
        given = profile.Profile(name="Ani", **title)
        refused(NameTooLong, by, profile.save_profile, ani, given)
    by(profile.save_profile, ani, profile.Profile(name="Ani", title_before="A" * 59, title_after="B" * 79))
    found = import_people(f"surel;nama;gelar_depan\nx@y.id;Budi;{'A' * 60}\n".encode())
    assert (found.added, [line for line, _, _ in found.problems]) == (0, [2])
