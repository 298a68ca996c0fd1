"""Handing out, renewing, taking back; who may open what; how files are served."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import DiscardedFile
from calakan.diklat.models import LiveSession
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.materials import queries, services
from calakan.materials.errors import DiklatCalledOff, NothingGiven, TooEarlyForRecording
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Duty
from tests import factories
from tests.materials.samples import PDF, PPTX

Opener = Callable[[int | None], FlaskClient]
LINK = services.Content(url="https://example.com/a")


def hand_out(diklat_id: int, content: services.Content = LINK, **values: Any) -> int:
    given = {
        "title": "Salindia",
        "kind": MaterialKind.MATERIAL,
        "audience": Audience.ENROLLED,
        "session_id": None,
        **values,
    }
    with db.transaction():
        return services.hand_out(diklat_id, content, actor=factories.SYSTEM, now=clock.now(), **given).id


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def count() -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(Material)) or 0


def test_versions_count_up_and_the_address_stays(app: Flask) -> None:
    course = factories.diklat()
    id = hand_out(course.id)
    code = db.session().get_one(Material, id).code
    store = app.extensions["calakan.files"]
    with db.transaction():
        content = services.received(store, file=PDF, url="", note="Diperbaiki")
        services.renew(id, content, actor=factories.SYSTEM, now=clock.now())
    material = queries.by_code(code)
    assert material is not None
    assert [(v.number, v.suffix, v.url) for v in material.versions] == [(2, "pdf", None), (1, "", LINK.url)]
    assert store.get(material.newest.sha256) == PDF


def test_either_a_file_or_a_link(app: Flask) -> None:
    store = app.extensions["calakan.files"]
    for file, url in ((None, ""), (PDF, "https://example.com/")):
        with pytest.raises(NothingGiven):
            services.received(store, file=file, url=url)


def test_recordings_come_after_their_session(app: Flask) -> None:
    course, now = factories.diklat(), clock.now()
    past = factories.live_session(course.id, now - timedelta(days=1)).id
    coming = db.session().scalar(sa.select(LiveSession.id).where(LiveSession.starts_at > now))
    for session_id in (None, coming):
        with pytest.raises(TooEarlyForRecording):
            hand_out(course.id, kind=MaterialKind.RECORDING, session_id=session_id)
    assert count() == 0
    hand_out(course.id, kind=MaterialKind.RECORDING, session_id=past)
    assert count() == 1


def test_a_session_of_another_diklat_is_not_found(app: Flask) -> None:
    course, other = factories.diklat("Satu"), factories.diklat("Dua")
    session_id = db.session().scalar(sa.select(LiveSession.id).where(LiveSession.diklat_id == other.id))
    with pytest.raises(NotFound):
        hand_out(course.id, session_id=session_id)


def test_a_cancelled_diklat_hands_nothing_out(app: Flask) -> None:
    course = factories.diklat()
    with db.transaction():
        states.cancel(course.id, reason="Tidak jadi", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(DiklatCalledOff):
        hand_out(course.id)


def test_what_was_taken_back_is_gone_for_participants(app: Flask) -> None:
    course = factories.diklat()
    id = hand_out(course.id, audience=Audience.EVERYONE)
    with db.transaction():
        services.withdraw(id, actor=factories.SYSTEM, now=clock.now())
    assert list(queries.shown(course, enrolled=True)) == []
    with pytest.raises(NotFound), db.transaction():
        services.renew(id, LINK, actor=factories.SYSTEM, now=clock.now())


def test_who_sees_and_opens_what(app: Flask, client_of: Opener) -> None:
    course = factories.diklat("Numerasi")
    slug, diklat_id = course.slug, course.id
    content = services.received(app.extensions["calakan.files"], file=PPTX, url="")
    private = hand_out(diklat_id, content, title="Untuk peserta")
    public = hand_out(diklat_id, content, title="Untuk umum", audience=Audience.EVERYONE)
    codes = {id: db.session().get_one(Material, id).code for id in (private, public)}
    stranger, teacher, staff = factories.person("A"), factories.person("B"), factories.person("C", Role.PANITIA)
    speaker = factories.person("Tri", Role.NARASUMBER)
    session = db.session().scalar(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id))
    with db.transaction():
        live = db.session().get_one(LiveSession, session)
        narasumber.confirm(live, speaker.id, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    join(diklat_id, teacher.id)
    for who, sees in ((None, 404), (stranger.id, 404), (teacher.id, 200), (speaker.id, 200), (staff.id, 200)):
        browser = client_of(who)
        assert browser.get(f"/berkas/{codes[private]}").status_code == sees
        assert browser.get(f"/berkas/{codes[public]}").status_code == 200
        page = browser.get(f"/diklat/{slug}").get_data(as_text=True)
        assert ("Untuk umum" in page, "Untuk peserta" in page) == (True, who == teacher.id)
        board = browser.get(f"/kelola/diklat/{slug}/materi").status_code
        assert board == (302 if who is None else 200 if who in (speaker.id, staff.id) else 404)
        assert browser.get(f"/berkas/{codes[private]}/1").status_code in ((302,) if who is None else (board,))
    assert "Untuk peserta" in client_of(teacher.id).get(f"/belajar/{slug}").get_data(as_text=True)
    draft = factories.diklat("Draf", publish=False)
    hidden = hand_out(draft.id, content, audience=Audience.EVERYONE)
    assert client_of(None).get(f"/berkas/{db.session().get_one(Material, hidden).code}").status_code == 404


def test_a_file_is_served_as_a_stranger(app: Flask, client: FlaskClient) -> None:
    course = factories.diklat()
    content = services.received(app.extensions["calakan.files"], file=PPTX, url="")
    id = hand_out(course.id, content, title='Jahat"\r\n.html', audience=Audience.EVERYONE)
    answer = client.get(f"/berkas/{db.session().get_one(Material, id).code}")
    heads = answer.headers
    assert answer.data == PPTX
    assert heads["Content-Disposition"] == "attachment; filename=jahat-html-v1.pptx"
    assert heads["Content-Type"] == "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"


def test_handing_out_over_http(app: Flask, client_of: Opener) -> None:
    course, staff = factories.diklat(), factories.person("Panitia", Role.PANITIA)
    address, browser = f"/kelola/diklat/{course.slug}/materi", client_of(staff.id)

    def send(content: bytes | None, **typed: str) -> int:
        form: dict[str, Any] = {"title": "Salindia", "kind": "material", "session": "", "audience": "enrolled", **typed}
        if content is not None:
            form["file"] = (io.BytesIO(content), "salindia.pdf.exe")
        return browser.post(address, data=form, content_type="multipart/form-data").status_code

    for content, typed in (
        (b"<html>", {}),
        (None, {}),
        (PDF, {"url": "https://example.com/"}),
        (None, {"url": "javascript:alert(1)"}),
        (PDF, {"title": ""}),
        (PDF, {"session": "99"}),
        (PDF, {"kind": "recording"}),
        (PDF, {"audience": "nobody"}),
    ):
        assert send(content, **typed) == 422
    assert send(b"%PDF-" + b"x" * (21 * 1024 * 1024)) == 413
    assert count() == 0
    assert (
        db.session().scalar(sa.select(sa.func.count()).select_from(DiscardedFile)) == 1
    )  # of the recording before its time
    assert send(PDF) == 303
    code = db.session().scalars(sa.select(Material.code)).one()
    answer = browser.post(f"/kelola/materi/{code}", data={"url": "https://example.com/b"})
    assert answer.status_code == 303
    assert browser.get(f"/berkas/{code}").headers["Location"] == "https://example.com/b"
    assert browser.get(f"/berkas/{code}/1").data == PDF
    assert browser.get(f"/berkas/{code}/9").status_code == 404
    browser.post(f"/kelola/materi/{code}/untuk", data={"siapa": "everyone"})
    assert "Siapa saja" in browser.get(address).get_data(as_text=True)
    assert browser.post(f"/kelola/materi/{code}/tarik").status_code == 303
    assert "Salindia" not in browser.get(address).get_data(as_text=True)
