"""What a line of a staff list may say, and why the rest waits: each reason with the lines that it is told of."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from openpyxl import Workbook

from calakan.kernel import clock
from calakan.roster import lists, reading, words
from calakan.roster.reading import REMARKS, Lookup, Why
from calakan.tables.errors import TableUnreadable
from tests.roster import listing
from tests.roster.listing import NIPS, applied, read, rows, text, told


def judged(*lines: str, head: str = listing.HEAD) -> list[tuple[int, str, str, int | None]]:
    """(line, why, column, other)"""
    found, _ = lists.judged(text(*lines, head=head), school_id=None, as_of=clock.today(), now=clock.now())
    return [(one.line.number, one.line.why, one.line.column, one.line.other) for one in found]


@pytest.mark.parametrize(
    ("cells", "why", "column"),
    [
        ("  ;;;;;;;{npsn}", "no_name", "nama"),
        (";{nip};;;;;;{npsn}", "no_name", "nama"),
        ("Dra.;;;;;;;{npsn}", "", ""),
        ("Lestari, Dwi;;;;;;;{npsn}", "after_comma", "nama"),
        ("Lestari, spd;;;;;;;{npsn}", "", ""),
        ("Dr. H. Budi, M.Pd., Gr.;;;;;;;{npsn}", "", ""),
        ("S\u202eri;;;;;;;{npsn}", "marks", "nama"),
        ("Sri 斯;;;;;;;{npsn}", "undrawable", "nama"),
        (f"{'a' * 101};;;;;;;{{npsn}}", "long", "nama"),
        ("Sri Undian situs.example;;;;;;;{npsn}", "site", "nama"),
        ("Sri;1,98501E+17;;;;;;{npsn}", "damaged", "nip"),
        ("Sri;198501312010011000;;;;;;{npsn}", "damaged", "nip"),
        ("Sri;'198501312010011001;;;;;;{npsn}", "", ""),
        ("Sri;19853131201001100;;;;;;{npsn}", "number", "nip"),
        ("Sri;-;-;-;-;-;-;{npsn}", "", ""),
        ("Sri;;1.23457E+15;;;;;{npsn}", "damaged", "nuptk"),
        ("Sri;;123;;;;;{npsn}", "number", "nuptk"),
        ("Sri;;;sri@;;;;{npsn}", "email", "surel"),
        ("Sri;;;;0281-123;;;{npsn}", "phone", "hp"),
        ("Sri;;;;;Raja;;{npsn}", "word", "jabatan"),
        ("Sri;;;;;;Raja;{npsn}", "word", "status"),
        ("Sri;;;;;Guru Penjasorkes;Honor Sekolah;{npsn}", "", ""),
        ("Sri;;;;;Guru PAI;Wiyata Bakti;{npsn}", "", ""),
        ("Sri;;;;;;;", "no_school", "npsn"),
        ("Sri;;;;;;;99999999", "school", "npsn"),
    ],
)  # fmt: skip
def test_what_a_line_waits_for(app: Flask, cells: str, why: str, column: str) -> None:
    (npsn,) = listing.schools(1)
    found = judged(cells.format(npsn=npsn, nip=NIPS[0]))
    assert found == [(2, why, column, None)]


def test_schools_are_found_by_name_where_one_bears_it() -> None:
    known = Lookup({"20300001": 1}, {"sd 1 uji": [1, 2], "sd 2 uji": [3]}, {}, {}, {})
    content = text("Sri;SDN 02 Uji", "Ani;SD N 1 Uji", "Tuti;SDN Entah", head="nama;tempat tugas")
    found, _ = reading.lines(content, known, school_id=None, today=clock.today())
    assert [(one.number, one.why, one.column) for one in found] == [
        (2, "", ""), (3, "schools", "sekolah"), (4, "school", "sekolah"),
    ]  # fmt: skip
    assert found[0].facts["school_id"] == 3
    for above, why in (
        ("SD NEGERI 2 UJI", ""),
        ("20300001", ""),
        ("20300001;SDN 2 Uji", "no_school"),
        ("SDN 1 Uji", "no_school"),
    ):
        (one,), _ = reading.lines(
            text(above, "nama;nip", "Sri;", head="Daftar Guru;"), known, school_id=None, today=clock.today()
        )
        assert one.why == why


def test_lines_that_name_one_number_one_person_or_one_address_tell_of_each_other(app: Flask) -> None:
    one, other = listing.schools()
    assert judged(
        f"Sri;{NIPS[0]};;;;;;{one}",
        f"Budi;{NIPS[0]};;;;;;{one}",  # one NIP, two people
        f"Ani;;1234567890123456;;;;;{one}",
        f"Tuti;;1234567890123456;;;;;{one}",
        f"Rina;{NIPS[2]};;;;;;{one}",
        f"Rina;{NIPS[2]};;;;;;{one}",  # the same line again
        f"Karsinah;;;;;;;{one}",
        f"KARSINAH;;;;;;;{one}",  # nobody can tell them apart
        f"Karsinah;;;;;;;{other}",
        f"Wati;{NIPS[4]};;;;;;{one}",
        f"Wati;{NIPS[6]};;;;;;{one}",  # two numbers are two people
        f"Wati;;;;;;;{one}",
        f"Joko;{NIPS[8]};;sdn@example.org;;;;{one}",
        f"Edi;{NIPS[10]};;sdn@example.org;;;;{one}",  # the school's address
    ) == [
        (2, "clash", "nip", 3), (3, "clash", "nip", 2), (4, "clash", "nuptk", 5), (5, "clash", "nuptk", 4),
        (6, "", "", None), (7, "again", "", 6), (8, "alike", "nama", 9), (9, "alike", "nama", 8), (10, "", "", None),
        (11, "", "", None), (12, "", "", None), (13, "alike", "nama", 11), (14, "shared", "surel", 15),
        (15, "shared", "surel", 14),
    ]  # fmt: skip


def test_three_teachers_with_the_address_of_their_school_are_three_rows(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    applied(text(*(f"Guru {at};{NIPS[at]};;sdn@example.org;;;;{npsn}" for at in range(3))))
    assert [row.email for row in rows()] == ["sdn@example.org"] * 3


def test_what_may_mean_two_known_people_means_nobody(app: Flask) -> None:
    one, other = listing.schools()
    applied(
        text(
            f"Sri Mulyati;{NIPS[0]};1111111111111111;;;;;{one}", f"Budi;{NIPS[2]};2222222222222222;;;;;{one}",
            f"Wati;{NIPS[4]};;;;;;{one}", f"Wati;{NIPS[6]};;;;;;{one}", f"Ani;;;;;;;{one}",
        ),
        days_ago=3,
    )  # fmt: skip
    id = read(
        text(
            f"Sri Mulyati;{NIPS[0]};2222222222222222;;;;;{one}",  # the number of two people
            f"Joko Santoso;{NIPS[2]};;;;;;{one}",  # somebody else's number
            f"Wati;;;;;;;{one}",
            f"Ani;{NIPS[8]};;;;;;{one}",  # she had no number yet
            f"Ani;;;;;;;{other}",
            f"Wati;{NIPS[10]};;;;;;{one}",
        )
    )
    assert told(id) == [
        (2, "waits", "two_rows", None), (3, "waits", "other_name", None), (4, "waits", "alike", 7),
        (5, "changed", "", None), (6, "new", "", None), (7, "new", "namesake", None),
    ]  # fmt: skip
    assert told(read(text(f"Wati;;;;;;;{one}"))) == [(2, "waits", "many", None)]
    # A name that was spelled otherwise is the same person's.
    assert told(read(text(f"Sri Mulyatti;{NIPS[0]};;;;;;{one}"))) == [(2, "changed", "", None)]
    # Two lines, two numbers, one row.
    assert told(read(text(f"Sri Mulyati;{NIPS[0]};;;;;;{one}", f"Sri Mulyati;;1111111111111111;;;;;{one}"))) == [
        (2, "waits", "same_row", 3), (3, "waits", "same_row", 2),
    ]  # fmt: skip


def test_a_workbook_that_rounded_its_numbers_is_told_so(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nama", "NIP", "NPSN"])
    sheet.append(["Sri", 198501312010011001, npsn])
    sheet.append(["Budi", "198501312010011003", npsn])
    out = io.BytesIO()
    book.save(out)
    assert [one[2] for one in told(read(out.getvalue()))] == ["damaged", ""]


def test_every_reason_has_its_sentence(app: Flask) -> None:
    for reason in Why:
        sentence = words.why(reason, column="nip", said="123", other=7)
        assert sentence.endswith(".")
        assert "{" not in sentence
    assert words.why("clash", column="nip", other=3).startswith("NIP yang sama ada pada baris 3")
    assert Why.SHARED in REMARKS


def test_a_list_that_is_too_long_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calakan.roster.reading.MOST_LINES", 1)
    with pytest.raises(TableUnreadable):
        judged("Sri", "Budi", head="nama")
