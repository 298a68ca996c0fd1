"""What the tests of a diklat show, as a table of its participants."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from calakan.assessment import gains
from calakan.assessment.documents import XLSX
from calakan.assessment.models import Exam, ExamKind
from calakan.people import nip
from calakan.people.models import Person
from calakan.people.queries import workplace
from calakan.tables import books

MIME_TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
WHO = ("Nama", "Tempat kerja")
NUMBERS = ("NIP", "NUPTK", "NPSN", "Email")
Cell = str | float | None


@dataclass(frozen=True)
class Results:
    """`scores` are test -> person -> the best that counts; `numbered`: the office's own list, with what tells people apart."""

    people: Sequence[Person]
    exams: Sequence[Exam]
    scores: dict[int, dict[int, float]]
    numbered: bool

    @property
    def headings(self) -> list[str]:
        pair = ["Kenaikan", "N-gain"] if self._pair is not None else []
        return [*WHO, *(NUMBERS if self.numbered else ()), *(f"{row.number}. {row.title}" for row in self.exams), *pair]

    @property
    def rows(self) -> list[list[Cell]]:
        return [self._row(person) for person in self.people]

    @property
    def _pair(self) -> tuple[Exam, Exam] | None:
        kinds = {row.kind: row for row in self.exams}
        before, after = kinds.get(ExamKind.PRE), kinds.get(ExamKind.POST)
        return (before, after) if before is not None and after is not None else None

    def _row(self, who: Person) -> list[Cell]:
        row: list[Cell] = [who.printed_name, workplace(who)]
        if self.numbered:
            row += [
                _grouped_nip(who),
                _grouped_nuptk(who),
                who.school.npsn if who.school is not None else "",
                who.email,
            ]
        row += [self.scores[exam.id].get(who.id) for exam in self.exams]
        if self._pair is not None:
            before, after = (self.scores[exam.id].get(who.id) for exam in self._pair)
            row += _gained(before, after)
        return row


def _gained(before: float | None, after: float | None) -> list[Cell]:
    if before is None or after is None:
        return [None, None]
    return [round(after - before, 2), gains.n_gain(before, after)]


def _grouped_nip(who: Person) -> str:
    """In groups, as the list of participants has it: no spreadsheet takes that for a number."""
    return nip.spaced_nip(who.nip) if who.nip else ""


def _grouped_nuptk(who: Person) -> str:
    return " ".join(who.nuptk[start : start + 4] for start in range(0, 16, 4)) if who.nuptk else ""


def as_csv(results: Results) -> bytes:
    """UTF-8 with a mark at its start, semicolons and decimal commas, as Excel in Indonesia expects."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([books.harmless(name) for name in results.headings])
    writer.writerows([_said(cell) for cell in row] for row in results.rows)
    return text.getvalue().encode("utf-8-sig")


def _said(cell: Cell) -> str:
    if isinstance(cell, str):
        return books.harmless(cell)
    return "" if cell is None else f"{cell:g}".replace(".", ",")


def as_xlsx(results: Results) -> bytes:
    """Scores are numbers; whatever identifies is text, also for whoever edits the cell."""
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, text = book.add_worksheet("Hasil tes"), book.add_format({"num_format": "@"})
    sheet.write_row(0, 0, results.headings, book.add_format({"bold": True, "text_wrap": True, "valign": "top"}))
    for at, row in enumerate(results.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell, text)
            elif cell is not None:
                sheet.write_number(at, column, cell)
    sheet.set_column(0, len(WHO) - 1, 34)
    sheet.set_column(len(WHO), len(results.headings) - 1, 24 if results.numbered else 12)
    sheet.freeze_panes(1, 1)
    books.finish(book)
    return out.getvalue()


WRITERS = {"xlsx": as_xlsx, "csv": as_csv}
