"""The reader of tables: what a sheet shows, which sheet, which line, and a sentence about everything else."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from datetime import datetime, time, timedelta
from time import process_time

import openpyxl
import pytest

from calakan.kernel.text import tidy
from calakan.tables import apart, reading
from calakan.tables.cells import DateText, MarkedText, RoundedText, cell
from calakan.tables.errors import TableUnreadable
from calakan.tables.numbers import shown
from calakan.tables.reading import Column, Sheet

NAMES = (Column("nama", required=True), Column("surel", ("email",)))


def book(*rows: tuple[object, ...], formats: dict[str, str] | None = None) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for place, pattern in (formats or {}).items():
        sheet[place].number_format = pattern
    made.save(out)
    return out.getvalue()


def only(content: bytes) -> Sheet:
    return reading.first(content, lambda sheet: sheet)


@pytest.mark.parametrize(
    ("raw", "pattern", "expected"),
    [
        ("0.85", "0%", "85%"), ("1", "0%", "100%"), ("0.855", "0.0%", "85.5%"), ("1234567.5", "General", "1234567.5"),
        ("3.1415926", "General", "3.1415926"), ("1E-5", "General", "0.00001"), ("1.5E+3", "0.00E+00", "1500"),
        ("0.1", "General", "0.1"), ("0.30000000000000004", "General", "0.3"), ("25000", '"Rp"#,##0', "Rp25.000"),
        ("2.5", "0.00", "2.50"), ("0.5", "# ?/?", "1/2"), ("1.25", "# ?/?", "1 1/4"), ("99.5", "#,##0.00", "99.50"),
        ("123456789012345", "0", "123456789012345"), ("-3", "General", "-3"), ("12", '0" jam"', "12 jam"),
        ("46355.375", "dd/mm/yyyy hh:mm", "2026-11-29 09:00"), ("46355", "d-mmm", "2026-11-29"),
        ("0.375", "hh:mm", "09:00"), ("1.5", "[h]:mm:ss", "36:00:00"), ("#N/A", "General", "#N/A"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_cell_shows(raw: str, pattern: str, expected: str) -> None:
    assert shown(raw, pattern) == expected


def test_what_a_spreadsheet_spoiled_is_marked() -> None:
    assert isinstance(shown("198501012010012999", "0"), RoundedText)
    assert isinstance(shown("46355", "d-mmm"), DateText)
    sheet = only(book(("nama", "nip"), ("Ani", 198501012010012999), ("Budi", datetime(2026, 8, 10)), (True, 0.5)))  # noqa: DTZ001  # as spreadsheets keep it
    assert isinstance(sheet.rows[1][1][1], RoundedText)
    assert isinstance(sheet.rows[2][1][1], DateText)
    assert sheet.rows[3][1][0] == "BENAR"


def test_a_number_format_full_of_open_brackets_is_read_once() -> None:
    began = process_time()
    assert shown("5", "[" * 50_000 + "0") == "5"
    assert process_time() - began < 1


def test_a_workbook_knows_times_and_durations() -> None:
    sheet = only(book(("x", time(7, 0), timedelta(hours=2, minutes=31)), formats={"C1": "[h]:mm:ss"}))
    assert sheet.rows[0][1] == ["x", "07:00", "2:31:00"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("'198503152010012001", "198503152010012001"), ('="198503152010012001"', "198503152010012001"),
        ("'081234567801", "081234567801"), ("'Aini", "'Aini"), ("Nur'aini", "Nur'aini"), ("'99000005", "99000005"),
        ("\u200bBudi\u200b Santoso\ufeff", "Budi Santoso"), ("Bu\u200cdi", "Budi"), ("  x ", "x"), ("='x", "='x"),
        ("'P1234567", "P1234567"), ("9:00\u202fAM", "9:00\u202fAM"),
    ],
)  # fmt: skip
def test_cells_are_tidy(raw: str, expected: str) -> None:
    assert cell(raw) == expected
    assert not isinstance(cell(raw), MarkedText)


@pytest.mark.parametrize(
    "mark",
    # The last line: blanks at the end of a text, and nothing that is typed in the middle.
    [
        "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\x07",
        "\x0b", "\x0c", "\x1c", "\x1f", "\x85",
    ],
)  # fmt: skip
def test_direction_marks_are_refused_at_every_door(mark: str) -> None:
    read = cell(f"Budi {mark}otnas")
    assert isinstance(read, MarkedText)
    assert read.split() == ["Budi", "otnas"]
    with pytest.raises(ValueError, match="mark"):
        tidy(f"Budi {mark}otnas")


@pytest.mark.parametrize(
    "text",
    [
        "nama,surel\nAni,ani@example.org\n",
        "\ufeff\ufeffnama;surel\nAni;ani@example.org\n",
        "sep=;\nnama;surel\nAni;ani@example.org\n",
        "nama|email\nAni|ani@example.org\n",
        "NAMA\tE_mail\nAni\tani@example.org\n",
        "Daftar Hadir, Diklat, Banyumas, 29 November\n\nNama;Surel\nAni;ani@example.org\n",
        'Daftar "Hadir\n"Nama";"Surel"\n"Ani";"ani@example.org"\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_any_program_wrote_it(text: str, encoding: str) -> None:
    columns = (NAMES[0], Column("surel", ("email", "e mail")))
    found = reading.table(text.encode(encoding), columns)
    assert [(line["nama"], line["surel"]) for line in found.lines] == [("Ani", "ani@example.org")]


def test_windows_own_code_page_is_read_and_a_mixture_is_not() -> None:
    assert reading.table("nama\nJosé Nuñez\n".encode("cp1252"), NAMES).lines[0]["nama"] == "José Nuñez"
    for mixed, line in (
        (b"nama\nJos\xc3\xa9\nRen\xe9\n", 3),
        (b"nama\nx\ny\nJos\xc3\xa9 Ren\xe9\n", 4),
        (b"nama\nA\x81\n", 2),
    ):
        with pytest.raises(TableUnreadable) as refused:
            reading.table(mixed, NAMES)
        assert refused.value.facts == {"why": "encoding", "line": line}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('nama,surel\nAni,a\n"Budi,b\nCici,c\n', 3),
        ('nama,surel\n"Budi,b\n"Cici",c\n', 2),
        ('nama,surel,x\n"Budi,b,x\nCici,c,x"\nDidi,d,x\n', 2),
        ('nama,surel\n"Ani" Budi,b\n', 2),
    ],
)
def test_an_open_quotation_mark_swallows_nobody(text: str, line: int) -> None:
    with pytest.raises(TableUnreadable) as refused:
        reading.table(text.encode(), NAMES)
    assert refused.value.facts == {"why": "quote", "line": line}


def test_a_mark_within_a_name_is_a_letter() -> None:
    found = reading.table(b'nama,surel\nSuparno "Parno",x\n"Budi ""Bud"" S","y\nz"\n', NAMES)
    assert [line["nama"] for line in found.lines] == ['Suparno "Parno"', 'Budi "Bud" S']


def test_the_first_visible_sheet_with_the_columns() -> None:
    made, out = openpyxl.Workbook(), io.BytesIO()
    cover = made.active
    assert cover is not None
    cover.append(["Petunjuk"])
    hidden = made.create_sheet("Lama")
    hidden.sheet_state = "hidden"
    hidden.append(["nama"])
    hidden.append(["Orang lama"])
    right = made.create_sheet("Isi")
    right["B4"], right["B5"], right["B6"], right["B7"] = "Nama", "Ani", "Tersembunyi", "Budi"
    right.row_dimensions[6].hidden = True
    made.save(out)
    found = reading.table(out.getvalue(), NAMES)
    assert [(line.number, line["nama"]) for line in found.lines] == [(5, "Ani"), (7, "Budi")]
    assert (found.sheet.name, found.sheet.hidden) == ("Isi", 1)
    with pytest.raises(TableUnreadable) as refused:
        reading.table(out.getvalue(), (Column("kunci", required=True),))
    assert refused.value.facts == {"why": "columns", "missing": ["kunci"], "sheet": "Sheet"}


def sheets_of(**named: list[tuple[object, ...]]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.worksheets[0])
    for name, rows in named.items():
        sheet = made.create_sheet(name.removeprefix("hidden_"))
        sheet.sheet_state = "hidden" if name.startswith("hidden_") else "visible"
        for row in rows:
            sheet.append(row)
    made.save(out)
    return out.getvalue()


FEW = [("nama", "surel"), ("Ani", "ani@example.org")]
MORE = [("Nama", "Surel"), ("Budi", "budi@example.org"), ("Cici", "cici@example.org")]


def test_two_sheets_with_lines_are_refused_by_name() -> None:
    for content in (sheets_of(Guru=FEW, Petunjuk=[("isi",)], KS=MORE), sheets_of(Guru=FEW, KS=FEW)):
        with pytest.raises(TableUnreadable) as refused:
            reading.table(content, NAMES)
        assert refused.value.facts == {"why": "sheets", "sheets": ["Guru", "KS"]}


def test_a_sheet_without_lines_or_hidden_hinders_nobody_and_is_named() -> None:
    found = reading.table(sheets_of(Kosong=FEW[:1], Guru=MORE, hidden_Lama=FEW, Arti=[("baca ini",)]), NAMES)
    assert ([line["nama"] for line in found.lines], found.sheet.unread) == (["Budi", "Cici"], ("Kosong", "Arti"))
    empty = reading.table(sheets_of(Kosong=FEW[:1], Arti=[("baca ini",)]), NAMES)
    assert (empty.lines, empty.sheet.name) == ([], "Kosong")


def test_people_below_no_heading_are_not_lost() -> None:
    content = sheets_of(Guru=FEW, Lanjutan=MORE[1:], Arti=[("tanya ke kantor@example.org",)])
    with pytest.raises(TableUnreadable) as refused:
        reading.table(content, NAMES, people=True)
    assert refused.value.facts == {"why": "sheets", "sheets": ["Guru", "Lanjutan"]}
    assert len(reading.table(content, NAMES).lines) == 1


def test_merged_cells_stand_in_each_row() -> None:
    made, out = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in (("nama", "surel"), ("Ani", "a"), (None, "b"), ("Budi", "c")):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    made.save(out)
    assert [line["nama"] for line in reading.table(out.getvalue(), NAMES).lines] == ["Ani", "Ani", "Budi"]


def refused(content: bytes) -> str:
    with pytest.raises(TableUnreadable) as error:
        reading.table(content, NAMES)
    return str(error.value.facts["why"])


def test_damage_of_any_byte_is_a_sentence() -> None:
    good = book(("nama", "surel"), *((f"Orang {n}", f"o{n}@example.org") for n in range(30)))
    chance = random.Random(5)
    for at in [*range(0, 120), *range(len(good) - 700, len(good)), *chance.sample(range(len(good)), 400)]:
        for value in (0, 237, good[at] ^ 1):
            spoiled = good[:at] + bytes([value]) + good[at + 1 :]
            with suppress(TableUnreadable):
                apart.told(spoiled)  # what the process does, in this one: a thousand times
    for cut in range(4, len(good), 97):
        with pytest.raises(TableUnreadable) as error:
            apart.told(good[:cut])
        assert error.value.facts == {"why": "format"}
    assert refused(good[:97]) == "format"


def test_bombs_are_too_large() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b" " * (61 * 1024 * 1024))
    assert refused(packed.getvalue()) == "large"
    assert refused(b"nama\n" + b"x" * (100 * 1024 * 1024)) == "large"
    assert refused(b"nama\n" + b"x\n" * 50_001) == "large"
    assert refused(b"\xd0\xcf\x11\xe0x") == "encrypted"
    assert refused(b" \n ") == "empty"


def test_a_sheet_of_a_million_cells_is_too_large() -> None:
    content = book(("nama",))
    row = b"<row>" + b"<c><v>1</v></c>" * 150 + b"</row>"
    body = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + row * 7_000
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            sheet = body + b"</sheetData></worksheet>"
            new.writestr(part, sheet if part.endswith("sheet1.xml") else old.read(part))
    assert refused(out.getvalue()) == "large"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out := io.BytesIO(), "w") as new:
        for part in old.namelist():
            entity = b'<!DOCTYPE x [<!ENTITY a "b">]>' if part.endswith("sheet1.xml") else b""
            new.writestr(part, entity + old.read(part).removeprefix(b"<?xml version='1.0' encoding='UTF-8'?>"))
    assert refused(out.getvalue()) == "format"
