"""Angkatan: one spelling, the next one in a copy, said once beside the title, and a dimension and filter of reports."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import cohorts
from calakan.diklat import queries as diklat_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.planning import services as planning
from calakan.reports import labels
from calakan.reports.terms import Dimension
from tests import factories

Opener = Callable[[int | None], FlaskClient]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""), ("   ", ""), ("3", "Angkatan 3"), (" angkatan   3 ", "Angkatan 3"), ("ANGKATAN III", "Angkatan III"),
        ("gelombang 2", "Gelombang 2"), ("angkatanku", "Angkatanku"), ("=1+1", "=1+1"), ("x" * 31, "X" + "x" * 29),
    ],
)  # fmt: skip
def test_one_spelling(typed: str, kept: str) -> None:
    assert cohorts.normal(typed) == kept


@pytest.mark.parametrize(
    ("cohort", "after"),
    [
        ("Angkatan 3", "Angkatan 4"), ("Angkatan 9", "Angkatan 10"), ("Gelombang A", ""), ("", ""),
        ("Angkatan 9999", "Angkatan 10000"), ("Angkatan 10000", ""), ("x" * 29 + "9", ""), ("Angkatan ٣", ""),
    ],
)  # fmt: skip
def test_the_next_one(cohort: str, after: str) -> None:
    assert cohorts.following(cohort) == after


@pytest.mark.parametrize(
    ("title", "cohort", "suggested"),
    [
        ("Literasi", "", ("Literasi (Angkatan 2)", "Angkatan 2")),
        ("Literasi (Angkatan 2)", "", ("Literasi (Angkatan 3)", "Angkatan 3")),
        ("Literasi (angkatan 2)", "Angkatan 2", ("Literasi (Angkatan 3)", "Angkatan 3")),
        ("Literasi", "Angkatan 2", ("Literasi", "Angkatan 3")),
        ("Literasi (Gelombang A)", "Gelombang A", ("Literasi", "")),
        ("L" * 120, "", ("L" * 107 + " (Angkatan 2)", "Angkatan 2")),
    ],
)
def test_what_a_copy_is_called(title: str, cohort: str, suggested: tuple[str, str]) -> None:
    found = cohorts.suggested(title, cohort, most=120)
    assert found == suggested
    assert len(found[0]) <= 120


def test_it_is_said_once() -> None:
    assert cohorts.apart("Literasi (angkatan 2)", "Angkatan 2") == ""
    assert cohorts.apart("Literasi (Angkatan 20)", "Angkatan 2") == "Angkatan 2"
    assert (cohorts.apart("Literasi", ""), cohorts.apart("", "")) == ("", "")


def test_a_copy_is_the_next_one(app: Flask, client_of: Opener) -> None:
    made = factories.diklat("Literasi", cohort="angkatan 2")
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = staff.get(f"/kelola/diklat/{made.slug}/salin").text
    assert 'value="Literasi"' in page
    assert 'value="Angkatan 3"' in page
    first = clock.today().replace(year=clock.today().year + 1, month=3, day=1)
    typed = {"title": "Literasi", "cohort": "3", "first": first.isoformat()}
    where = staff.post(f"/kelola/diklat/{made.slug}/salin", data=typed).location
    copy = diklat_queries.by_slug(where.split("/")[3])
    assert copy is not None
    assert (copy.title, copy.cohort) == ("Literasi", "Angkatan 3")
    for page in (where, "/kelola/diklat", f"/diklat/{copy.slug}"):
        assert staff.get(page).text.count("Angkatan 3") == 1, page
    with db.transaction():
        unnamed = planning.clone(
            copy.id, title="Literasi lagi", first=first, quota=None, actor=factories.SYSTEM, now=clock.now()
        )
        assert unnamed.cohort == "Angkatan 4"
    refused = staff.post(f"/kelola/diklat/{made.slug}/salin", data={**typed, "cohort": "x" * 31})
    assert refused.status_code == 422


def test_reports_are_narrowed_and_grouped_by_it(app: Flask, client_of: Opener) -> None:
    with time_machine.travel(factories.june()):
        for cohort in ("Angkatan 10", "2", "", "=1+1"):
            course = factories.diklat("Literasi", cohort=cohort).id
            for _ in range(2 if cohort == "2" else 1):
                who = factories.person("Guru").id
                with db.transaction():
                    enrolment.join(course, who, actor=factories.SYSTEM, now=clock.now())
        staff = client_of(factories.person("Panitia", Role.PANITIA).id)
        download = "/kelola/laporan/unduh?dari=&sampai=&menurut=angkatan&format="
        found = json.loads(staff.get(f"{download}json").data)
        assert [(row["cohort"]["label"], row["kepesertaan"]) for row in found["rows"]] == [
            ("=1+1", 1), ("Angkatan 2", 2), ("Angkatan 10", 1), ("Belum diisi", 1),
        ]  # fmt: skip
        assert labels.choices(Dimension.COHORT) == [(it, it) for it in ("=1+1", "Angkatan 2", "Angkatan 10")]
        sheet = openpyxl.load_workbook(io.BytesIO(staff.get(f"{download}xlsx").data)).worksheets[0]
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
        narrow = json.loads(staff.get(f"{download}json&angkatan=Angkatan%202").data)
        assert (narrow["total"]["kepesertaan"], narrow["filters"]["cohort"]) == (2, "Angkatan 2")
        page = staff.get("/kelola/laporan?dari=&sampai=&menurut=cohort&angkatan=Angkatan%202").text
        assert "Angkatan 2" in page
