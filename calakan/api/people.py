"""Oneself, people and their roles, schools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from calakan.api import door
from calakan.api.bodies import CSV, XLSX, Body, FileBody
from calakan.api.door import PAGING, Operation, Param, Reply
from calakan.api.schema import TEXT, WHOLE, YES_NO, Schema, many, maybe, obj, one_of, paged
from calakan.kernel import clock
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.forms import AddPersonForm, RolesForm
from calakan.people.models import Jenjang, Person, School, Sector
from calakan.people.nip import masked
from calakan.people.services import roles as role_services
from calakan.people.services import schools as school_services
from calakan.tables.reading import ahead
from calakan.web import gate
from calakan.web.messages import word

GIVEN = [role for role in Role if role is not Role.PESERTA]
PLACE = obj(code=TEXT, name=TEXT)
SCHOOL_BRIEF = obj(npsn=TEXT, name=TEXT)
PERSON: Schema = obj(
    code=TEXT, name=TEXT, printed_name=TEXT, email=maybe(TEXT), jabatan=maybe(TEXT), jenjang=maybe(one_of(Jenjang)),
    employment=maybe(TEXT), school=maybe(SCHOOL_BRIEF), workplace=TEXT, kecamatan=maybe(PLACE),
    roles=many(one_of(Role)), active=YES_NO,
)  # fmt: skip
_PERSON_FIELDS: dict[str, Schema] = PERSON["properties"]
ME = obj(**_PERSON_FIELDS, phone=maybe(TEXT), nip=maybe(TEXT), nuptk=maybe(TEXT), complete=YES_NO)
PERSON_FULL = obj(
    **_PERSON_FIELDS, phone=maybe(TEXT), nip_masked=TEXT, scope_schools=many(SCHOOL_BRIEF), scope_kecamatan=many(PLACE)
)
SCHOOL = obj(
    npsn=TEXT, name=TEXT, jenjang=one_of(Jenjang), sector=one_of(Sector), kecamatan=PLACE, active=YES_NO
)  # fmt: skip
IMPORTED = obj(added=WHOLE, changed=WHOLE, same=WHOLE, problems=many(obj(line=WHOLE, column=TEXT, value=TEXT)))
PEOPLE_PARAMS = (
    Param("q", TEXT, "Kata dalam nama atau surel."),
    Param("role", one_of(GIVEN), "Hanya yang memegang peran ini."),
    Param("kecamatan", TEXT, "Kode Kemendagri, mis. 33.02.22."),
    *PAGING,
)
SCHOOL_PARAMS = (
    Param("q", TEXT, "Kata dalam nama, atau NPSN."),
    Param("kecamatan", TEXT, "Kode Kemendagri."),
    Param("jenjang", one_of(Jenjang), "Jenjang."),
    *PAGING,
)


class _DryRun(Exception):
    """Undoes an import that was only a rehearsal."""


def _school(school: School | None) -> dict[str, Any] | None:
    return {"npsn": school.npsn, "name": school.name} if school is not None else None


def brief(person: Person) -> dict[str, Any]:
    """Of a person with school, kecamatan and roles."""
    place = person.kecamatan
    return {
        "code": person.code,
        "name": person.name,
        "printed_name": person.printed_name,
        "email": person.email,
        "jabatan": person.jabatan,
        "jenjang": person.jenjang.value if person.jenjang else None,
        "employment": person.employment,
        "school": _school(person.school),
        "workplace": queries.workplace(person),
        "kecamatan": {"code": place.code, "name": place.name} if place is not None else None,
        "roles": sorted({Role.PESERTA.value, *(row.role.value for row in person.roles)}),
        "active": person.active,
    }


def _full(id: int) -> dict[str, Any]:
    person = queries.person(id)
    if person is None:
        raise NotFound()
    return {
        **brief(person),
        "phone": person.phone,
        "nip_masked": masked(person.nip),
        "scope_schools": [_school(row.school) for row in person.scopes if row.school is not None],
        "scope_kecamatan": [
            {"code": row.kecamatan.code, "name": row.kecamatan.name}
            for row in person.scopes
            if row.kecamatan is not None
        ],
    }


def show_me() -> Response:
    person = queries.person(door.me())
    assert person is not None
    own = {"phone": person.phone, "nip": person.nip, "nuptk": person.nuptk, "complete": person.complete}
    return door.answer({**brief(person), **own})


def people() -> Response:
    asked = door.query(PEOPLE_PARAMS)
    role = Role(asked["role"]) if asked["role"] else None
    wanted = queries.people(
        visible_to_actor=gate.actor(), words=asked["q"] or "", role=role, kecamatan_code=asked["kecamatan"] or ""
    )
    return door.listed(wanted, asked, lambda found: [brief(person) for person in found])


def person(code: str) -> Response:
    return door.answer(_full(gate.subject(Person).id))


def _offer_roles(form: AddPersonForm | RolesForm) -> None:
    form.roles.choices = [(role.value, word(role)) for role in GIVEN]


def add_person() -> Response:
    form, actor = ADD_PERSON.read(offer=_offer_roles), gate.actor()
    given = [Role(role) for role in form.roles.data or []]

    def work() -> Reply:
        made = role_services.add_person(
            form.email.data, form.name.data, roles=given, password_hash=None, actor=actor, now=clock.now()
        )
        return Reply(_full(made.id), 201)

    return door.write(work)


def set_roles(code: str) -> Response:
    id, form, actor = gate.subject(Person).id, ROLES.read(offer=_offer_roles), gate.actor()
    wanted = [Role(role) for role in form.roles.data or []]

    def work() -> Reply:
        role_services.set_roles(id, wanted, actor=actor, now=clock.now())
        return Reply(_full(id))

    return door.write(work)


def _schools(found: Sequence[School]) -> list[dict[str, Any]]:
    return [
        {
            "npsn": school.npsn,
            "name": school.name,
            "jenjang": school.jenjang.value,
            "sector": school.sector.value,
            "kecamatan": {"code": school.kecamatan.code, "name": school.kecamatan.name},
            "active": school.active,
        }
        for school in found
    ]


def schools() -> Response:
    asked = door.query(SCHOOL_PARAMS)
    jenjang = Jenjang(asked["jenjang"]) if asked["jenjang"] else None
    wanted = queries.schools(words=asked["q"] or "", kecamatan_code=asked["kecamatan"] or "", jenjang=jenjang)
    return door.listed(wanted, asked, _schools)


def import_schools() -> Response:
    rehearsal, content, actor = door.query(IMPORT_PARAMS)["dry_run"], SCHOOL_FILE.read(), gate.actor()
    done: list[school_services.SchoolImport] = []

    def work() -> Reply:
        done.append(school_services.import_schools(content, actor=actor, now=clock.now()))
        if rehearsal:
            raise _DryRun
        return Reply(_imported(done[0]))

    try:
        with ahead(content):
            return door.write(work)
    except _DryRun:
        return door.answer(_imported(done[0]))


def _imported(done: school_services.SchoolImport) -> dict[str, Any]:
    problems = [{"line": line, "column": column, "value": value[:100]} for line, column, value in done.problems[:200]]
    return {"added": done.added, "changed": done.changed, "same": done.same, "problems": problems}


IMPORT_PARAMS = (Param("dry_run", {**YES_NO, "default": False}, "Periksa saja, tanpa menyimpan."),)
ADD_PERSON, ROLES = Body(AddPersonForm), Body(RolesForm)
SCHOOL_FILE = FileBody(CSV, XLSX)
OPERATIONS = [
    Operation(method="GET", path="/me", name="me", view=show_me, summary="Profil pemilik token", answers={200: ME}),
    Operation(
        method="GET", path="/people", name="people", view=people, summary="Daftar orang",
        params=PEOPLE_PARAMS, answers={200: paged(PERSON)}, refusals=(403,),
    ),
    Operation(
        method="POST", path="/people", name="add_person", view=add_person, summary="Tambah akun",
        about="Tautan untuk membuat kata sandi dikirim ke surelnya.",
        body=ADD_PERSON, answers={201: PERSON_FULL}, refusals=(403,),
    ),
    Operation(
        method="GET", path="/people/{code}", name="person", view=person, summary="Satu orang",
        answers={200: PERSON_FULL}, refusals=(403, 404),
    ),
    Operation(
        method="PUT", path="/people/{code}/roles", name="set_roles", view=set_roles, summary="Tetapkan peran",
        about="Menggantikan semua peran; orangnya diminta masuk lagi.",
        body=ROLES, answers={200: PERSON_FULL}, refusals=(403, 404, 409),
    ),
    Operation(
        method="GET", path="/schools", name="schools", view=schools, summary="Daftar sekolah",
        params=SCHOOL_PARAMS, answers={200: paged(SCHOOL)}, refusals=(403,),
    ),
    Operation(
        method="POST", path="/schools/import", name="import_schools", view=import_schools, summary="Impor sekolah",
        about="CSV atau XLSX dengan kolom npsn, nama, jenjang, status, kode_kecamatan.",
        params=IMPORT_PARAMS, body=SCHOOL_FILE, answers={200: IMPORTED}, refusals=(403,),
    ),
]  # fmt: skip
