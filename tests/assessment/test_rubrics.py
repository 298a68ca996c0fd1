"""Several files in one answer, and work that is scored by a rubric."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.errors import (
    FilesTooLarge,
    RubricChanged,
    RubricInUse,
    RubricInvalid,
    RubricUnscored,
    TooManyFiles,
)
from calakan.assessment.letters import accepted
from calakan.assessment.models import DiscardedFile, Exercise, SubmissionState
from calakan.assessment.queries import exercises as queries
from calakan.assessment.services import exercises, handing_in, reviewing
from calakan.duplicates.shared import swap_submissions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.materials.errors import FileRefused
from calakan.people.models import Person
from tests import factories
from tests.assessment.courses import brief, course, hand_in, task
from tests.assessment.test_tasks import mails, row
from tests.materials.samples import JPG, PDF, PNG

Opener = Callable[[int | None], FlaskClient]
RUBRIC = (("Isi", 60), ("Bahasa", 40))


def accept(task_id: int, seen: dict[int, int], marks: list[int] | None, rubric: str | None = None) -> None:
    with db.transaction():
        reviewing.accept(task_id, seen, marks=marks, rubric=rubric, actor=factories.SYSTEM, now=clock.now())


def stored(app: Flask, *files: bytes, **limits: int) -> handing_in.Answer:
    store = app.extensions["calakan.files"]
    return handing_in.received(store, text="", url="", files=files, limits=handing_in.Limits(**limits))


def test_one_answer_has_several_files_within_bounds(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = task(diklat_id, takes_text=False, takes_file=True)
    with pytest.raises(TooManyFiles):
        stored(app, PDF, JPG, files=1)
    with pytest.raises(FilesTooLarge):
        stored(app, PDF, b"\x00" * 1024 * 1024, mb=1)
    before = sorted(path.name for path in (app.extensions["calakan.files"].root).rglob("*") if path.is_file())
    with pytest.raises(FileRefused):
        stored(app, PDF, b"MZ\x90\x00program")
    assert sorted(p.name for p in (app.extensions["calakan.files"].root).rglob("*") if p.is_file()) == before
    hand_in(id, ani, stored(app, PDF, JPG))
    first = [file.sha256 for file in row(id, ani).files]
    assert [(file.place, file.suffix) for file in row(id, ani).files] == [(1, "pdf"), (2, "jpg")]
    hand_in(id, ani, stored(app))
    assert [file.sha256 for file in row(id, ani).files] == first
    hand_in(id, ani, stored(app, PNG))
    assert [(file.place, file.suffix) for file in row(id, ani).files] == [(1, "png")]
    assert set(db.session().scalars(sa.select(DiscardedFile.sha256))) == set(first)


def test_answers_of_two_accounts_change_places_with_all_their_files(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id = task(diklat_id, takes_text=False, takes_file=True)
    hand_in(id, ani, stored(app, PDF, JPG))
    hand_in(id, budi, stored(app, PNG))
    pair = [row(id, ani).id, row(id, budi).id]
    with db.transaction():
        swap_submissions([pair])
    assert [[file.suffix for file in row(id, who).files] for who in (ani, budi)] == [["png"], ["pdf", "jpg"]]
    assert [[file.place for file in row(id, who).files] for who in (ani, budi)] == [[1], [1, 2]]


@pytest.mark.parametrize("rubric", [(("A", 1),) * 5, (("", 1),), (("A", 0),), (("A", 101),), (("A" * 121, 1),)])
def test_a_rubric_has_at_most_four_lines_with_words_and_numbers(app: Flask, rubric: Any) -> None:
    diklat_id, _, _ = course(0)
    with pytest.raises(RubricInvalid):
        task(diklat_id, rubric=rubric)
    assert queries.exercises(diklat_id) == []


def test_work_is_accepted_by_the_marks_of_each_line(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id, plain = task(diklat_id, rubric=RUBRIC), task(diklat_id, title="Tanpa nilai")
    for who in (ani, budi):
        hand_in(id, who)
    hand_in(plain, ani)
    for task_id, seen, marks in (
        (id, {ani: 1}, None),
        (id, {ani: 1}, [60]),
        (id, {ani: 1}, [60, 41]),
        (id, {ani: 1}, [-1, 40]),
        (id, {ani: 1, budi: 1}, [60, 40]),
        (plain, {ani: 1}, [60, 40]),
    ):
        with pytest.raises(RubricUnscored):
            accept(task_id, seen, marks)
    assert row(id, ani).state is SubmissionState.HANDED_IN
    with db.transaction():  # until somebody was scored, it may change
        exercises.change_task(id, brief(rubric=RUBRIC[::-1]), actor=factories.SYSTEM, now=clock.now())
    accept(id, {ani: 1}, [0, 60])
    assert (row(id, ani).marks, row(id, ani).score) == ([0, 60], 60)
    with pytest.raises(RubricInUse), db.transaction():
        exercises.change_task(id, brief(rubric=RUBRIC), actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        exercises.change_task(id, brief(rubric=RUBRIC[::-1], title="Lain"), actor=factories.SYSTEM, now=clock.now())
    accept(plain, {ani: 1}, None)
    assert row(plain, ani).score is None
    letters = [accepted(mail, clock.now()) for mail in mails(reviewing.ACCEPTED)]
    assert [letter is not None and "Nilai: 60 dari 100" in letter.text for letter in letters] == [True, False]


@pytest.mark.parametrize("changed", [RUBRIC[::-1], (("Isi", 60), ("Tata bahasa", 40)), (*RUBRIC, ("Rapi", 5)), ()])
def test_marks_count_by_the_rubric_that_was_looked_at(app: Flask, changed: tuple[tuple[str, int], ...]) -> None:
    diklat_id, _, (ani,) = course()
    id = task(diklat_id, rubric=RUBRIC)
    hand_in(id, ani)
    seen = db.session().get_one(Exercise, id).rubric_mark
    with db.transaction():
        exercises.change_task(id, brief(rubric=changed), actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(RubricChanged):
        accept(id, {ani: 1}, [40, 30] if changed else None, seen)
    with db.transaction():
        exercises.change_task(id, brief(rubric=RUBRIC), actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(RubricChanged):
        accept(id, {ani: 1}, [40, 30], "")  # looked at where there was none
    accept(id, {ani: 1}, [40, 30], seen)
    assert row(id, ani).score == 70


def test_from_the_rubric_to_the_score_that_the_teacher_reads(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    staff, phone = client_of(factories.person("Panitia", Role.PANITIA).id), client_of(ani)
    id, manage, mine = task(diklat_id, takes_file=True), f"/kelola/diklat/{slug}/tugas/1", f"/belajar/{slug}/tugas/1"
    due = clock.local(brief().due_at).strftime("%Y-%m-%dT%H:%M")
    form = {"title": "Modul", "instruction": "Unggah.", "due_at": due, "takes_text": "y", "takes_file": "y"}
    page = staff.post(f"{manage}/ubah", data={**form, "criteria": "Isi"})
    assert page.status_code == 422
    assert "titik dua" in page.text
    assert staff.post(f"{manage}/ubah", data={**form, "criteria": "Isi: 60\nBahasa: 40"}).status_code == 303
    assert "Isi: 60\nBahasa: 40" in staff.get(f"{manage}/ubah").text
    assert "Rubrik" in phone.get(mine).text
    files = [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PNG), "b.exe")]
    sent = phone.post(mine, data={"text": "Ini", "file": files}, content_type="multipart/form-data")
    assert sent.status_code == 303
    many = [(io.BytesIO(PDF), "a.pdf") for _ in range(6)]
    refused = phone.post(mine, data={"text": "x", "file": many}, content_type="multipart/form-data")
    assert "Paling banyak 5 berkas" in refused.text
    code = db.session().get_one(Person, ani).code
    answer = f"{manage}/jawaban/{code}"
    for address in (f"{mine}/berkas/2", f"{answer}/berkas/2"):
        file = (phone if address.startswith("/belajar") else staff).get(address)
        assert (file.status_code, file.mimetype) == (200, "image/png")
        assert "sandbox" in file.headers["Content-Security-Policy"]
        assert file.headers["Content-Disposition"].endswith("-2.png")
    assert phone.get(f"{mine}/berkas/3").status_code == 404
    assert (
        "satu peserta demi satu"
        in staff.post(f"{manage}/terima", data={"chosen": f"{code}:1"}, follow_redirects=True).text
    )
    shown = re.search(r'name="rubric" value="([0-9a-f]{16})"', staff.get(answer).text)
    assert shown is not None
    verdict = {"seen": "1", "verdict": "terima", "rubric": shown[1]}
    assert staff.post(f"{manage}/ubah", data={**form, "criteria": "Bahasa: 60\nIsi: 40"}).status_code == 303
    page = staff.post(answer, data={**verdict, "m1": "50", "m2": "35"})
    assert (page.status_code, "Rubrik tugas ini baru saja diubah" in page.text) == (422, True)
    assert staff.post(f"{manage}/ubah", data={**form, "criteria": "Isi: 60\nBahasa: 40"}).status_code == 303
    assert "Isi (0 sampai 60)" in staff.get(answer).text
    assert staff.post(answer, data={**verdict, "m1": "61", "m2": "40"}).status_code == 422
    assert staff.post(answer, data={**verdict, "m1": "50", "m2": ""}).status_code == 422
    assert staff.post(answer, data={**verdict, "m1": "50", "m2": "35"}).status_code == 303
    assert row(id, ani).score == 85
    assert "<b>85</b>" in phone.get(mine).text
    assert "<b>85</b>" in staff.get(answer).text
    assert "Nilai 85" in staff.get(f"{manage}?status=diterima").text
