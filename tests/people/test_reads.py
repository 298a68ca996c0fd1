"""Whom one may see, how people, schools and numbers are found and written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.people import log_ins, names, nip, phones, queries, typos
from calakan.people.directory import school_key
from calakan.people.errors import NipInvalid, NuptkInvalid, PhoneInvalid
from calakan.people.log_ins import LoginLimits
from calakan.people.models import Jenjang, Kecamatan, Login, Person, PersonRole, PersonScope, School
from calakan.people.services import accounts
from tests import factories

SECOND = timedelta(seconds=1)


@pytest.fixture
def three(app: Flask) -> list[int]:
    """Ani at the first school, Budi in the second kecamatan without a school, Cici nowhere."""
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    with db.transaction() as session:
        places = session.scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code).limit(2)).all()
        for id, place in ((people[1], places[1]), (people[2], None)):
            person = session.get_one(Person, id)
            person.school_id, person.kecamatan_code = None, place
    return people


def ids(wanted: sa.Select[Person]) -> list[int]:
    db.session().rollback()
    return [person.id for person in db.session().scalars(wanted)]


def test_whom_an_actor_sees(three: list[int]) -> None:
    ani, budi, cici = three
    school, place = (
        db.session().get_one(Person, ani).school_id, db.session().get_one(Person, budi).kecamatan_code,
    )  # fmt: skip
    assert school is not None
    assert place is not None

    def seen(**given: Any) -> list[int]:
        return ids(queries.people(visible_to_actor=Actor(**{"person_id": cici, "name": "x", **given})))

    assert seen() == [cici]
    assert seen(school_ids=frozenset({school})) == [ani, cici]
    assert seen(kecamatan_codes=frozenset({place})) == [budi, cici]
    assert seen(roles=frozenset({Role.PANITIA})) == three
    mine = Actor(person_id=cici, name="x", school_ids=frozenset({school}), kecamatan_codes=frozenset({place}))
    assert ids(queries.in_scope(mine)) == [ani, budi]
    assert ids(queries.in_scope(mine, words="budi")) == [budi]
    assert ids(queries.in_scope(mine, words="@example.org")) == []
    names_of = queries.scope_names(mine)
    assert names_of == [
        db.session().get_one(School, school).name, f"Kecamatan {db.session().get_one(Kecamatan, place).name}",
    ]  # fmt: skip
    with db.transaction() as session:
        session.get_one(Person, budi).active = False
    assert ids(queries.in_scope(mine)) == [ani]


def test_people_are_found_by_name_address_role_and_place(three: list[int]) -> None:
    ani, budi, cici = three
    with db.transaction() as session:
        session.add_all([PersonRole(person_id=budi, role=Role.PANITIA), PersonRole(person_id=cici, role=Role.ADMIN)])
        place, email = session.get_one(Person, budi).kecamatan_code, session.get_one(Person, ani).email

    def found(**given: Any) -> list[int]:
        return ids(queries.people(visible_to_actor=factories.SYSTEM, **given))

    assert (found(words="cic"), found(words=email.upper()), found(words="tidak ada")) == ([cici], [ani], [])
    assert (found(role=Role.PANITIA), found(role=Role.PESERTA)) == ([budi], three)
    assert found(kecamatan_code=place) == [budi]
    assert [person.id for person in queries.with_roles(Role.PANITIA, Role.ADMIN)] == [budi, cici]
    assert [person.id for person in queries.with_roles(Role.ADMIN)] == [cici]
    with db.transaction() as session:
        session.get_one(Person, cici).active = False
    assert queries.with_roles(Role.ADMIN) == []
    code = db.session().get_one(Person, ani).code
    assert queries.by_code(code.lower()).id == ani
    assert (queries.by_code("x"), queries.person(None)) == (None, None)
    assert queries.by_email(f" {email.upper()} ").id == ani
    assert [queries.staff_roles(queries.person(id)) for id in three] == [False, True, True]
    assert not queries.demo_people_exist()
    with db.transaction() as session:
        session.get_one(Person, ani).demo = True
    assert queries.demo_people_exist()


def test_an_actor_has_his_own_roles_and_scope(three: list[int]) -> None:
    ani, budi, _ = three
    with db.transaction() as session:
        school = session.scalars(sa.select(School.id).order_by(School.id)).first()
        place = session.scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code)).first()
        session.add_all(
            [
                PersonRole(person_id=ani, role=Role.PANITIA), PersonScope(person_id=ani, school_id=school),
                PersonScope(person_id=ani, kecamatan_code=place), PersonRole(person_id=budi, role=Role.NARASUMBER),
            ]
        )  # fmt: skip
    found = queries.actor_of(db.session().get_one(Person, ani))
    assert (found.person_id, found.name, found.roles) == (ani, "Ani", {Role.PESERTA, Role.PANITIA})
    assert (found.school_ids, found.kecamatan_codes) == ({school}, {place})
    other = queries.actor_of(db.session().get_one(Person, budi))
    assert (other.roles, other.school_ids, other.kecamatan_codes) == (
        {Role.PESERTA, Role.NARASUMBER}, frozenset(), frozenset(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("SD 1", "SD 2", "Cilacap", "Baturraden"), "SD 1"), ((None, "SD 2", "Cilacap", "x"), "SD 2, Cilacap"),
        ((None, "SD 2", "", "x"), "SD 2"), ((None, "", "Cilacap", "Baturraden"), "Kecamatan Baturraden"),
        ((None, "", "", None), ""),
    ],
)  # fmt: skip
def test_where_somebody_works(given: tuple[str | None, str, str, str | None], text: str) -> None:
    assert queries.placed(*given) == text


LIMITS = LoginLimits(idle=timedelta(minutes=30), staff=timedelta(hours=12), everyone=timedelta(days=30))


def test_how_long_a_log_in_counts(three: list[int]) -> None:
    ani, budi, _ = three
    now = clock.now()
    with db.transaction() as session:
        session.add(PersonRole(person_id=ani, role=Role.PANITIA))
    with db.transaction():
        staff, plain = (accounts.log_in(id, device="hp", now=now) for id in (ani, budi))

    def counts(secret: str, after: timedelta) -> bool:
        db.session().rollback()
        return log_ins.logged_in(secret, now=now + after, limits=LIMITS) is not None

    half = timedelta(minutes=30)
    assert [counts(staff, after) for after in (half - SECOND, half)] == [True, False]
    month = timedelta(days=30)
    assert [counts(plain, after) for after in (month - SECOND, month)] == [True, False]
    with db.transaction() as session:
        session.execute(sa.update(Login).values(last_seen_at=now + month))
    day = timedelta(hours=12)
    assert [counts(staff, after) for after in (day - SECOND, day)] == [True, False]
    found = log_ins.logged_in(staff, now=now, limits=LIMITS)
    assert found is not None
    assert (found.actor.person_id, found.actor.roles, found.name) == (ani, {Role.PESERTA, Role.PANITIA}, "Ani")
    assert (found.complete, found.second_factor, found.lacks_second_factor, found.unread) == (True, False, False, 0)
    assert log_ins.logged_in("x", now=now, limits=LIMITS) is None
    with db.transaction() as session:
        session.get_one(Person, budi).active = False
    assert not counts(plain, SECOND)


def test_schools_are_found_however_they_are_written(app: Flask) -> None:
    first = db.session().scalars(sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.id)).first()
    assert first is not None
    assert queries.search_schools(first.name.lower())[0].search_key == first.search_key
    assert [school.id for school in queries.search_schools(f" {first.npsn} ")] == [first.id]
    assert queries.search_schools(" ") == []
    found = queries.search_schools("sd 1", limit=3)
    assert len(found) == 3
    assert {school.jenjang for school in queries.search_schools("1", jenjang=Jenjang.SMP)} == {Jenjang.SMP}
    assert len(queries.search_schools("sd", limit=25)) == 25
    assert len(queries.search_schools("sd")) == 20
    listed = db.session().scalars(queries.schools(words=first.npsn)).all()
    assert [school.id for school in listed] == [first.id]
    here = db.session().scalars(queries.schools(kecamatan_code=first.kecamatan_code, jenjang=Jenjang.SMP)).all()
    assert {(school.kecamatan_code, school.jenjang) for school in here} == {(first.kecamatan_code, Jenjang.SMP)}
    assert [school.name for school in here] == sorted(school.name for school in here)
    assert queries.school_by_npsn(f" {first.npsn.lower()} ").id == first.id
    assert queries.school_by_npsn("x") is None
    places = [place.name for place in queries.all_kecamatan()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SD NEGERI 01 KEDUNGWULUH", "sd 1 kedungwuluh"), ("SDN 1 Kedungwuluh", "sd 1 kedungwuluh"),
        ("sd n 1 kedungwuluh", "sd 1 kedungwuluh"), ("SDN1Kedungwuluh", "sd 1 kedungwuluh"),
        ("Negeri Jaya", "negeri jaya"), ("SMA 0", "sma 0"), ("MI Negeri 2", "mi 2"), ("Mi Negeri Jaya", "mi jaya"),
            ("SD Mas Man", "sd mas man"),
    ],
)  # fmt: skip
def test_the_key_of_a_school(name: str, key: str) -> None:
    assert school_key(name) == key


@pytest.mark.parametrize(
    ("work", "typed", "written"),
    [
        (names.title_after, "spd, mpd", "S.Pd., M.Pd."), (names.title_after, "X ; ", "X."), (names.title_after, "X.", "X."),
        (names.title_before, "dra hj", "Dra. Hj."), (names.title_before, "k.h.", "K.H."), (names.title_before, "k", "k."),
        (names.title_before, "Dr dr.", "Dr. dr."), (names.title_before, "K x", "K. x."), (names.title_before, "K.H Ir", "K.H. Ir."),
        (names.clean_name, " Ma`ruf  A ", "Ma'ruf A"),
        (names.suggestion, "MA'RUF AMIN", "Ma'ruf Amin"), (names.suggestion, "Ani Budi", None), (names.suggestion, "ANI", None),
        (names.suggestion, "ANIS", "Anis"),
        (names.initials, "Sri Mulyati Rahayu", "SR"), (names.initials, "Sri", "S"), (names.initials, "1", "?"),
        (names.initials, "(x) sri", "S"), (names.first_name, "Sri Mulyati", "Sri"), (names.first_name, "", ""),
        (names.without_titles, "Drs. H. Joko Wiyono, M.Si.", "Joko Wiyono"), (names.without_titles, "Dr. dr.", "dr."),
        (names.without_titles, "dr. Budi", "Budi"), (names.without_titles, "Joko H. Wiyono", "Joko H. Wiyono"),
        (phones.shown, "+6281234567890", "0812 3456 7890"), (phones.shown, None, ""), (phones.shown, "+6281234567", "0812 3456 7"),
        (nip.spaced_nip, "198501012010012001", "19850101 201001 2 001"), (nip.masked, "198501012010012001", "•••• 2001"),
        (nip.masked, None, ""),
        (typos.meant, "a@gmial.com", "a@gmail.com"), (typos.meant, "a@gmail.con", "a@gmail.com"), (typos.meant, "a@mail.com", None),
        (typos.meant, "a@yahoo.com.id", "a@yahoo.co.id"), (typos.meant, "a@dinas.go.idd", "a@dinas.go.id"),
        (typos.meant, "a@gmail.comm", "a@gmail.com"), (typos.meant, "a@gmai.com", "a@gmail.com"), (typos.meant, "gmail.com", None),
        (typos.meant, "a@gmaill.com", "a@gmail.com"), (typos.meant, "a@gmali.cxm", None), (typos.meant, "a@gmaol.com", "a@gmail.com"), (typos.meant, "a@gmxyz.com", None),
        (typos.meant, "a@sekolah.con", "a@sekolah.com"), (typos.meant, "A@SEKOLAH.sch.id", None),
    ],
)  # fmt: skip
def test_how_things_are_written(work: object, typed: str | None, written: str | None) -> None:
    assert work(typed) == written


def test_printed_names() -> None:
    assert names.printed("Dr.", "Sri", "M.Pd.") == "Dr. Sri, M.Pd."
    assert names.printed("", "Sri", "") == "Sri"


TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("19850101 201001 2 001", None), ("1.98501E+17", "excel"), ("19850101201001200", "shape"),
        ("198501012010012000", "excel"), ("198513012010012001", "birth_date"), ("200906152026011001", None),
        ("200906162026011001", "age"), ("195106152026011001", None), ("195006162026011001", None),
        ("195006152026011001", "age"), ("198501012010013001", "sex"), ("198501012010011001", None),
    ],
)  # fmt: skip
def test_what_a_nip_is(typed: str, why: str | None) -> None:
    found = None
    try:
        assert nip.check_nip(typed, today=TODAY) == nip.digits(typed)
    except NipInvalid as refused:
        found = refused.facts["why"]
    assert found == why


@pytest.mark.parametrize(("typed", "why"), [("1234-5678 9012.3456", None), ("1.2e+15", "excel"), ("12", "shape")])
def test_what_a_nuptk_is(typed: str, why: str | None) -> None:
    found = None
    try:
        assert nip.check_nuptk(typed) == "1234567890123456"
    except NuptkInvalid as refused:
        found = refused.facts["why"]
    assert found == why


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0812 3456 7890", "+6281234567890"), ("+62 (812) 3456-7890", "+6281234567890"), ("6281234567890", "+6281234567890"),
        ("81234567890", "+6281234567890"), ("0212345678", None), ("08123456", None), ("081234567", None),
        ("0812345678", "+62812345678"), ("0812345678901", "+62812345678901"), ("08123456789012", None),
    ],
)  # fmt: skip
def test_what_a_mobile_number_is(typed: str, stored: str | None) -> None:
    if stored is None:
        with pytest.raises(PhoneInvalid):
            phones.check_phone(typed)
    else:
        assert phones.check_phone(typed) == stored
