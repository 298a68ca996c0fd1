"""A picture beside a question: drawn anew, told in words, shown to those who answer and to those who set."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.assessment.documents import banks
from calakan.assessment.errors import QuestionInvalid, QuestionUnwritable
from calakan.assessment.models import DiscardedFile, Exam, ExamKind, Question
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import questions
from calakan.intake import portraits
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import ITEM, add, begin, exam, save

Opener = Callable[[int | None], FlaskClient]
HASH = "a" * 64
PICTURED = replace(ITEM, picture_sha256=HASH, picture_alt="Peta")


def jpeg() -> bytes:
    exif, drawn = Image.Exif(), io.BytesIO()
    exif[0x010F] = "Kamera Rahasia"
    Image.new("RGB", (60, 40), (200, 40, 40)).save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


def rows(exam_id: int) -> list[Question]:
    db.session().rollback()
    return list(queries.questions(db.session().get_one(Exam, exam_id)))


def test_a_picture_needs_its_words_and_goes_with_its_question(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    id = exam(diklat_id, count=0)
    with pytest.raises(QuestionInvalid) as refused:
        add(id, replace(PICTURED, picture_alt=" "))
    assert refused.value.facts["why"] == "alt"
    # The same words beside another picture ask something else; beside the same one, the same.
    add(id, PICTURED, ITEM, replace(PICTURED, picture_sha256="b" * 64), PICTURED)
    assert [questions.item_of(row).picture_sha256 for row in rows(id)] == [HASH, None, "b" * 64]
    with db.transaction():
        questions.correct_key(id, 1, 1, actor=factories.SYSTEM, now=clock.now())
    assert (rows(id)[0].picture_sha256, rows(id)[0].picture_alt) == (HASH, "Peta")
    with db.transaction():
        questions.change_question(id, 1, PICTURED, actor=factories.SYSTEM, now=clock.now())
    wanted = sa.select(DiscardedFile.sha256).order_by(DiscardedFile.id)
    assert db.session().scalars(wanted).all() == []
    with db.transaction():
        questions.change_question(id, 1, replace(ITEM, text="Lain"), actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        questions.remove_question(id, 3, actor=factories.SYSTEM, now=clock.now())
    assert db.session().scalars(wanted).all() == [HASH, "b" * 64]


@pytest.mark.parametrize("form", banks.NAMES)
def test_no_file_leaves_a_picture_out_silently(form: str) -> None:
    with pytest.raises(QuestionUnwritable) as refused:
        banks.bank(form, [ITEM, PICTURED])
    assert refused.value.facts == {"position": 2, "picture": True}


def test_what_is_drawn_on_nothing_is_read_on_white() -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(drawn, "PNG")
    assert portraits._upright(drawn.getvalue(), 100).getpixel((5, 5)) == (255, 255, 255)


def test_who_sees_a_picture_and_when(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    id = exam(diklat_id, ExamKind.QUIZ, 1, attempts_allowed=1)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"

    def typed(content: bytes, **more: object) -> dict[str, object]:
        usual = {"text": "Apa ini?", "options": "*Peta\nGlobe", "picture": (io.BytesIO(content), "x.exe")}
        return {**usual, "picture_alt": "Peta dari atas", **more}

    refused = desk.post(path, data=typed(b"bukan gambar"))
    assert (refused.status_code, "Gambarnya tidak terbaca." in refused.get_data(as_text=True)) == (422, True)
    refused = desk.post(path, data=typed(b"", picture=(io.BytesIO(jpeg()), "x"), picture_alt=" "))
    assert (refused.status_code, "Tulis apa yang terlihat" in refused.get_data(as_text=True)) == (422, True)
    assert desk.post(path, data=typed(jpeg())).status_code == 303
    assert [row.picture_alt for row in rows(id)] == ["", "Peta dari atas"]
    held = desk.get(f"{path}/2/gambar")
    assert (held.mimetype, b"Kamera Rahasia" in held.data) == ("image/webp", False)
    assert (held.headers["Cache-Control"], "sandbox" in held.headers["Content-Security-Policy"]) == (
        "private, no-store",
        True,
    )
    assert 'alt="Peta dari atas"' in desk.get(path).get_data(as_text=True)
    assert [desk.get(f"{path}/{n}/gambar").status_code for n in (1, 9)] == [404, 404]
    # As it is shown it stays; with the tick it goes.
    assert "Peta dari atas" in desk.get(f"{path}/2").get_data(as_text=True)
    kept = {"text": "Apa ini?", "options": "*Peta\nGlobe", "picture_alt": "Peta"}
    assert desk.post(f"{path}/2", data=kept).status_code == 303
    assert (rows(id)[1].picture_alt, rows(id)[1].picture_sha256 is not None) == ("Peta", True)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    assert phone.get(f"{address}/gambar/1").status_code == 404  # not begun
    attempt = begin(id, ani)
    asked = queries.asked(db.session().get_one(Exam, id), ani)
    place = next(n for n, row in enumerate(asked, start=1) if row.question.picture_sha256)
    assert f"{address}/gambar/{place}" in phone.get(address).get_data(as_text=True)
    assert [phone.get(f"{address}/gambar/{n}").status_code for n in (place, 3 - place, 0, 9)] == [200, 404, 404, 404]
    assert client_of(budi).get(f"{address}/gambar/{place}").status_code == 404
    save(attempt, {}, send=True)
    assert phone.get(f"{address}/gambar/{place}").status_code == 404  # sent, and others still sit
    with time_machine.travel(clock.now() + timedelta(days=2)):
        later = client_of(ani)
        assert f"{address}/gambar/{place}" in later.get(address).get_data(as_text=True)
        assert later.get(f"{address}/gambar/{place}").status_code == 200


def test_a_picture_is_taken_away(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course(0)
    id = exam(diklat_id, ExamKind.QUIZ, 0)
    add(id, PICTURED)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"
    assert desk.get(f"{path}/1/gambar").status_code == 404  # the file is away
    typed = {"text": "Apa?", "options": "*Peta\nGlobe", "picture_alt": "Peta"}
    assert desk.post(f"{path}/1", data={**typed, "drop_picture": "y"}).status_code == 303
    assert (rows(id)[0].picture_sha256, rows(id)[0].picture_alt) == (None, "")
    answer = desk.get(f"{path}/1").get_data(as_text=True)
    assert "drop_picture" not in answer
