"""What a staff list says, line by line, judged by the list alone: what can be taken, and why the rest waits. Reads only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from calakan.kernel.askable import Askable
from calakan.kernel.errors import DomainError
from calakan.kernel.text import search_key
from calakan.people import aliases, kabupaten, mailboxes, names, nip, phones, typos
from calakan.people.directory import other_key, school_key
from calakan.roster import blanks
from calakan.tables import reading
from calakan.tables.cells import RoundedText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Column, Line, Table

COLUMNS = (
    Column("nama", ("nama lengkap", "nama ptk", "nama gtk", "nama guru", "nama pegawai", "nama dan gelar", "nama lengkap dan gelar"), required=True),
    Column("gelar_depan"),
    Column("gelar_belakang"),
    Column("jenis_kelamin", ("jk", "l/p", "kelamin")),
    Column("nip", ("nip baru", "nip/nippppk", "nip / ni pppk", "nip/ni pppk", "nip pegawai")),
    Column("nuptk"),
    Column("surel", ("email", "e-mail", "alamat email", "alamat surel")),
    Column("hp", ("no hp", "no. hp", "nomor hp", "wa", "whatsapp", "no. whatsapp", "no wa")),
    Column("jabatan", ("jenis ptk", "jabatan ptk", "jenis gtk")),
    Column("mapel", ("mata pelajaran", "mapel diampu", "mata pelajaran diampu")),
    Column("status", ("status kepegawaian", "status pegawai")),
    Column("npsn", ("npsn sekolah", "npsn induk")),
    Column("sekolah", ("nama sekolah", "satuan pendidikan", "nama satuan pendidikan", "tempat tugas", "unit kerja", "sekolah induk", "asal sekolah")),
)  # fmt: skip
"""Headings of Dapodik's export among them; its `Kecamatan` is where people live, and is not read."""
ACCOUNT_COLUMNS = (
    *(replace(column, required=column.required or column.name == "surel") for column in COLUMNS),
    Column("jenjang"),
    Column("kecamatan"),
    Column("kabupaten", ("kabupaten/kota", "kabupaten lain")),
)
"""Of a list that makes accounts; its `kecamatan` and `kabupaten` are where people work."""
MOST_LINES = 30_000
MOST_UNREAD = 200
OWN = ("Baris asal", "Alasan")  # what `documents.waiting` puts beside the lines that wait
_STATUS = {
    "cpns": "pns", "pns diperbantukan": "pns", "pns depag": "pns", "asn": "", "p3k": "pppk", "pppk penuh waktu": "pppk",
    "pegawai negeri sipil": "pns", "pns daerah": "pns", "pegawai pemerintah dengan perjanjian kerja": "pppk",
    "pppk pw": "pppk_paruh_waktu", "p3k paruh waktu": "pppk_paruh_waktu", "p3k pw": "pppk_paruh_waktu",
    "guru honor sekolah": "honorer", "tenaga honor sekolah": "honorer", "honor daerah tkii kab kota": "honorer",
    "honor daerah tki provinsi": "honorer", "honor": "honorer", "honor sekolah": "honorer", "honorer sekolah": "honorer",
    "guru honorer": "honorer", "wiyata bakti": "honorer", "wiyatabakti": "honorer", "gty pty": "gty", "gtt ptt kabupaten kota": "gtt", "gtt ptt provinsi": "gtt",
    "guru tetap yayasan": "gty", "guru tidak tetap": "gtt",
}  # fmt: skip
_SUBJECTS = (
    "penjasorkes", "pjok", "penjas", "penjaskes", "olahraga", "agama", "agama islam", "pai", "bahasa inggris", "bahasa indonesia",
    "bahasa jawa", "matematika", "ipa", "ips", "pkn", "ppkn", "pendidikan pancasila", "seni budaya", "informatika", "tik", "prakarya",
)  # fmt: skip
_JABATAN = dict.fromkeys(
    ("tenaga administrasi sekolah", "tenaga perpustakaan", "penjaga sekolah", "petugas keamanan", "pesuruh office boy",
     "laboran", "operator", "operator sekolah", "operator dapodik", "tenaga administrasi"),
    "tenaga_kependidikan",
) | dict.fromkeys((f"guru {subject}" for subject in _SUBJECTS), "guru_mapel")  # fmt: skip
# The class and its group: `Guru Kelas IV A`.
_LABEL = re.compile(r"^(?:(?:nama )?(?:sekolah|satuan pendidikan)|unit kerja)?\s*:\s*", re.IGNORECASE)
_OF_A_CLASS = re.compile(r"^guru kelas (?:[1-6]|i{1,3}|iv|vi?)(?: ?[a-h])?$")


class Why(Askable):
    """Why a line waits; those of `REMARKS` are only to be minded."""

    MARKS = "marks"
    NO_NAME = "no_name"
    NO_PERSON = "no_person"
    AFTER_COMMA = "after_comma"
    LONG = "long"
    UNDRAWABLE = "undrawable"
    SITE = "site"
    DAMAGED = "damaged"
    NUMBER = "number"
    EMAIL = "email"
    PHONE = "phone"
    WORD = "word"
    NO_SCHOOL = "no_school"
    SCHOOL = "school"
    SCHOOLS = "schools"
    AGAIN = "again"
    CLASH = "clash"
    ALIKE = "alike"
    SAME_ROW = "same_row"
    OTHER_NAME = "other_name"
    TWO_ROWS = "two_rows"
    MANY = "many"
    OLDER = "older"
    SHARED = "shared"
    NAMESAKE = "namesake"
    STAYS = "stays"
    MAIL = "mail"
    MEANT = "meant"
    HELD = "held"
    SHUT = "shut"
    USED = "used"


# What `names.checked` refuses, by the code of its refusal.
_NAMES = {"name_too_long": Why.LONG, "name_undrawable": Why.UNDRAWABLE, "name_is_address": Why.SITE}
REMARKS = frozenset({Why.SHARED, Why.NAMESAKE, Why.STAYS, Why.MEANT, Why.USED})


class _Wrong(Exception):
    def __init__(self, column: str, why: Why, said: str = "") -> None:
        super().__init__(why)
        self.column, self.why, self.said = column, why, said


@dataclass(frozen=True)
class Lookup:
    """What cells may name: schools by NPSN and by the key of their name, posts, statuses and kecamatan by their words."""

    npsn: Mapping[str, int]
    schools: Mapping[str, Sequence[int]]
    jabatan: Mapping[str, str]
    status: Mapping[str, str]
    kecamatan: Mapping[str, str]

    def named(self, school: str) -> Sequence[int]:
        """Those that this name may mean."""
        key = school_key(school)
        return self.schools.get(key) or self.schools.get(other_key(key), ())


@dataclass
class Found:
    """A line as it was judged. `facts` are the columns of a row of the roster that the line fills; empty where it waits."""

    number: int
    name: str
    cells: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    column: str = ""
    said: str = ""
    other: int | None = None

    @property
    def waits(self) -> bool:
        return bool(self.why) and self.why not in REMARKS

    def wait(self, why: Why, other: int | None = None, *, column: str = "", said: str = "") -> None:
        self.why, self.other, self.column, self.said = why, other, column, said[:200]


def lines(
    content: bytes, lookup: Lookup, *, school_id: int | None, today: date, accounts: bool = False
) -> tuple[list[Found], list[str]]:
    """Every line of a list, of rows or of accounts, and the headings that nobody asked for. `school_id` is where its people
    work if the list has no column of schools.

    Raises TableUnreadable.
    """
    table = reading.table(content, ACCOUNT_COLUMNS if accounts else COLUMNS, people=True)
    if len(table.lines) > MOST_LINES:
        raise TableUnreadable(why="large")
    if school_id is None:
        school_id = _school_above(table, lookup)
    found = [_line(line, lookup, school_id, today, accounts) for line in table.lines]
    (_same_mail if accounts else _doubles)(found)
    return found, [str(heading)[:80] for heading in dict.fromkeys(table.unread) if heading not in OWN][:MOST_UNREAD]


def _school_above(table: Table, lookup: Lookup) -> int | None:
    """The one school that a title above the headings names, as Dapodik writes it."""
    until = table.lines[0].number if table.lines else 0
    cells = [_LABEL.sub("", cell) for number, row in table.sheet.rows if number < until for cell in row if cell]
    named = {lookup.npsn[npsn] for cell in cells if (npsn := nip.npsn(cell)) in lookup.npsn}
    named |= {ids[0] for cell in cells if len(ids := lookup.named(cell)) == 1}
    return named.pop() if len(named) == 1 else None


def _line(line: Line, lookup: Lookup, school_id: int | None, today: date, accounts: bool) -> Found:
    cells = {name: str(value)[:200] for name, value in line.cells.items() if value}
    said = {name: value for name, value in line.cells.items() if not blanks.says_nothing(name, value)}
    line = replace(line, cells=said)
    found = Found(line.number, line["nama"][:200], cells)
    try:
        if line.marked:
            raise _Wrong(line.marked, Why.MARKS, line[line.marked])
        if (puzzle := blanks.puzzle(line.cells)) is not None:
            raise _Wrong(puzzle, Why.WORD, line[puzzle])
        found.facts = _facts(line, lookup, today) | (_account if accounts else _row)(line, lookup, school_id)
        found.name = found.facts["name"]
    except _Wrong as wrong:
        found.wait(wrong.why, column=wrong.column, said=wrong.said)
    return found


def _facts(line: Line, lookup: Lookup, today: date) -> dict[str, Any]:
    before, name, after = _name(line)
    return {
        "title_before": before,
        "name": name,
        "title_after": after,
        "sex": _one(line, "jenis_kelamin", aliases.SEX),
        "nip": _number(line, "nip", lambda typed: nip.check_nip(typed, today=today)),
        "nuptk": _number(line, "nuptk", nip.check_nuptk),
        "email": _email(line),
        "phone": _phone(line),
        "jabatan": _one(line, "jabatan", lookup.jabatan, _JABATAN),
        "subject_taught": _short(line, "mapel", 80),
        "employment": _one(line, "status", lookup.status, _STATUS),
    }


def _row(line: Line, lookup: Lookup, school_id: int | None) -> dict[str, Any]:
    found = _school(line, lookup, school_id)
    if found is None:
        raise _Wrong("npsn", Why.NO_SCHOOL)
    return {"school_id": found}


def _account(line: Line, lookup: Lookup, school_id: int | None) -> dict[str, Any]:
    """An address, and where its owner works if that is known: a school here, one of another kabupaten, or a kecamatan."""
    if not _email(line):
        raise _Wrong("surel", Why.EMAIL, line["surel"])
    other = kabupaten.tidy(_short(line, "kabupaten", 80)) if not line["npsn"] else ""
    away = bool(other)
    if away and not line["sekolah"]:
        raise _Wrong("sekolah", Why.NO_SCHOOL)
    return {
        "school_id": None if away else _school(line, lookup, school_id),
        "school_elsewhere": _short(line, "sekolah", 120) if away else "",
        "kabupaten_elsewhere": other,
        "kecamatan_code": None if away else _one(line, "kecamatan", lookup.kecamatan),
        "jenjang": _one(line, "jenjang", aliases.JENJANG),
    }


def _name(line: Line) -> tuple[str, str, str]:
    """(titles before, name, titles behind). Raises _Wrong where what follows a comma may be a name."""
    typed = line["nama"]
    leading, name, trailing = names.apart(typed)
    if not search_key(name):
        raise _Wrong("nama", Why.NO_NAME)
    if names.no_person(typed):
        raise _Wrong("nama", Why.NO_PERSON, typed)
    parts = [part.strip() for part in trailing.split(",") if part.strip()]
    if any("." not in part and not _is_title(part) for part in parts):
        raise _Wrong("nama", Why.AFTER_COMMA, typed)
    before = _short(line, "gelar_depan", 60) or leading
    after = _short(line, "gelar_belakang", 80) or ", ".join(parts)
    titles = names.title_before(before) if before else "", names.title_after(after) if after else ""
    if len(titles[0]) > 60 or len(titles[1]) > 80:
        raise _Wrong("nama", Why.LONG, typed)
    try:
        return titles[0], names.checked(name, title_before=titles[0], title_after=titles[1]), titles[1]
    except DomainError as error:
        raise _Wrong("nama", _NAMES[error.code], typed) from None


def _is_title(part: str) -> bool:
    return names.title_after(part) in names.AFTER


def _number(line: Line, column: str, check: Callable[[str], str]) -> str | None:
    typed = line[column]
    if not typed:
        return None
    if isinstance(typed, RoundedText):
        raise _Wrong(column, Why.DAMAGED, typed)
    try:
        return check(typed)
    except DomainError as error:
        damaged = error.facts.get("why") == "excel"
        raise _Wrong(column, Why.DAMAGED if damaged else Why.NUMBER, typed) from None


def _email(line: Line) -> str:
    typed = line["surel"]
    if not typed:
        return ""
    checked = mailboxes.checked(typed)
    if checked is None:
        raise _Wrong("surel", Why.EMAIL, typed)
    return checked


def _phone(line: Line) -> str | None:
    typed = line["hp"]
    if not typed:
        return None
    try:
        return phones.check_phone(typed)
    except DomainError:
        raise _Wrong("hp", Why.PHONE, typed) from None


def _short(line: Line, column: str, most: int) -> str:
    if len(line[column]) > most:
        raise _Wrong(column, Why.LONG, line[column])
    return line[column]


def _one(line: Line, column: str, *known: Mapping[str, str]) -> str | None:
    typed = line[column]
    if not typed:
        return None
    plain = search_key(typed)
    for words in known:
        for key in (_OF_A_CLASS.sub("guru kelas", plain), typed.lower(), aliases.place_key(typed)):
            if words.get(key):
                return str(words[key])
    raise _Wrong(column, Why.WORD, typed)


def _school(line: Line, lookup: Lookup, school_id: int | None) -> int | None:
    npsn, name = nip.npsn(line["npsn"]), line["sekolah"]
    if npsn:
        if npsn not in lookup.npsn:
            raise _Wrong("npsn", Why.SCHOOL, npsn)
        return lookup.npsn[npsn]
    if name:
        ids = lookup.named(name)
        if len(ids) != 1:
            raise _Wrong("sekolah", Why.SCHOOLS if ids else Why.SCHOOL, name)
        return ids[0]
    return school_id


def _same_mail(found: Sequence[Found]) -> None:
    """Two people do not share an account: an address is the first line's, and the others wait. One that looks mistyped is
    taken as it stands, and told.
    """
    _same_numbers(found)
    first = dict[str, int]()
    for one in found:
        mail = one.facts.get("email") or mailboxes.checked(one.cells.get("surel", ""))
        if mail in first and not one.waits:
            one.wait(Why.MAIL, first[mail], column="surel")
        if mail is not None:
            first.setdefault(mail, one.number)
        if not one.why and mail is not None and (meant := typos.meant(mail)) is not None:
            one.wait(Why.MEANT, column="surel", said=meant)


def _same_numbers(found: Sequence[Found]) -> None:
    for number in ("nip", "nuptk"):
        for group in _groups(found, lambda one, number=number: one.facts[number]):  # type: ignore[misc]  # bound at once
            _same_number(group, number)


def _doubles(found: Sequence[Found]) -> None:
    """Lines that name one number, one person or one address: each is told of the other, and none is guessed."""
    _same_numbers(found)
    good = [one for one in found if not one.waits]
    for group in _groups(good, lambda one: (one.facts["school_id"], search_key(one.name))):
        for one in group:
            if not (one.facts["nip"] or one.facts["nuptk"]):
                one.wait(Why.ALIKE, next(other.number for other in group if other is not one), column="nama")
    for group in _groups(good, lambda one: one.facts["email"]):
        for one in group:
            one.wait(Why.SHARED, next(other.number for other in group if other is not one), column="surel")


def _same_number(group: Sequence[Found], number: str) -> None:
    first = group[0]
    if all(one.facts == first.facts for one in group):
        for one in group[1:]:
            one.wait(Why.AGAIN, first.number)
        return
    for one in group:
        other = next(other.number for other in group if other is not one)
        one.wait(Why.CLASH, other, column=number, said=one.facts[number])


def _groups(found: Sequence[Found], key: Callable[[Found], Any]) -> list[list[Found]]:
    """Those of the good lines that have the same key, where there are several."""
    groups = defaultdict[Any, list[Found]](list)
    for one in found:
        if not one.waits and (at := key(one)):
            groups[at].append(one)
    return [group for group in groups.values() if len(group) > 1]
