"""A picture beside a question: drawn anew, told in words, shown to those who answer and to those who set."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.assessment import pictures, question_files
from calakan.assessment.banks.parts import Read
from calakan.assessment.documents import banks
from calakan.assessment.errors import QuestionInvalid, QuestionUnwritable, TooManyQuestions
from calakan.assessment.models import DiscardedFile, Exam, ExamKind, Question
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import questions
from calakan.intake import portraits
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.web.messages import sentence
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
    assert refused.value.facts == {"position": 2, "picture": form != "xml"}


def test_moodle_xml_takes_pictures_along_and_brings_them_back(app: Flask, client_of: Opener) -> None:
    one, slug, _ = course(0)
    exam(one, ExamKind.QUIZ, 1)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"
    typed = {"text": "Apa\n\nini <&>?", "options": "*Peta\nGlobe", "picture_alt": "Peta & <skala>"}
    assert desk.post(path, data={**typed, "picture": (io.BytesIO(jpeg()), "x")}).status_code == 303
    file = desk.get(f"{path}.xml")
    assert b'encoding="base64"' in file.data
    assert "hanya ikut dalam Moodle XML" in desk.get(f"{path}.gift", follow_redirects=True).text
    two, other, _ = course(0, title="Lain")
    id, there = exam(two, ExamKind.QUIZ, 0), f"/kelola/diklat/{other}/tes/1/soal"
    for _ in range(2):  # the second time adds nothing
        assert desk.post(f"{there}/impor", data={"file": (io.BytesIO(file.data), "x.xml")}).status_code == 303
    asked = [(row.text, row.picture_alt, row.picture_sha256) for row in rows(id)]
    assert [row[:2] for row in asked][1:] == [("Apa\n\nini <&>?", "Peta & <skala>")]
    assert desk.get(f"{there}/2/gambar").data == desk.get(f"{path}/2/gambar").data
    assert desk.get(f"{there}.xml").data == file.data


def test_what_is_too_large_for_one_file_comes_in_several(
    app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [replace(ITEM, text=f"Soal {n}", picture_sha256=HASH, picture_alt="Peta") for n in range(1, 4)]
    monkeypatch.setattr(banks, "MOST_BYTES", 2_000)
    parts = banks.bank("xml", items, lambda _: b"x" * 1_000)
    assert [[item.text for item in question_files.read(part).items] for part in parts] == [
        ["Soal 1"], ["Soal 2"], ["Soal 3"],
    ]  # fmt: skip
    with pytest.raises(QuestionUnwritable) as refused:
        banks.bank("xml", [*items[:2], replace(ITEM, text=" ")], lambda _: b"x" * 1_000)
    assert refused.value.facts["position"] == 3
    diklat_id, slug, _ = course(0)
    exam(diklat_id, ExamKind.QUIZ, 4)
    monkeypatch.setattr(banks, "MOST_BYTES", 1_200)
    file = client_of(factories.person("Rina", Role.PANITIA).id).get(f"/kelola/diklat/{slug}/tes/1/soal.xml")
    assert (file.mimetype, file.headers["Content-Disposition"]) == (
        "application/zip", f'attachment; filename="soal-{slug}-1.zip"',
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert archive.namelist() == ["soal-bagian-1.xml", "soal-bagian-2.xml"]
        assert [len(question_files.read(archive.read(name)).items) for name in archive.namelist()] == [2, 2]


_IMG = '<img alt="Peta &amp; skala" src="@@PLUGINFILE@@/a%20b.png" width="3">'
_FILE = '<file name="a b.png" path="/" encoding="base64">{}</file>'


@pytest.mark.parametrize(
    ("asked", "files", "said"),
    [
        (f"<p>Apa ini?{_IMG}</p>", [True], "ok"),
        ("<p>Apa ini?<img src='@@PLUGINFILE@@/a.png' alt='Peta &amp; skala'></p>", [True], "ok"),
        (f"<p>Apa ini?{_IMG}</p>", [False], "picture"),
        (f"<p>Apa ini?{_IMG}</p>", [], "picture"),
        (f"<p>Apa ini?{_IMG}{_IMG}</p>", [True, True], "picture"),
        (f"<p>Apa ini?{_IMG}</p>", [True, True], "picture"),
        ("<p>Apa ini?</p>", [True], "picture"),
        ('<p>Apa ini?<img src="https://jauh.example.org/a.png" alt="Peta"></p>', [], "picture"),
        ('<p>Apa ini?<img src="@@PLUGINFILE@@/a.png"></p>', [True], "alt"),
        (f'<p>Apa ini?<img src="@@PLUGINFILE@@/a.png" alt="{"x" * 301}"></p>', [True], "long"),
    ],
)
def test_pictures_of_moodle_are_taken_or_wait(app: Flask, asked: str, files: list[bool], said: str) -> None:
    held = "".join(_FILE.format(base64.b64encode(jpeg()).decode() if good else "%%%") for good in files)
    quiz = (
        f'<quiz><question type="truefalse"><questiontext format="html"><text><![CDATA[{asked}]]></text>{held}</questiontext>'
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>'
    )
    read = question_files.read(quiz.encode())
    assert [row.facts["why"] for row in read.refused] == ([] if said == "ok" else [said])
    if said == "ok":
        [item] = read.items
        assert (item.text, item.picture_alt, item.picture) == ("Apa ini?", "Peta & skala", jpeg())
        kept = pictures.of_item(app.extensions["calakan.files"], item)
        assert kept.picture_sha256 != hashlib.sha256(jpeg()).hexdigest()  # drawn anew
        with pytest.raises(QuestionInvalid):
            pictures.of_item(app.extensions["calakan.files"], replace(item, picture=b"bukan gambar"))


def test_a_file_brings_so_many_questions_and_pictures(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    store, one = app.extensions["calakan.files"], replace(ITEM, picture=jpeg(), picture_alt="Peta", line=7)
    drawn = pictures.of_item(store, one)
    with pytest.raises(TooManyQuestions):
        pictures.kept_of(store, Read([replace(one, picture=b"bukan gambar")] * (questions.MOST_QUESTIONS + 1)))
    diklat_id, _, _ = course(0)
    add(exam(diklat_id, ExamKind.QUIZ, 0), drawn)
    assert drawn.picture_sha256 is not None
    ours = replace(one, picture=store.get(drawn.picture_sha256))
    most = pictures.MOST_DRAWN
    monkeypatch.setattr(pictures, "MOST_DRAWN", 1)
    read = pictures.kept_of(store, Read([ours, one, ITEM, one, ours], [QuestionInvalid(why="key", line=1, text="")]))
    assert read.items == [drawn, drawn, ITEM, drawn]
    assert [row.facts["why"] for row in read.refused] == ["key", "pictures"]
    assert f"Baris 7: Satu berkas membawa paling banyak {most} gambar baru" in sentence(read.refused[1])


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
