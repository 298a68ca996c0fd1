"""What a list of old papers says, line by line: what can be kept, and why the rest waits. Reads only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from calakan.certificates.models import CertificateRole
from calakan.kernel.askable import Askable
from calakan.kernel.text import search_key
from calakan.people import names
from calakan.tables import reading
from calakan.tables.cells import DateText, RoundedText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Column, Line

COLUMNS = [
    Column(
        "nama",
        (
            "nama lengkap", "nama peserta", "nama lengkap peserta", "nama lengkap dan gelar", "nama dan gelar",
            "nama lengkap (dengan gelar)", "nama lengkap beserta gelar", "nama guru", "name", "full name",
        ),
        required=True,
    ),
    Column(
        "nomor sertifikat",
        ("no sertifikat", "no. sertifikat", "nomor sertifikat/piagam", "certificate number", "nomor piagam"),
    ),
    Column(
        "unit kerja",
        (
            "sekolah", "asal sekolah", "nama sekolah", "instansi", "asal instansi", "satuan pendidikan",
            "tempat kerja", "tempat tugas", "unit kerja/sekolah",
        ),
    ),
    Column("jp", ("jumlah jp", "jam pelajaran", "beban jp")),
    Column("peran", ("sebagai", "role")),
]  # fmt: skip
MOST_LINES = 5000
LONGEST_NUMBER, LONGEST_NAME = 100, 200
_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.I)
_JP = re.compile(r"([0-9]{1,3})(?:[.,]0{1,2})?\s*(?:jp|jam|jam pelajaran)?\.?", re.I)
_ROLES = {"": CertificateRole.PARTICIPANT, **{role.value: role for role in CertificateRole}}


class Why(Askable):
    """Why a line is not kept by itself."""

    MARKS = "marks"
    NO_NAME = "no_name"
    NO_PERSON = "no_person"
    LONG = "long"
    DAMAGED = "damaged"
    JP = "jp"
    ROLE = "role"
    AGAIN = "again"
    CLASH = "clash"
    ALIKE = "alike"
    KNOWN = "known"
    TAKEN = "taken"


@dataclass(frozen=True)
class Row:
    """`why` is empty where the line can be kept; `other` is the line that it disagrees with."""

    line: int
    name: str
    number: str = ""
    place: str = ""
    jp: int | None = None
    role: str = CertificateRole.PARTICIPANT.value
    said: str = ""
    why: str = ""
    other: int | None = None

    @property
    def key(self) -> str:
        return number_key(self.number)

    @property
    def kept(self) -> dict[str, Any]:
        return asdict(self)


def number_key(number: str) -> str:
    """Blanks and case make no other number."""
    return "".join(number.split()).upper()


def rows(content: bytes) -> list[Row]:
    """Every line of the list, judged by the list alone. Raises TableUnreadable."""
    table = reading.table(content, COLUMNS, people=True)
    if len(table.lines) > MOST_LINES:
        raise TableUnreadable(why="large")
    return _doubles([_row(line) for line in table.lines])


def _row(line: Line) -> Row:
    name, number, jp, role = line["nama"], line["nomor sertifikat"], line["jp"], line["peran"].casefold()
    row = Row(line.number, name[:LONGEST_NAME], number[:LONGEST_NUMBER], line["unit kerja"][:LONGEST_NAME])
    if line.marked is not None:
        return replace(row, why=Why.MARKS, said=line.marked)
    if not search_key(name):
        return replace(row, why=Why.NO_NAME)
    if names.no_person(name):
        return replace(row, why=Why.NO_PERSON, said=name[:40])
    if len(name) > LONGEST_NAME or len(number) > LONGEST_NUMBER or len(line["unit kerja"]) > LONGEST_NAME:
        return replace(row, why=Why.LONG)
    if isinstance(number, DateText | RoundedText) or _ROUNDED.fullmatch(number):
        return replace(row, why=Why.DAMAGED, said=number)
    hours = _JP.fullmatch(jp)
    if jp and (hours is None or not int(hours[1])):
        return replace(row, why=Why.JP, said=jp[:40])
    if role not in _ROLES or _ROLES[role] is CertificateRole.ATTENDEE:
        return replace(row, why=Why.ROLE, said=role[:40])
    return replace(row, jp=int(hours[1]) if hours is not None else None, role=_ROLES[role].value)


def _doubles(found: Sequence[Row]) -> list[Row]:
    """Lines that say the same number or, without one, the same name: each names the other, and none is guessed."""
    by_number, by_name = dict[str, Row](), dict[tuple[str, str, str], Row]()
    clashing = dict[str, int]()
    judged = list[Row]()
    for row in found:
        if row.why:
            judged.append(row)
            continue
        if row.key:
            first = by_number.setdefault(row.key, row)
            if first is not row:
                same = search_key(first.name) == search_key(row.name)
                row = replace(row, why=Why.AGAIN if same else Why.CLASH, other=first.line)
                if not same:
                    clashing.setdefault(row.key, row.line)
        else:
            first = by_name.setdefault((search_key(row.name), search_key(row.place), row.role), row)
            if first is not row:
                row = replace(row, why=Why.ALIKE, other=first.line)
        judged.append(row)
    return [
        replace(row, why=Why.CLASH, other=clashing[row.key]) if not row.why and row.key in clashing else row
        for row in judged
    ]


def known(found: Sequence[Row], past: Mapping[str, str], ours: frozenset[str]) -> list[Row]:
    """The same against what is stored: `past` is number -> name of earlier lists, `ours` the numbers of our own papers."""
    judged = []
    for row in found:
        if not row.why and row.key in past:
            same = search_key(past[row.key]) == search_key(row.name)
            row = replace(row, why=Why.KNOWN if same else Why.TAKEN)
        elif not row.why and row.key in ours:
            row = replace(row, why=Why.TAKEN)
        judged.append(row)
    return judged
