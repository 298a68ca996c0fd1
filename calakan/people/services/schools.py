"""The list of schools: adding, changing, closing, importing from a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db, tabular
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.directory import school_key
from calakan.people.errors import KecamatanUnknown, NpsnInvalid, NpsnTaken
from calakan.people.models import Jenjang, Kecamatan, School, Sector


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
    actor: Actor,
    now: datetime,
) -> School:
    """Add a school (`id` None) or change one. Raises NotFound, NpsnInvalid, NpsnTaken, KecamatanUnknown."""
    npsn = check_npsn(npsn)
    if db.session().get(Kecamatan, kecamatan_code) is None:
        raise KecamatanUnknown()
    other = queries.school_by_npsn(npsn)
    if other is not None and other.id != id:
        raise NpsnTaken(npsn=npsn, name=other.name)
    school = School() if id is None else db.session().get(School, id)
    if school is None:
        raise NotFound()
    school.npsn, school.name, school.search_key = npsn, " ".join(name.split()), school_key(name)
    school.jenjang, school.sector, school.kecamatan_code, school.active = jenjang, sector, kecamatan_code, active
    db.session().add(school)
    db.session().flush()
    audit.record("people.add_school" if id is None else "people.change_school", school, actor=actor, now=now)
    return school


@dataclass
class SchoolImport:
    """What an import did, or would do."""

    added: int = 0
    changed: int = 0
    same: int = 0
    problems: list[tuple[int, str, str]] = field(default_factory=list)


COLUMNS = ("npsn", "nama", "jenjang", "status", "kode_kecamatan")


def import_schools(content: bytes, *, actor: Actor, now: datetime) -> SchoolImport:
    """Add and update schools from a CSV or XLSX with the columns npsn, nama, jenjang, status, kode_kecamatan.

    A row with a mistake is left out and reported by its line number; the others count. Raises TableUnreadable.
    """
    rows = [(line.number, line) for line in tabular.table(content, COLUMNS)]
    kecamatan = set(db.session().scalars(sa.select(Kecamatan.code)))
    known = {school.npsn: school for school in db.session().scalars(sa.select(School))}
    done = SchoolImport()
    for line, row in rows:
        try:
            npsn = check_npsn(row["npsn"])
            jenjang, sector = Jenjang(row["jenjang"].strip().lower()), Sector(row["status"].strip().lower())
        except NpsnInvalid:
            done.problems.append((line, "npsn", row["npsn"]))
            continue
        except ValueError:
            done.problems.append((line, "jenjang/status", f"{row['jenjang']} / {row['status']}"))
            continue
        code, name = row["kode_kecamatan"].strip(), " ".join(row["nama"].split())
        if code not in kecamatan or not name:
            done.problems.append((line, "kode_kecamatan" if name else "nama", code))
            continue
        school = known.get(npsn)
        if school is None:
            school = known[npsn] = School(npsn=npsn, active=True)
            db.session().add(school)
            done.added += 1
        elif (school.name, school.jenjang, school.sector, school.kecamatan_code) == (name, jenjang, sector, code):
            done.same += 1
            continue
        else:
            done.changed += 1
        school.name, school.search_key = name, school_key(name)
        school.jenjang, school.sector, school.kecamatan_code = jenjang, sector, code
    db.session().flush()
    audit.record("people.import_schools", actor=actor, now=now, added=done.added, changed=done.changed)
    return done
