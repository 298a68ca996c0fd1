"""Scores from files of other programs: percent, tops in headings, averages, names in other order."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from calakan.assessment import score_lists
from calakan.assessment.models import Exam
from calakan.assessment.score_lists import ScorePlan
from calakan.attendance.matching import Why
from calakan.kernel import db
from tests.assessment.test_exams import exam
from tests.attendance.test_list_kinds import diklat_id  # noqa: F401  # a fixture

FILES = Path(__file__).parent / "files"


def plan(exam_id: int, name: str, most: int = 100) -> ScorePlan:
    found = db.session().get(Exam, exam_id)
    assert found is not None
    return score_lists.plan(found, next(FILES.glob(f"{name}.*")).read_bytes(), most=most)


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
    ],
)
def test_scores(text: str, most: int, expected: float | None) -> None:
    assert score_lists.score_of(text, most) == expected
