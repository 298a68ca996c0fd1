"""The list of schools: adding, changing, closing, importing from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.text import search_key
from calakan.kernel.wording import phrase
from calakan.people import aliases, nip, other_names, queries
from calakan.people.errors import KecamatanUnknown, NpsnInvalid, NpsnTaken, SchoolMerged
from calakan.people.models import Jenjang, Kecamatan, Person, School, Sector
from calakan.tables.reading import Column, Line, table


def check_npsn(typed: str) -> str:
    """8 digits, or P and 7 digits for a PKBM. Raises NpsnInvalid."""
    npsn = typed.strip().upper()
    if not re.fullmatch(r"[0-9]{8}|P[0-9]{7}", npsn):
        raise NpsnInvalid(npsn=typed[:20])
    return npsn


def save_school(
    id: int | None,
    *,
    npsn: str,
    name: str,
    jenjang: Jenjang,
    sector: Sector,
    kecamatan_code: str,
    active: bool = True,
    also: Iterable[str] | None = None,
    actor: Actor,
    now: datetime,
) -> School:
    """Add a school (`id` None) or change one.

    A new name keeps the former one as another name; `also` are all other names, None leaves them. A school that moves to
    another kecamatan takes its people along. Raises NotFound, NpsnInvalid, NpsnTaken, KecamatanUnknown, SchoolMerged.
    """
    npsn = check_npsn(npsn)
    if db.session().get(Kecamatan, kecamatan_code) is None:
        raise KecamatanUnknown()
    other = queries.school_by_npsn(npsn)
    if other is not None and other.id != id:
        raise NpsnTaken(npsn=npsn, name=other.name)
    school = School() if id is None else db.session().get(School, id)
    if school is None:
        raise NotFound()
    if school.merged_into_id is not None and active:
        raise SchoolMerged()
    place, school.npsn = school.kecamatan_code, npsn
    other_names.rename(school, name, now=now)
    school.jenjang, school.sector, school.kecamatan_code, school.active = jenjang, sector, kecamatan_code, active
    db.session().add(school)
    db.session().flush()
    if also is not None:
        other_names.keep(school, also, now=now)
    _take_along(school, place)
    audit.record("people.add_school" if id is None else "people.change_school", school, actor=actor, now=now)
    return school


def _take_along(school: School, place: str | None) -> None:
    """Its people work where it is."""
    if place is not None and place != school.kecamatan_code:
        there = sa.update(Person).where(Person.school_id == school.id, Person.kecamatan_code == place)
        db.session().execute(there.values(kecamatan_code=school.kecamatan_code))


@dataclass
class SchoolImport:
    """What an import did, or would do; `hidden` rows of a sheet were not read."""

    hidden: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    problems: list[tuple[int, str, str]] = field(default_factory=list)


COLUMNS = tuple(
    Column(name, also, required=True)
    for name, also in (
        ("npsn", ()),
        ("nama", ("nama sekolah", "nama satuan pendidikan")),
        ("jenjang", ("bentuk pendidikan",)),
        ("status", ("status sekolah",)),
        ("kode_kecamatan", ("kecamatan",)),
    )
)


class _Wrong(Exception):
    def __init__(self, column: str, value: str) -> None:
        super().__init__(column)
        self.column, self.value = column, value


def import_schools(content: bytes, *, actor: Actor, now: datetime) -> SchoolImport:
    """Add and update schools from a CSV or XLSX with the columns npsn, nama, jenjang, status, kode_kecamatan.

    A row with a mistake is left out and reported by its line number, and so are all rows of an NPSN that stands there
    twice; the others count. Raises TableUnreadable.
    """
    read = table(content, COLUMNS)
    places = aliases.kecamatan(db.session().scalars(sa.select(Kecamatan)))
    known = {school.npsn: school for school in db.session().scalars(sa.select(School))}
    done, rows = SchoolImport(hidden=read.sheet.hidden), dict[str, list[tuple[Line, School]]]()
    for line in read.lines:
        try:
            row = _row(line, places)
        except _Wrong as wrong:
            done.problems.append((line.number, wrong.column, wrong.value))
        else:
            rows.setdefault(row.npsn, []).append((line, row))
    for npsn, found in rows.items():
        if len(found) > 1:
            done.problems += [(line.number, "npsn", phrase("people.twice", value=npsn)) for line, _ in found]
        else:
            _keep(found[0][1], known.get(npsn), done, now=now)
    done.problems.sort()
    db.session().flush()
    audit.record("people.import_schools", actor=actor, now=now, added=done.added, changed=done.changed)
    return done


def _row(line: Line, places: dict[str, str]) -> School:
    """Not in the session yet. Raises _Wrong."""
    if line.marked:
        raise _Wrong(line.marked, line[line.marked])
    try:
        npsn = check_npsn(nip.npsn(line["npsn"]))
    except NpsnInvalid:
        raise _Wrong("npsn", line["npsn"]) from None
    jenjang, sector = aliases.JENJANG.get(search_key(line["jenjang"])), aliases.SECTOR.get(search_key(line["status"]))
    if jenjang is None or sector is None:
        raise _Wrong("jenjang/status", f"{line['jenjang']} / {line['status']}")
    name, typed = " ".join(line["nama"].split()), line["kode_kecamatan"]
    code = places.get(typed) or places.get(aliases.place_key(typed))
    if code is None or not name:
        raise _Wrong("kode_kecamatan" if name else "nama", typed)
    return School(npsn=npsn, name=name, jenjang=aliases.kind(jenjang, name), sector=sector, kecamatan_code=code)


def _keep(row: School, school: School | None, done: SchoolImport, *, now: datetime) -> None:
    if school is None:
        school = School(npsn=row.npsn, active=True)
        db.session().add(school)
        done.added += 1
    elif all(getattr(school, name) == getattr(row, name) for name in ("name", "jenjang", "sector", "kecamatan_code")):
        done.same += 1
        return
    else:
        done.changed += 1
    place = school.kecamatan_code
    other_names.rename(school, row.name, now=now)
    school.jenjang, school.sector, school.kecamatan_code = row.jenjang, row.sector, row.kecamatan_code
    _take_along(school, place)
