"""The pages of tests: sitting one with and without a script, writing questions, results."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Attempt, Exam, ExamKind, Question
from calakan.assessment.queries import exams as queries
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import exam, sit

Opener = Callable[[int | None], FlaskClient]


def right(exam_id: int, person_id: int) -> dict[str, str]:
    """The form with every answer right, as this person sees it."""
    rows = queries.asked(db.session().get_one(Exam, exam_id), person_id)
    return {
        f"soal-{n}": str([place for place, _ in row.options].index(row.question.answer) + 1)
        for n, row in enumerate(rows, start=1)
    }


def state(person_id: int) -> list[tuple[float, bool]]:
    db.session().rollback()
    wanted = sa.select(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.number)
    return [(row.score, row.finished_at is not None) for row in db.session().scalars(wanted)]


def test_sitting_a_test_without_a_script(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    exam_id = exam(diklat_id, count=3, attempts_allowed=1)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    assert f'href="{address}"' in phone.get(f"/belajar/{slug}").get_data(as_text=True)
    assert "soal-1" not in phone.get(address).get_data(as_text=True)
    for _ in range(2):
        assert phone.post(f"{address}/mulai").status_code == 303
    page = phone.get(address).get_data(as_text=True)
    assert re.findall(r'name="(soal-\d)" value="1"', page) == ["soal-1", "soal-2", "soal-3"]
    typed = right(exam_id, ani)
    one = {"soal-1": typed["soal-1"]}
    assert phone.post(f"{address}/simpan", data=one).headers["Location"] == address
    assert phone.get(address).get_data(as_text=True).count(" checked") == 1
    # With two answers missing it asks once more, and keeps what was sent.
    asked = phone.post(f"{address}/kirim", data={"soal-2": typed["soal-2"]})
    assert asked.headers["Location"] == f"{address}?kirim=1"
    again = phone.get(f"{address}?kirim=1").get_data(as_text=True)
    assert 'name="yakin"' in again
    assert re.findall(r'href="#(soal-\d)"', again) == ["soal-3"]
    assert 'href="#soal' not in phone.get(address).get_data(as_text=True)
    assert state(ani) == [(66.67, False)]
    assert phone.post(f"{address}/kirim", data={**typed, "yakin": "1"}).headers["Location"] == address
    phone.post(f"{address}/kirim", data={"soal-1": "9", "yakin": "1"})
    assert state(ani) == [(100.0, True)]
    shown = phone.get(address).get_data(as_text=True)
    assert "Nilai: 100" in shown
    assert "Jawaban benar" not in shown
    assert "Pembahasan tampil sesudah" in shown
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert "Pembahasan</h2>" in client_of(ani).get(address).get_data(as_text=True)


def test_a_script_saves_each_answer(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    exam_id = exam(diklat_id, count=2, minutes=10)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    fetch = {"X-Requested-With": "fetch"}
    phone.post(f"{address}/mulai")
    for name, value in right(exam_id, ani).items():
        assert phone.post(f"{address}/simpan", data={name: value}, headers=fetch).status_code == 204
    assert state(ani) == [(100.0, False)]
    for name in ("soal-3", "soal-0", "x"):
        assert phone.post(f"{address}/simpan", data={name: "1"}, headers=fetch).status_code == 204
    assert state(ani) == [(100.0, False)]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        late = client_of(ani).post(f"{address}/simpan", data={"soal-1": "2"}, headers=fetch)
        assert (late.status_code, late.mimetype) == (409, "text/plain")
    assert state(ani) == [(100.0, False)]
    page = phone.get(address).get_data(as_text=True)
    assert f'data-simpan="{address}/simpan"' in page
    assert "tes.js" in page


def test_writing_and_importing_questions(app: Flask, client_of: Opener) -> None:
    _, slug, (ani,) = course()
    desk, address = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes"

    def at(days: int) -> str:
        return (clock.local(clock.now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")

    def file(text: str) -> dict[str, object]:
        return {"file": (io.BytesIO(text.encode()), "soal.csv")}

    typed = {"kind": "pre", "title": "Tes awal", "opens_at": at(-1), "closes_at": at(2), "pass_score": "70"}
    assert desk.post(address, data={**typed, "closes_at": at(-2)}).status_code == 422
    assert desk.post(address, data=typed).status_code == 303
    made = db.session().scalars(sa.select(Exam)).one()
    assert (made.kind, made.attempts_allowed, made.minutes, made.pass_score) == (ExamKind.PRE, 1, None, None)
    for options in ("Ya\nTidak", "* Ya\n* Tidak", "* Ya"):
        refused = desk.post(f"{address}/1/soal", data={"text": "Apa?", "options": options})
        assert refused.status_code == 422
        assert "Apa?" in refused.get_data(as_text=True)
    assert desk.post(f"{address}/1/soal", data={"text": "Apa?", "options": "* Ya\nTidak"}).status_code == 303
    assert "* Ya\nTidak" in desk.get(f"{address}/1/soal/1").get_data(as_text=True)
    assert desk.post(f"{address}/1/soal/1", data={"text": "Apa?", "options": "Ya\n*Tidak"}).status_code == 303
    bad = desk.post(f"{address}/1/soal/impor", data=file("soal;a;b;kunci\nMana?;x;y;z\n"))
    assert (bad.status_code, "Baris 2:" in bad.get_data(as_text=True)) == (422, True)
    good = "soal;a;b;kunci\nMana?;x;y;A\nSiapa?;k;l;B\n"
    assert desk.post(f"{address}/1/soal/impor", data=file(good)).status_code == 303
    assert desk.post(f"{address}/1/soal/2/hapus").status_code == 303
    db.db.session.remove()
    rows = db.session().execute(sa.select(Question.text, Question.answer).order_by(Question.position)).all()
    assert [tuple(row) for row in rows] == [("Apa?", 1), ("Siapa?", 1)]
    assert desk.get(f"{address}/1/soal/9").status_code == 404
    changed = {**typed, "title": "Tes pembuka", "minutes": "20"}
    assert desk.post(f"{address}/1/ubah", data=changed).status_code == 303
    assert client_of(ani).get(f"{address}/1/soal").status_code == 404
    assert desk.post(f"{address}/1/tarik").status_code == 303
    assert desk.get(f"{address}/1/soal").status_code == 404


def test_the_results_say_who_gained_how_much(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, _) = course(2)
    before, after = exam(diklat_id, ExamKind.PRE), exam(diklat_id, ExamKind.POST, 0)
    sit(before, ani, 1)
    sit(after, ani, 4)
    rina = factories.person("Rina", Role.PANITIA).id
    page = client_of(rina).get(f"/kelola/diklat/{slug}/tes/hasil").get_data(as_text=True)
    assert re.findall(r'class="stat"><b>([^<]*)<', page) == ["25", "100", "75", "1"]
    row = re.search(r'<th scope="row">Guru 0</th>(.*?)</tr>', page)
    assert row is not None
    assert re.findall(r">([^<]+)</td>", row[1]) == ["25", "100", "75", "1"]
    with time_machine.travel(clock.now() + timedelta(days=2)):
        page = client_of(rina).get(f"/kelola/diklat/{slug}/tes/hasil").get_data(as_text=True)
    assert "Butir soal Tes dan Tes</h2>" in page
    assert re.findall(r'data-l="Tes">(\d+%)<', page) == ["100%", "100%", "0%", "100%", "0%", "100%", "0%", "100%"]
    assert re.findall(r">([^<]+)</td>", page.split("Guru 1</th>")[1].split("</tr>")[0]) == ["–", "–", "–", "–"]


def test_scores_from_a_form_are_shown_before_they_count(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    exam(diklat_id, count=0)
    emails = {row.id: row.email for row in db.session().scalars(sa.select(Person))}
    codes = {row.id: row.code for row in db.session().scalars(sa.select(Person))}
    lines = [
        "Cap waktu,Nama Pengguna,Skor",
        f"2026/11/20,{emails[ani]},6 / 10",
        f"2026/11/21,{emails[ani]},8 / 10",
        f"2026/11/21,{emails[budi]},12 / 10",
        "2026/11/21,asing@example.org,9 / 10",
    ]
    desk, address = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/nilai"
    file = {"file": (io.BytesIO("\n".join(lines).encode()), "a.csv"), "most": "100", "source": "Google Forms"}
    page = desk.post(address, data=file).get_data(as_text=True)
    assert re.findall(r'name="nilai" value="([^"]*)"', page) == [f"{codes[ani]}:80.0"]
    assert "Nilainya tidak terbaca" in page
    assert "Tidak ada peserta dengan nama" in page
    assert state(ani) == []
    for typed in ({"nilai": f"{codes[ani]}:80.0"}, {"nilai": "x", "source": "G"}, {"source": "G"}):
        assert desk.post(f"{address}/simpan", data=typed).headers["Location"] == address
    assert state(ani) == []
    kept = desk.post(f"{address}/simpan", data={"nilai": f"{codes[ani]}:80.0", "source": "Google Forms"})
    assert kept.headers["Location"] == f"/kelola/diklat/{slug}/tes/hasil"
    again = {"nilai": f"{codes[ani]}:90", "source": "Google Forms"}
    desk.post(f"{address}/simpan", data=again)
    assert state(ani) == [(90.0, True)]
    assert db.session().scalars(sa.select(Attempt.source)).one() == "Google Forms"
    assert "Nilai: 90" in client_of(ani).get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
    odd = {"file": (io.BytesIO(b"Nama,Kelas\nAni,3\n"), "a.csv"), "most": "100", "source": "x"}
    assert desk.post(address, data=odd).status_code == 422


def test_a_question_is_changed_or_deleted_only_where_the_page_saw_it(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course(0)
    id = exam(diklat_id, ExamKind.QUIZ, count=3)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"
    _, second, third = [row.text for row in queries.questions(db.session().get_one(Exam, id))]
    seen = re.findall(r'name="seen" value="(\w+)"', desk.get(path).text)
    [edited] = re.findall(r'name="seen" value="(\w+)"', desk.get(f"{path}/2").text)
    assert (len(seen), edited) == (3, seen[1])
    for _ in range(2):  # as a double click does
        told = desk.post(f"{path}/1/hapus", data={"seen": seen[0]}, follow_redirects=True).text
    assert "sudah lain sejak halaman ini dibuka" in told
    page = desk.post(f"{path}/2", data={"text": "Apa?", "options": "*a\nb", "seen": edited})
    assert (page.status_code, "sudah lain sejak halaman ini dibuka" in page.text) == (422, True)
    db.session().rollback()
    assert [row.text for row in queries.questions(db.session().get_one(Exam, id))] == [second, third]
    assert desk.post(f"{path}/1", data={"text": "Apa?", "options": "*a\nb", "seen": edited}).status_code == 303
