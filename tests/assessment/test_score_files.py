"""Scores from files of other programs: percent, tops in headings, averages, names in other order."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from calakan.assessment import score_lists
from calakan.assessment.errors import ScoresOfSeveral
from calakan.assessment.models import Exam
from calakan.assessment.score_lists import ScorePlan
from calakan.attendance.matching import Why
from calakan.kernel import db
from tests.assessment.test_exams import exam
from tests.attendance.test_list_kinds import diklat_id  # noqa: F401  # a fixture

FILES = Path(__file__).parent / "files"


def plan(exam_id: int, name: str, most: int = 100) -> ScorePlan:
    return read(exam_id, next(FILES.glob(f"{name}.*")).read_bytes(), most)


def read(exam_id: int, content: bytes, most: int = 100) -> ScorePlan:
    found = db.session().get(Exam, exam_id)
    assert found is not None
    return score_lists.plan(found, content, most=most)


def told(found: ScorePlan) -> dict[str, float]:
    return {row.participant.name: row.score for row in found.found}


def test_scores_are_what_the_sheet_shows(app: Flask, diklat_id: int) -> None:  # noqa: F811  # the fixture
    id = exam(diklat_id)
    percent = plan(id, "scores-percent")
    assert told(percent) == {"Suparno": 85, "Budi Santoso": 100}
    assert [(row.line, row.score) for row in percent.unsure] == [(4, None)]
    assert told(plan(id, "scores-percenttext")) == {
        "Suparno": 85, "Budi Santoso": 85, "Rina Kartika": 85, "Agus Wijaya": 85,
    }  # fmt: skip
    moodle = plan(id, "scores-moodle")
    assert (told(moodle), moodle.unsure) == ({"Budi Santoso": 85, "Suparno": 100}, [])
    assert told(plan(id, "scores-quizizz")) == {"Budi Santoso": 85}
    repeat = plan(id, "scores-repeat")
    assert told(repeat) == {"Suparno": 90}
    assert repeat.found[0].lines == (2, 3)
    (swapped,) = repeat.unsure
    assert (swapped.why, [each.name for each in swapped.candidates]) == (Why.ALIKE, ["Dwi Lestari", "Lestari"])


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("85%", 10, 85),
        ("8,5", 10, 85),
        ("8 dari 10", 100, 80),
        ("101", 100, None),
        ("110%", 100, None),
        ("A", 100, None),
        ("-", 100, None),
        ("Belum dinilai", 100, None),
        ("85,00 %", 10, 85),
        ("8.50000", 10, 85),
        ("8.500", 10, 85),  # thousands would be more than all
        ("8.500", 10_000, None),
        ("8.500 / 10.000", 100, 85),
        ("8/10.000", 100, None),
        ("0", 0, None),
    ],
)
def test_scores(text: str, most: int, expected: float | None) -> None:
    assert score_lists.score_of(text, most) == expected


BOOK = "Nama depan,Nama belakang,Nomor ID,Alamat email,{columns},Terakhir diunduh dari kursus ini\n"
LINE = "Budi,Santoso,,budi.santoso@example.org,{scores},1796000000\n"


@pytest.mark.parametrize(
    ("columns", "scores", "expected"),
    [
        ("Kuis: Tes akhir (Nyata)", '"8,50"', 85),
        ("Quiz: Tes akhir (Real),Quiz: Tes akhir (Percentage)", '"8,50","85,00 %"', 85),
        ("Kuis: Tes akhir (Persentase),Kuis: Tes akhir (Nyata)", '"85,00 %","8,50"', 85),
        ("Kuis: Tes akhir (Persentase)", '"85,00"', 85),
        ("Kuis: Tes akhir (Nyata)", "-", None),
        ("Grade/10.00", "8.50", 85),
        ("Nilai/0.00", "0.00", None),
    ],
)
def test_grades_of_moodle(app: Flask, diklat_id: int, columns: str, scores: str, expected: float | None) -> None:  # noqa: F811  # the fixture
    table = BOOK.format(columns=columns) + LINE.format(scores=scores)
    found = read(exam(diklat_id), table.encode(), most=10)
    assert told(found) == ({"Budi Santoso": expected} if expected is not None else {})
    assert [(row.line, row.score) for row in found.unsure] == ([] if expected is not None else [(2, None)])


def test_the_grades_of_several_tests_are_not_guessed_among(app: Flask, diklat_id: int) -> None:  # noqa: F811  # the fixture
    table = BOOK.format(columns="Quiz: Awal (Real),Quiz: Akhir (Real)") + LINE.format(scores="8.5,9")
    with pytest.raises(ScoresOfSeveral) as refused:
        read(exam(diklat_id), table.encode(), most=10)
    assert refused.value.facts == {"titles": ["akhir", "awal"]}
