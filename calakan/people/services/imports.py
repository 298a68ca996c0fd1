"""People from a file: accounts that the office makes for many at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.kernel.text import search_key
from calakan.office.models import ChoiceKind
from calakan.office.queries import Choices, choices
from calakan.people import aliases, mailboxes, names, nip, other_names, typos
from calakan.people.models import Kecamatan, Person
from calakan.people.services import accounts, profile
from calakan.tables.cells import RoundedText
from calakan.tables.reading import Column, Line, table

Found = TypeVar("Found")
COLUMNS = (
    Column("surel", ("email", "e-mail", "alamat email", "alamat surel"), required=True),
    Column("nama", ("nama lengkap",), required=True),
    Column("gelar_depan"),
    Column("gelar_belakang"),
    Column("jenis_kelamin", ("jk", "l/p")),
    Column("jabatan"),
    Column("mapel"),
    Column("jenjang"),
    Column("status", ("status kepegawaian",)),
    Column("npsn"),
    Column("kecamatan"),
    Column("nip"),
    Column("nuptk"),
    Column("hp", ("no hp", "no. hp", "wa", "whatsapp", "no. whatsapp")),
)


@dataclass
class PeopleImport:
    """What an import did, or would do. `problems`: line, column, what stood there. `hidden` rows were not read.

    `doubtful`: line, address, what was probably meant; such a row is taken as it stands.
    """

    added: int = 0
    known: int = 0
    hidden: int = 0
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    doubtful: list[tuple[int, str, str]] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, column: str, value: str) -> None:
        super().__init__(column)
        self.column, self.value = column, value


class _Lookup:
    """What the cells of a row may name."""

    def __init__(self) -> None:
        session = db.session()
        self.schools = other_names.by_npsn()
        places = session.scalars(sa.select(Kecamatan)).all()
        self.kecamatan = aliases.kecamatan(places)
        offered = choices()
        self.jabatan = _by_label(offered, ChoiceKind.JABATAN)
        self.jabatan |= {short: code for short, code in aliases.JABATAN.items() if code in self.jabatan}
        self.status = _by_label(offered, ChoiceKind.STATUS)
        self.emails = set(session.scalars(sa.select(Person.email)))
        self.lines: dict[str, int] = {}  # of this file, by address
        self.nips = set(session.scalars(sa.select(Person.nip).where(Person.nip.is_not(None))))
        self.nuptks = set(session.scalars(sa.select(Person.nuptk).where(Person.nuptk.is_not(None))))


def _by_label(offered: Choices, kind: ChoiceKind) -> dict[str, str]:
    rows = offered.rows(kind)
    return {search_key(row.label): row.code for row in rows} | {row.code: row.code for row in rows}


def import_people(content: bytes, *, actor: Actor, now: datetime) -> PeopleImport:
    """Add an account for each row whose address has none; known accounts are left as their owners wrote them.

    COLUMNS that may be read besides `surel` and `nama` (jabatan and status by label or code, kecamatan by name or Kemendagri
    code). Each new person sets a password by "Lupa kata sandi"; nothing is mailed. A row with a mistake is left out and
    reported by its line; so is one whose address stands on a line above: two people do not share an account. Raises
    TableUnreadable.
    """
    read = table(content, COLUMNS, people=True)
    lookup, done = _Lookup(), PeopleImport(hidden=read.sheet.hidden)
    for line in read.lines:
        try:
            if line.marked:
                raise _Wrong(line.marked, line[line.marked])
            email = _email(line)
            if email in lookup.lines:
                raise _Wrong("surel", f"{email} = baris {lookup.lines[email]}")
            lookup.lines[email] = line.number
            if email in lookup.emails:
                done.known += 1
                continue
            _add(line, lookup, actor=actor, now=now)
            done.added += 1
            meant = typos.meant(email)
            if meant is not None:
                done.doubtful.append((line.number, email, meant))
        except _Wrong as wrong:
            done.problems.append((line.number, wrong.column, wrong.value))
    audit.record("people.import", actor=actor, now=now, added=done.added, known=done.known)
    return done


def _email(line: Line) -> str:
    checked = mailboxes.checked(line["surel"])
    if checked is None:
        raise _Wrong("surel", line["surel"])
    return checked


def _add(line: Line, lookup: _Lookup, *, actor: Actor, now: datetime) -> None:
    wanted = _profile(line, lookup)
    email = _email(line)
    try:
        with db.session().begin_nested():
            person = accounts.new_person(email, wanted.name, now=now, password_hash=None)
            person.email_confirmed_at = now
            db.session().add(person)
            db.session().flush()
            saved = profile.save_profile(person.id, wanted, actor=actor, now=now)
            audit.record("people.add", saved, actor=actor, now=now, roles=[])
    except DomainError as error:
        column = {"phone": "hp", "name": "nama"}.get(error.field or "", error.field or "")
        raise _Wrong(column, line[column]) from None
    lookup.emails.add(email)
    lookup.nips.add(saved.nip)
    lookup.nuptks.add(saved.nuptk)


def _profile(line: Line, lookup: _Lookup) -> profile.Profile:
    name = names.clean_name(line["nama"])
    if not name:
        raise _Wrong("nama", line["nama"])
    for column, taken in (("nip", lookup.nips), ("nuptk", lookup.nuptks)):
        if isinstance(line[column], RoundedText) or nip.digits(line[column]) in taken:
            raise _Wrong(column, line[column])
    return profile.Profile(
        name=name,
        title_before=_short(line, "gelar_depan", 60),
        title_after=_short(line, "gelar_belakang", 80),
        sex=_one(line, "jenis_kelamin", aliases.SEX),
        jabatan=_one(line, "jabatan", lookup.jabatan),
        subject_taught=_short(line, "mapel", 80),
        jenjang=_one(line, "jenjang", aliases.JENJANG),
        employment=_one(line, "status", lookup.status),
        school_id=_one(line, "npsn", lookup.schools),
        kecamatan_code=_one(line, "kecamatan", lookup.kecamatan),
        nip=line["nip"],
        nuptk=line["nuptk"],
        phone=line["hp"],
    )


def _short(line: Line, column: str, most: int) -> str:
    if len(line[column]) > most:
        raise _Wrong(column, line[column])
    return line[column]


def _one(line: Line, column: str, known: dict[str, Found]) -> Found | None:
    typed = line[column]
    if not typed:
        return None
    keys = (search_key(typed), typed.lower(), typed.upper(), aliases.place_key(typed))
    found = next((known[key] for key in keys if key in known), None)
    if found is None:
        raise _Wrong(column, typed)
    return found
