"""Staff lists as phones, offices and formulas make them: titles without their comma, empty cells in words, the foot of a table."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.people import names
from calakan.people.directory import other_key, school_key
from calakan.people.models import Person, School
from calakan.roster import lists, reading
from calakan.roster.reading import Lookup
from tests.people.importing import import_people
from tests.roster import listing
from tests.roster.listing import NIPS, applied, read, rows, text, told
from tests.roster.test_reading import judged


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("written", "before", "name", "after"),
    [
        ("Drs.Suparno, M.Pd", "Drs.", "Suparno", "M.Pd"),
        ("Dra.Hj.Siti Aminah", "Dra. Hj.", "Siti Aminah", ""),
        ("H.Abdul Karim S.Pd.I", "H.", "Abdul Karim", "S.Pd.I"),
        ("H.M. Nur Cahyono", "", "H.M. Nur Cahyono", ""),
        ("R.A. Kartini", "", "R.A. Kartini", ""),
        ("K.H.Hasyim", "K.H.", "Hasyim", ""),
        ("DR. BUDI SANTOSO, M.SI", "DR.", "BUDI SANTOSO", "M.SI"),
        ("dr. Ani", "dr.", "Ani", ""),
        ("Suparno S.Pd", "", "Suparno", "S.Pd"),
        ("SUPARNO SPD", "", "SUPARNO", "SPD"),
        ("Siti Aminah S. Pd. SD", "", "Siti Aminah", "S.Pd.SD"),
        ("Siti Aminah. S.Pd", "", "Siti Aminah", "S.Pd"),
        ("Rina Kartika SPd, MPd", "", "Rina Kartika", "SPd, MPd"),
        ("Mas Se", "", "Mas Se", ""),  # a name that is letters of a title
        ("Moch.Arif", "", "Moch.Arif", ""),
        ("Ma", "", "Ma", ""),
        ("S.Pd.", "", "S.Pd.", ""),
        ("Drs. H.", "Drs.", "H.", ""),
        ("Ahmad Ma", "", "Ahmad Ma", ""),
        ("Yosef S.", "", "Yosef S.", ""),
    ],
)
def test_titles_are_told_from_the_name_without_their_comma(written: str, before: str, name: str, after: str) -> None:
    assert names.apart(written) == (before, name, after)


def test_a_title_without_its_comma_makes_nobody_twice(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    applied(text(f"Suparno, S.Pd.;{NIPS[0]};;;;;;{npsn}", f"Siti Aminah;;;;;;;{npsn}"), days_ago=2)
    found = read(text(f"Suparno S.Pd;{NIPS[0]};;;;;;{npsn}", f"Dra.Hj.Siti Aminah S. Pd;;;;;;;{npsn}"))
    assert told(found) == [(2, "same", "", None), (3, "changed", "", None)]
    applied(text(f"Suparno S.Pd;{NIPS[0]};;;;;;{npsn}", f"Dra.Hj.Siti Aminah S. Pd;;;;;;;{npsn}"), days_ago=1)
    assert [(row.title_before, row.name, row.title_after) for row in rows()] == [
        ("Dra. Hj.", "Siti Aminah", "S.Pd."), ("", "Suparno", "S.Pd."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "1", "12.", "(2)", "Jumlah", "JUMLAH GURU : 12", "Total", "Rata-rata", "Mengetahui,", "Kepala Sekolah", "Kepala Sekolah,",
        "KEPALA SDN 1 KARANGJATI", "a.n. Kepala Dinas", "Plt. Kepala Sekolah", "NIP. 196501311986012001", "NIP 19650131 198601 2 001",
        "Purwokerto, 30 November 2026", "Keterangan:", "Ketua Panitia", "....................", "Nama Lengkap",
    ],
)  # fmt: skip
def test_the_foot_of_a_table_is_nobody(app: Flask, said: str) -> None:
    (npsn,) = listing.schools(1)
    school = db.session().scalar(sa.select(School.id).where(School.npsn == npsn))
    found, _ = lists.judged(
        text(f"Sri;{NIPS[0]}", f"{said};", head="nama;nip"), school_id=school, as_of=clock.today(), now=clock.now()
    )
    assert [(one.line.number, one.line.waits) for one in found] == [(2, False), (3, True)]


@pytest.mark.parametrize(
    "nothing", ["-", "–", "—", "---", "0", "000000", "Tidak Ada", "TDK ADA", "belum ada", "n/a", "nihil", "."]
)
@pytest.mark.parametrize(
    "column",
    ["nip", "nuptk", "surel", "hp", "jabatan", "status", "jenis_kelamin", "mapel", "gelar_depan", "gelar_belakang"],
)
def test_an_empty_cell_in_words_says_nothing(app: Flask, column: str, nothing: str) -> None:
    (npsn,) = listing.schools(1)
    found, _ = lists.judged(
        text(f"Sri;{nothing};{npsn}", head=f"nama;{column};npsn"), school_id=None, as_of=clock.today(), now=clock.now()
    )
    (one,) = found
    assert (one.line.why, one.line.facts["name"]) == ("", "Sri")
    assert (one.line.facts["title_before"], one.line.facts["title_after"], one.line.facts["subject_taught"]) == (
        "",
        "",
        "",
    )


@pytest.mark.parametrize("column", ["npsn", "sekolah"])
def test_an_empty_school_in_words_is_none_and_so_is_a_kabupaten(app: Flask, column: str) -> None:
    assert judged("Sri;-", head=f"nama;{column}") == [(2, "no_school", "npsn", None)]
    came = import_people(b"surel;nama;sekolah;kabupaten\nsri@example.org;Sri;-;-\n")
    assert (came.added, came.problems) == (1, [])
    assert db.session().scalar(sa.select(Person.kabupaten_elsewhere)) == ""


@pytest.mark.parametrize(
    ("said", "jabatan"),
    [
        ("Guru Kelas", "guru_kelas"), ("Guru Kelas 4", "guru_kelas"), ("GURU KELAS IV A", "guru_kelas"), ("Guru Kelas 1B", "guru_kelas"),
        ("Guru Matematika", "guru_mapel"), ("GURU PPKn", "guru_mapel"), ("Kepala Madrasah", "kepala_sekolah"), ("Kasek", "kepala_sekolah"),
        ("Guru Bimbingan dan Konseling", "guru_bk"), ("Operator", "tenaga_kependidikan"), ("Waka", "wakil_kepala_sekolah"),
        ("Plt. Kepala Sekolah", None), ("Guru Kelas 7", None), ("Guru Kelas IV dan V", None), ("Guru Ahli Muda", None),
    ],
)  # fmt: skip
def test_posts_as_schools_write_them(app: Flask, said: str, jabatan: str | None) -> None:
    (npsn,) = listing.schools(1)
    (one,), _ = lists.judged(
        text(f"Sri;{said};{npsn}", head="nama;jabatan;npsn"), school_id=None, as_of=clock.today(), now=clock.now()
    )
    assert (one.line.why, one.line.facts.get("jabatan")) == ("" if jabatan else "word", jabatan)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("PNS", "pns"), ("Pegawai Negeri Sipil", "pns"), ("P3K", "pppk"), ("PPPK Paruh Waktu", "pppk_paruh_waktu"), ("P3K PW", "pppk_paruh_waktu"),
        ("Guru Tetap Yayasan", "gty"), ("Guru Tidak Tetap", "gtt"), ("Non ASN", None), ("ASN", None),
    ],
)  # fmt: skip
def test_statuses_as_schools_write_them(app: Flask, said: str, status: str | None) -> None:
    (npsn,) = listing.schools(1)
    (one,), _ = lists.judged(
        text(f"Sri;{said};{npsn}", head="nama;status;npsn"), school_id=None, as_of=clock.today(), now=clock.now()
    )
    assert (one.line.why, one.line.facts.get("employment")) == ("" if status else "word", status)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("+62 0812-3456-7890", ""), ("0062 812 3456 7890", ""), ("62812.3456.7890", ""), ("81234567890", ""), ("0812–3456–7890", ""),
        ("0812 3456 7890 / 0857 1111 2222", "phone"), ("8.12346E+11", "phone"), ("(0281) 636123", "phone"), ("0812345678901234", "phone"),
    ],
)  # fmt: skip
def test_telephones_as_schools_write_them(app: Flask, typed: str, why: str) -> None:
    (npsn,) = listing.schools(1)
    assert [one[1] for one in judged(f"Sri;;;;{typed};;;{npsn}")] == [why]


def test_headings_with_remarks_and_strokes_are_read_where_they_say_one_thing(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    for head, column, value in (
        ("nama;npsn;No HP/WA", "phone", "+6281234567890"), ("NAMA (huruf kapital);NPSN Sekolah;No. HP (WA aktif)", "phone", "+6281234567890"),
        ("Nama;NPSN;Nomor HP/Whatsapp", "phone", "+6281234567890"),
    ):  # fmt: skip
        (one,), _ = lists.judged(
            text(f"Sri;{npsn};081234567890", head=head), school_id=None, as_of=clock.today(), now=clock.now()
        )
        assert (one.line.why, one.line.facts.get(column)) == ("", value), head
    # What is another's is not read as his: a NIP, a number or an address that a whole school shares.
    for head, value in (
        ("NIP (Kepala Sekolah)", NIPS[0]), ("No HP (orang tua)", "081234567890"), ("Email (sekolah)", "sdn1@example.org"),
        ("Surel (operator)", "sdn1@example.org"),
    ):  # fmt: skip
        (one,), _ = lists.judged(
            text(f"Sri;{npsn};{value}", head=f"nama;npsn;{head}"), school_id=None, as_of=clock.today(), now=clock.now()
        )
        assert not any(one.line.facts.get(name) for name in ("nip", "phone", "email")), head
    (one,), _ = lists.judged(
        text(f"Sri;{npsn};Guru Kelas", head="nama;npsn;Jabatan (kepala/guru)"),
        school_id=None,
        as_of=clock.today(),
        now=clock.now(),
    )
    assert one.line.facts["jabatan"] == "guru_kelas"
    # Either may be meant, so neither is.
    (one,), _ = lists.judged(
        text(f"Sri;{npsn};{NIPS[0]};{NIPS[2]}", head="nama;npsn;NIP (lama);NIP (PPPK)"),
        school_id=None,
        as_of=clock.today(),
        now=clock.now(),
    )
    assert one.line.facts["nip"] is None


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("SD NEGERI 2 UJI", 2), ("SDN II Uji", 2), ("UPT SD Negeri 2 Uji", 2), ("UPTD SDN II UJI", 2), ("sd n 02 uji", 2), ("SD 2 Uji", 2),
        ("SMP Karya IV Uji", 4), ("SMP Karya 4 Uji", 4), ("SDN VI Uji", None), ("SD III Uji", None),
    ],
)  # fmt: skip
def test_schools_with_roman_numbers_and_the_words_of_their_office(app: Flask, written: str, id: int | None) -> None:
    stored = {school_key(name): [n] for name, n in (("SDN 2 Uji", 2), ("SMP Karya IV Uji", 4), ("SDN 1 Uji", 1))}
    known = Lookup({}, {other_key(key): ids for key, ids in stored.items()} | stored, {}, {}, {})
    (one,), _ = reading.lines(text(f"Sri;{written}", head="nama;sekolah"), known, school_id=None, today=clock.today())
    assert one.facts.get("school_id") == id


@pytest.mark.parametrize(
    "above",
    [
        "20300001",
        "NPSN;: 20300001",
        "NPSN : 20300001",
        "Nama Sekolah : SDN 1 Uji",
        "Satuan Pendidikan;: SD Negeri 1 Uji",
        "20300001.0",
        ": SDN I Uji",
    ],
)
def test_the_school_above_a_table_is_read_with_its_label(above: str) -> None:
    known = Lookup({"20300001": 1}, {"sd 1 uji": [1]}, {}, {}, {})
    (one,), _ = reading.lines(
        text(above, "nama;nip", "Sri;", head="Daftar Guru;"), known, school_id=None, today=clock.today()
    )
    assert one.facts.get("school_id") == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("33.02.19", "33.02.19"), ("330219", "33.02.19"), ("3302230", "33.02.19"), ("030223", "33.02.19"), ("Kec. Sokaraja", "33.02.19"),
        ("33.02.23", "33.02.23"), ("330223", "33.02.23"), ("3302190", "33.02.23"), ("030219", "33.02.23"), ("KEDUNG BANTENG", "33.02.23"),
        ("Kecamatan Kedungbanteng", "33.02.23"), ("3302", None), ("30219", None), ("33.02.99", None), ("Kedung", None),
    ],
)  # fmt: skip
def test_a_kecamatan_by_any_of_the_three_numbers_or_its_name(app: Flask, typed: str, code: str | None) -> None:
    came = import_people(f"surel;nama;kecamatan\nsri@example.org;Sri;{typed}\n".encode())
    assert [(line, column) for line, column, _ in came.problems] == ([] if code else [(2, "kecamatan")])
    assert db.session().scalar(sa.select(Person.kecamatan_code)) == code


def test_what_a_failed_formula_shows_is_no_name_and_no_number(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    assert [one[1:3] for one in judged(f"#N/A;;;;;;;{npsn}", f"Sri;#REF!;;;;;;{npsn}", f"Sri;;;#NAME?;;;;{npsn}")] == [
        ("marks", "nama"), ("marks", "nip"), ("marks", "surel"),
    ]  # fmt: skip
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["nama", "nip", "npsn"],
        ["Sri", "=CONCATENATE(A1,B1)", npsn],
        ["Budi", None, npsn],
        ["Ani", "#N/A", npsn],
    ):
        sheet.append(row)
    book.save(out)
    assert [one[2] for one in told(read(out.getvalue()))] == ["marks", "", "marks"]


def test_a_workbook_of_a_phone_is_read(app: Flask) -> None:
    """Texts in the cells themselves, no styles, no shared strings, no references: the least that a program may write."""
    (npsn,) = listing.schools(1)
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in row) + "</row>"
        for row in (("Nama", "NIP", "No HP/WA", "NPSN"), ("Sri Mulyati, S.Pd", f"'{NIPS[1]}", "0812 3456 7890", npsn))
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Guru" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="a" Type="{office}/worksheet" Target="/xl/s.xml"/></Relationships>',
        "xl/s.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    applied(out.getvalue())
    (row,) = rows()
    assert (row.name, row.title_after, row.nip, row.phone) == ("Sri Mulyati", "S.Pd.", NIPS[1], "+6281234567890")


@pytest.mark.parametrize("asked", ["?", "??", "(?)", "#N/A", "#REF!", "####", "''", "idem", "s.d.a.", "*", "✓"])
@pytest.mark.parametrize("column", ["nip", "nuptk", "surel", "hp", "jabatan", "status", "jenis_kelamin", "mapel"])
def test_a_cell_that_asks_or_points_is_not_empty(app: Flask, column: str, asked: str) -> None:
    (npsn,) = listing.schools(1)
    content = text(f"Sri;{asked};{npsn}", head=f"nama;{column};npsn")
    (one,), _ = lists.judged(content, school_id=None, as_of=clock.today(), now=clock.now())
    why = "marks" if asked in ("#N/A", "#REF!") else "word"  # a formula that failed
    assert (one.line.why, one.line.column, one.line.said) == (why, column, asked)


def test_columns_that_were_not_read_are_told(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    content = text(f"1;Sri;{npsn};3302;Islam", head="No;nama;npsn;NIK;Agama")
    assert listing.held(read(content)).unread == ["No", "NIK", "Agama"]
    again = text(f"Sri;{npsn};2;kosong", head="nama;npsn;Baris asal;Alasan")  # the file of lines that waited
    assert listing.held(read(again)).unread == []
