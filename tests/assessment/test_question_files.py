"""Questions from the files that teachers have: tables of any make, GIFT, Aiken; and what is refused, with its line."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment import question_files
from calakan.assessment.errors import QuestionInvalid
from calakan.kernel.actor import Role
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import exam

FILES = Path(__file__).parent / "files"
Opener = Callable[[int | None], FlaskClient]


def content(name: str) -> bytes:
    return next(FILES.glob(f"{name}.*")).read_bytes()


def read(text: str) -> list[tuple[str, tuple[str, ...], int]]:
    return [(item.text, item.options, item.answer) for item in question_files.read(text.encode()).items]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("questions-sep", 0), ("questions-bom2", 0), ("questions-pipe", 0), ("questions-title", 0),
        ("questions-hidden-first", 0), ("questions-cover-first", 0), ("questions-hidden-rows", 1),
    ],
)  # fmt: skip
def test_the_one_question_is_found(name: str, hidden: int) -> None:
    found = question_files.read(content(name))
    assert [(item.text, item.options, item.answer) for item in found.items] == [("Satu", ("x", "y"), 0)]
    assert found.hidden == hidden


def test_other_headings_and_keys_in_words() -> None:
    assert [
        (item.text, item.options, item.answer) for item in question_files.read(content("questions-headsyn")).items
    ] == [("Satu", ("x", "y", "z", "w"), 0)]
    assert [item.answer for item in question_files.read(content("questions-keytext")).items] == [0]


@pytest.mark.parametrize("name", ["questions.gift", "questions.aiken"])
def test_banks_of_other_programs(name: str) -> None:
    (item,) = question_files.read(content(name)).items
    assert (item.text, item.options[item.answer]) == ("Ibu kota Banyumas?", "Purwokerto")
    assert set(item.options) >= {"Purwokerto", "Cilacap"}


def test_gift_of_several_kinds() -> None:
    assert read(
        "// catatan\n$CATEGORY: a\n\n2 + 2 \\= 4 {T}\n\nBumi datar.{FALSE#salah}\n\n::b::[html]Air mendidih pada {~90 =100#ya ~%0%110} derajat.\n"
    ) == [
        ("2 + 2 = 4", ("Benar", "Salah"), 0),
        ("Bumi datar.", ("Benar", "Salah"), 1),
        ("Air mendidih pada _____ derajat.", ("90", "100", "110"), 1),
    ]


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("Satu {=a ~b}\n\nDua {=a =b}\n", "kind", 3),
        ("Satu {~%50%a ~%50%b ~c}\n", "kind", 1),
        ("Cocok {=a -> b =c -> d}\n", "kind", 1),
        ("Berapa {#4:1}\n\nBenar {T}\n", "kind", 1),
        ("Satu {=a ~b\n", "bank", 1),
        ("Satu?\nA. x\nB. y\nANSWER: C\n", "key", 4),
        ("Satu?\nA. x\nB. y\nANSWER: A\nDua?\nA. x\n", "bank", 5),
        ("Satu \u202ex?\nA. x\nB. y\nANSWER: A\n", "marks", 1),
    ],
)
def test_what_no_bank_may_hold(text: str, why: str, line: int) -> None:
    if why == "bank" and "{" in text:
        with pytest.raises((QuestionInvalid, TableUnreadable)):
            read(text)
        return
    with pytest.raises(QuestionInvalid) as refused:
        read(text)
    assert refused.value.facts == {"why": why, "line": line}


@pytest.mark.parametrize(
    ("name", "why", "line"),
    [("questions-offset", "key", 6), ("questions-typed", "date", 6), ("questions-bidi", "marks", 2)],
)
def test_the_line_that_is_wrong_is_named(name: str, why: str, line: int) -> None:
    with pytest.raises(QuestionInvalid) as refused:
        question_files.read(content(name))
    assert refused.value.facts == {"why": why, "line": line}


def test_long_numbers_stay_different() -> None:
    (item,) = question_files.read(content("questions-collide")).items
    assert item.options == ("1234567.5", "1234568.5", "1234566.5")


def test_the_same_file_twice_adds_nothing(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course(0)
    exam(diklat_id, count=0)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    told = []
    for _ in range(2):
        file = {"file": (io.BytesIO(content("questions-commatext")), "soal.csv")}
        answer = desk.post(f"/kelola/diklat/{slug}/tes/1/soal/impor", data=file, follow_redirects=True)
        assert answer.status_code == 200
        told.append(answer.get_data(as_text=True))
    assert "2 soal ditambahkan." in told[0]
    assert "0 soal ditambahkan. 2 soal sudah ada" in told[1]
    typed = {"text": "Baris satu\nbaris dua", "options": "x\n*y"}
    page = desk.post(f"/kelola/diklat/{slug}/tes/1/soal", data=typed, follow_redirects=True).get_data(as_text=True)
    assert "Soal ini sudah ada." in page
