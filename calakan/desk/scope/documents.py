"""One's own people and their year as a file, without numbers of identity and contacts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from calakan.desk.scope.standing import Year
from calakan.kernel.clock import local
from calakan.office.house import house
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.people.models import Person
from calakan.people.queries import workplace
from calakan.reports.documents import sheets
from calakan.reports.documents.sheets import Cell, Format
from calakan.tables import books

NAMES = [
    "No", "Nama", "Jabatan", "Status kepegawaian", "Tempat kerja", "NPSN", "Kecamatan", "Diklat diikuti",
    "Judul diklat", "Sertifikat", "JP bersertifikat", "Target JP", "Kurang",
]  # fmt: skip


def rows(people: Sequence[Person], years: Mapping[int, Year]) -> list[list[Cell]]:
    """One row for each person, in the order given."""
    return [[place, *_row(person, years[person.id])] for place, person in enumerate(people, start=1)]


def _row(person: Person, year: Year) -> list[Cell]:
    lists = choices()
    return [
        person.printed_name,
        lists.label(ChoiceKind.JABATAN, person.jabatan),
        lists.label(ChoiceKind.STATUS, person.employment),
        workplace(person),
        person.school.npsn if person.school is not None else "",
        person.kecamatan.name if person.kecamatan is not None else "",
        len(year.titles),
        "; ".join(year.titles),
        year.papers,
        year.jp,
        year.target,
        year.lacking,
    ]


def make(found: Sequence[Sequence[Cell]], format: Format, *, year: int, made_at: datetime) -> bytes:
    """As CSV or as a workbook. Raises ValueError for anything else."""
    if format is Format.CSV:
        return sheets.as_csv(NAMES, found)
    if format is not Format.XLSX:
        raise ValueError("one's own people are CSV or XLSX")
    file = io.BytesIO()
    book = sheets.new_book(file, "Binaan", company=house().source, made_at=made_at)
    sheets.add_sheet(book, f"Binaan {year}", NAMES, found)
    books.finish(book)
    return file.getvalue()


def file_name(format: Format, *, year: int, made_at: datetime) -> str:
    return f"binaan-{year}-{local(made_at):%Y-%m-%d-%H%M}.{format.value}"
