"""Questions as other programs and people write them: numbered options, keys in brackets, tables of games; other grades."""

from __future__ import annotations

import pytest
from flask import Flask

from calakan.assessment import question_files, score_lists
from calakan.assessment.services.questions import multiple
from tests.assessment.test_exams import exam
from tests.assessment.test_question_files import read, waiting
from tests.assessment.test_score_files import read as plan
from tests.assessment.test_score_files import told
from tests.attendance.test_list_kinds import diklat_id  # noqa: F401  # a fixture

HEAD = "Pertanyaan;Opsi A;Opsi B;Opsi C;Kunci Jawaban\n"


@pytest.mark.parametrize(
    ("key", "at"),
    [
        ("B", 1), ("b.", 1), ("(B)", 1), ("B)", 1), ("2", 1), ("Cilacap", 1), ("CILACAP", 1), ("cilacap ", 1), ("3", 2),
        ("4", None), ("D", None), ("B atau C", None), ("A,B", None), ("", None), ("Cilacap.", None), ("-", None), ("1.5", None),
    ],
)  # fmt: skip
def test_a_key_names_one_option_or_waits(key: str, at: int | None) -> None:
    found = read(f"{HEAD}Mana?;Purwokerto;Cilacap;Tegal;{key}\n")
    assert [answer for _, _, answer in found] == ([at] if at is not None else [])


@pytest.mark.parametrize(
    ("options", "key", "at"),
    [
        ("10;20;30", "20", 1), ("10;20;30", "2", None), ("1;2;3", "2", 1), ("3;2;1", "1", 2), ("3;1;2", "B", 1), ("50%;20%;3,5", "1", None),
        ("A;B;C", "B", 1), ("B;A;C", "A", None), ("benar;salah;", "SALAH", 1), ("x;x;y", "A", None),
        ("2 jam;1 jam;3 jam", "2", None), ("-2;-1;-3", "1", None), ("Pasal 1;Pasal 2;Pasal 3", "2", 1), ("Rp 10;Rp 2;Rp 20", "2", 1),
        ("x=2;x=1;x=3", "1", None), ("dua;satu;1/2", "2", None), ("dua;satu;10", "2", None),
    ],
)  # fmt: skip
def test_a_key_that_may_be_an_option_or_its_place_waits(options: str, key: str, at: int | None) -> None:
    found = read(f"{HEAD}Berapa?;{options};{key}\n")
    assert [answer for _, _, answer in found] == ([at] if at is not None else [])


def test_the_table_of_a_game_with_numbered_options() -> None:
    table = (
        "Question Text,Question Type,Option 1,Option 2,Option 3,Option 4,Option 5,Correct Answer,Time in seconds,Image Link\n"
        "Ibu kota Banyumas?,Multiple Choice,Purwokerto,Cilacap,,,,1,30,\n"
        'Yang genap?,Checkbox,dua,tiga,empat,,,"1,3",30,\n'
        "Gambar apa?,Multiple Choice,a,b,,,,1,30,https://contoh.example/x.png\n"
        "Curah pendapat,Open-Ended,,,,,,,30,\n"
    )
    found = question_files.read(table.encode())
    assert [(item.text, item.options, item.answer) for item in found.items[:1]] == [
        ("Ibu kota Banyumas?", ("Purwokerto", "Cilacap"), 0)
    ]
    assert found.items[1] == multiple("Yang genap?", ("dua", "tiga", "empat"), (0, 2), 3)
    assert [(row.facts["why"], row.facts["line"]) for row in found.refused] == [("picture", 4), ("kind", 5)]


@pytest.mark.parametrize(
    ("bank", "found", "left"),
    [
        # Aiken
        ("Satu?\r\rA) x\rB) y\rANSWER: B\r", [("Satu?", ("x", "y"), 1)], []),
        ("Satu?\n\nA. x\n\nB. y\n\nANSWER: A\n", [("Satu?", ("x", "y"), 0)], []),
        ("1. Satu?\nA. x\nB. y\nJawaban : b\n", [("1. Satu?", ("x", "y"), 1)], []),
        ("Satu?\nA. x\nB. y\nANSWER: B. y\n", [], [("key", 4)]),
        ("Satu?\nA. x\nB. y\nANSWER: AB\n", [], [("key", 4)]),
        ("Satu?\nА. x\nB. y\nANSWER: B\n", [], [("key", 4)]),  # a Cyrillic letter
        # GIFT
        ("Bumi bulat.{benar}\n", [("Bumi bulat.", ("Benar", "Salah"), 0)], []),
        ("Bumi bulat.{ t # betul }\n", [("Bumi bulat.", ("Benar", "Salah"), 0)], []),
        ("Mana?{\r\n=a\r\n~b\r\n}\r\n", [("Mana?", ("a", "b"), 0)], []),
        ("Mana?{~a=b~c}\n", [("Mana?", ("a", "b", "c"), 1)], []),
        ("Mana?{=a\\=1 ~b}\n", [("Mana?", ("a=1", "b"), 0)], []),
        ("Mana?{=a ~b#x=y}\n", [], [("several", 1)]),
        ("Mana?{=a ~ }\n", [], [("options", 1)]),
        ("Mana?{~%33.333%a ~%33.333%b ~%33.333%c ~d}\n", None, []),
        # Moodle
        ("\n\n<?xml version='1.0'?><quiz></quiz>", [], []),
    ],
)  # fmt: skip
def test_banks_as_people_type_them(bank: str, found: list[object] | None, left: list[object] | None) -> None:
    got, waits = read(bank), waiting(bank)
    assert found is None or got == found
    assert left is None or waits == left


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("8,50", 10, 85), ("8.5/10", 100, 85), ("85/100", 10, 85), ("17 of 20", 100, 85), ("17 dari 20", 100, 85), ("100,00 %", 10, 100),
        ("0", 100, 0), ("0,00", 10, 0), ("-5", 100, None), ("+85", 100, None), ("1e2", 100, None), ("8,5,0", 10, None), ("85 poin", 100, None),
        ("#N/A", 100, None), ("11", 10, None), ("10/8", 100, None), ("85 / 0", 100, None), ("Sedang berlangsung", 10, None), ("TRUE", 100, None),
    ],
)  # fmt: skip
def test_other_scores(text: str, most: int, expected: float | None) -> None:
    assert score_lists.score_of(text, most) == expected


BOOK = "Last name,First name,Email address,Status,Started,Completed,Duration,{column},Q. 1 /5.00,Q. 2 /5.00\n"


@pytest.mark.parametrize(
    ("column", "scores", "expected"),
    [
        ("Grade/10.00", ["8.50", "9.00"], 90),  # the best of several attempts
        ("Nilai/10,00", ['"8,50"', "-"], 85),
        ("Grade/100.00", ["85.00", "12.00"], 85),
        ("Nilai/10.00", ["-", "-"], None),
        ("Grade/5.00", ["8.50", "-"], None),  # more than there is
    ],
)
def test_the_report_of_a_moodle_quiz(
    app: Flask,
    diklat_id: int,  # noqa: F811  # the fixture
    column: str,
    scores: list[str],
    expected: float | None,
) -> None:
    rows = "".join(f"Santoso,Budi,budi.santoso@example.org,Finished,1,2,3,{score},4.00,4.50\n" for score in scores)
    table = BOOK.format(column=column) + rows + "Overall average,,,,,,,8.80,4.00,4.50\n"
    found = plan(exam(diklat_id), table.encode(), most=10)
    assert told(found) == ({"Budi Santoso": expected} if expected is not None else {})
    unread = sum(score == "-" or expected is None for score in scores)
    assert len([row for row in found.unsure if row.line < 2 + len(scores)]) == unread
    assert not any(row.candidates for row in found.unsure if row.line == 2 + len(scores))
