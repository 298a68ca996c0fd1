"""The pages of tasks: handing in from a phone, reviewing one after the other, files for those who may."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import DiscardedFile, Exercise, Submission, SubmissionState
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Duty
from calakan.people.models import Person
from tests import factories
from tests.assessment.courses import course, hand_in, task
from tests.materials.samples import JPG

Opener = Callable[[int | None], FlaskClient]


def code_of(person_id: int) -> str:
    return db.session().get_one(Person, person_id).code


def test_from_the_diklat_to_a_file_that_only_its_people_open(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    task(diklat_id, takes_text=False, takes_file=True)
    phone, address = client_of(ani), f"/belajar/{slug}/tugas/1"
    assert f'href="{address}"' in phone.get(f"/belajar/{slug}").get_data(as_text=True)
    page = phone.get(address).get_data(as_text=True)
    assert "murid" in page
    assert 'name="text"' not in page
    empty = phone.post(address, data={})
    assert empty.status_code == 422
    assert "Isi jawabannya dulu." in empty.get_data(as_text=True)
    wrong = phone.post(address, data={"file": (io.BytesIO(b"MZ program"), "a.pdf")})
    assert wrong.status_code == 422
    sent = phone.post(address, data={"file": (io.BytesIO(JPG), "foto.jpg")})
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    file = phone.get(f"{address}/berkas/1")
    assert (file.data, file.mimetype) == (JPG, "image/jpeg")
    assert file.headers["Content-Disposition"] == "attachment; filename=modul-ajar-guru-0.jpg"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["Cache-Control"] == "private, no-store"
    reviewing = f"/kelola/diklat/{slug}/tugas/1/jawaban/{code_of(ani)}/berkas/1"
    assert client_of(factories.person("Rina", Role.PANITIA).id).get(reviewing).data == JPG
    for stranger in (budi, factories.person("Lain").id):
        assert client_of(stranger).get(reviewing).status_code == 404
    assert client_of(budi).get(f"{address}/berkas/1").status_code == 404


def test_a_confirmed_narasumber_sets_and_reviews_and_others_do_not(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course()
    tri, other = factories.person("Tri", Role.NARASUMBER).id, factories.person("Lain", Role.NARASUMBER).id
    session_id = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id)).one()
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, tri, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    due = (clock.local(clock.now()) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    typed = {"title": "Refleksi", "instruction": "Tulis tiga hal.", "due_at": due, "takes_text": "y"}
    desk, address = client_of(tri), f"/kelola/diklat/{slug}/tugas"
    assert desk.post(address, data={**typed, "takes_text": ""}).status_code == 422
    assert desk.post(address, data=typed).status_code == 303
    made = db.session().scalars(sa.select(Exercise)).one()
    assert (made.title, made.compulsory, made.late_allowed) == ("Refleksi", False, False)
    assert clock.local(made.due_at).strftime("%Y-%m-%dT%H:%M") == due
    changed = {**typed, "title": "Refleksi kelas", "compulsory": "y"}
    assert desk.post(f"{address}/1/ubah", data=changed).status_code == 303
    db.db.session.remove()
    assert db.session().scalars(sa.select(Exercise.title)).one() == "Refleksi kelas"
    assert client_of(other).get(address).status_code == 404
    assert desk.post(f"{address}/1/tarik").status_code == 303
    assert desk.get(f"{address}/1").status_code == 404


def test_the_file_of_an_answer_that_was_refused_is_let_go_of(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    task(diklat_id, takes_file=True)
    with db.transaction() as session:
        session.execute(sa.update(Exercise).values(due_at=clock.now() - timedelta(hours=1)))
    sent = client_of(ani).post(f"/belajar/{slug}/tugas/1", data={"file": (io.BytesIO(JPG), "foto.jpg")})
    assert sent.status_code == 422
    db.db.session.remove()
    (sha256,) = db.session().scalars(sa.select(DiscardedFile.sha256))
    assert app.extensions["calakan.files"].path(sha256).is_file()  # for a day, if somebody else names it


def test_reviewing_leads_to_the_next_who_waits(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, people = course(3)
    id = task(diklat_id)
    for person in people:
        hand_in(id, person)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    address = f"/kelola/diklat/{slug}/tugas/1"
    codes = [code_of(person) for person in people]
    pages = [f"{address}/jawaban/{code}" for code in codes]
    assert f'href="{pages[0]}"' in desk.get(address).get_data(as_text=True)
    back = desk.post(pages[0], data={"verdict": "kembalikan", "remark": "", "seen": "1"})
    assert back.status_code == 422
    assert "Tulis apa yang perlu diperbaiki." in back.get_data(as_text=True)
    back = desk.post(pages[0], data={"verdict": "kembalikan", "remark": "Lengkapi.", "seen": "1"})
    assert back.headers["Location"] == pages[1]
    assert desk.post(pages[1], data={"verdict": "terima", "seen": "0"}).status_code == 422
    taken = desk.post(pages[1], data={"verdict": "terima", "seen": "1"})
    assert taken.headers["Location"] == pages[2]
    many = desk.post(f"{address}/terima", data={"chosen": [f"{codes[2]}:1", f"{codes[1]}:1", "x"]})
    assert many.headers["Location"] == address
    db.db.session.remove()
    states = dict(db.session().execute(sa.select(Submission.person_id, Submission.state)).all())
    assert [states[person] for person in people] == [
        SubmissionState.RETURNED,
        SubmissionState.ACCEPTED,
        SubmissionState.ACCEPTED,
    ]
    tabs = re.findall(r'class="n">(\d+)<', desk.get(address).get_data(as_text=True))
    assert tabs[-4:] == ["0", "1", "2", "0"]
    assert desk.get(f"{address}/jawaban/TIDAKADA00").status_code == 404


def test_a_link_is_shown_without_handing_on_where_one_comes_from(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    task(diklat_id, takes_text=True, takes_link=True)
    phone = client_of(ani)
    typed = {"text": "<script>alert(1)</script>", "url": "https://drive.example.org/a?b=1&c=2"}
    assert phone.post(f"/belajar/{slug}/tugas/1", data=typed).status_code == 303
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    page = desk.get(f"/kelola/diklat/{slug}/tugas/1/jawaban/{code_of(ani)}").get_data(as_text=True)
    link = 'href="https://drive.example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"'
    assert link in page
    assert "<script>alert" not in page
    assert phone.post(f"/belajar/{slug}/tugas/1", data={"url": "http://example.org"}).status_code == 422


def test_what_is_still_lacking_stands_on_the_own_pages(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    task(diklat_id)
    phone = client_of(ani)
    assert "Kumpulkan tugas" in phone.get(f"/belajar/{slug}").get_data(as_text=True)
    phone.post(f"/belajar/{slug}/tugas/1", data={"text": "Selesai"})
    assert "menunggu diperiksa" in phone.get(f"/belajar/{slug}").get_data(as_text=True)
    assert "Tugas<br>0 dari 1" in phone.get("/saya").get_data(as_text=True)
