"""Becoming a volunteer: the offer, its photo, the panitia's answer, consent."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.assessment.models import DiscardedFile
from calakan.audit.models import AuditEntry
from calakan.intake import portraits as drawing
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import portraits, queries, services
from calakan.narasumber.errors import AlreadyVolunteer, LinkNotAllowed, PhotoUnreadable
from calakan.narasumber.models import NoteKind, VolunteerState
from calakan.notifications.models import Message
from calakan.people.models import Jenjang
from calakan.privacy import erasure
from tests import factories

Opener = Callable[[int | None], FlaskClient]
TYPED = {
    "headline": "Bidan dan konselor laktasi",
    "profession": "Bidan, Puskesmas Sokaraja",
    "bio": "Sepuluh tahun mendampingi ibu.",
    "topics": ["inklusi"],
    "levels": ["paud"],
    "modes": ["daring"],
    "languages": ["id", "jv"],
    "links": "https://example.org/karya",
}


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600)) -> bytes:
    drawn = io.BytesIO()
    made = Image.effect_noise(size, 80).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "rahasia di dalam foto"
    made.save(drawn, kind, exif=exif)
    return drawn.getvalue()


def test_an_outsider_offers_himself_and_is_approved(app: Flask, client_of: Opener) -> None:
    outsider = factories.person("Wahyu Lestari", complete=False).id
    staff = factories.person("Panitia", Role.PANITIA).id
    browser = client_of(outsider)
    assert browser.post("/relawan/daftar", data=TYPED).status_code == 302
    found = queries.volunteer(outsider)
    assert found is not None
    assert (found.state, found.public, found.public_at) == (VolunteerState.APPLIED, False, None)
    assert (found.modes, found.languages, found.links) == (["daring"], ["id", "jv"], ["https://example.org/karya"])
    assert ([row.topic for row in found.topics], found.jenjang) == (["inklusi"], [Jenjang.PAUD])
    slug = found.slug
    data = {"putusan": "setuju", "catatan": "Selamat bergabung."}
    assert client_of(staff).post(f"/kelola/narasumber/{slug}/putuskan", data=data).status_code == 302
    db.session().rollback()
    assert queries.is_speaker(outsider)
    message = db.session().scalars(sa.select(Message).where(Message.kind == "narasumber.decided")).one()
    assert (message.person_id, message.facts["approved"], message.facts["note"]) == (
        outsider,
        True,
        "Selamat bergabung.",
    )


def test_the_same_decision_twice_is_refused(app: Flask) -> None:
    id = factories.volunteer().id
    with pytest.raises(AlreadyVolunteer), db.transaction():
        services.decide(id, approve=True, actor=factories.SYSTEM, now=clock.now())


def test_nobody_is_shown_before_consent_and_after_its_withdrawal(
    app: Flask, client: FlaskClient, client_of: Opener
) -> None:
    person = factories.volunteer("Rina Puspita")
    slug = queries.volunteer(person.id).slug
    address, photo = f"/narasumber/{slug}", f"/narasumber/{slug}/foto.webp"
    upload = {**TYPED, "photo": (io.BytesIO(picture()), "saya.jpg")}
    browser = client_of(person.id)
    assert browser.post("/relawan/daftar", data=upload).status_code == 302
    assert (client.get(address).status_code, client.get(photo).status_code) == (404, 404)
    assert (browser.get(address).status_code, browser.get(photo).status_code) == (200, 200)
    assert browser.post("/relawan/daftar", data={**TYPED, "public": "y"}).status_code == 302
    shown = client.get(photo)
    assert (client.get(address).status_code, shown.status_code, shown.content_type) == (200, 200, "image/webp")
    wide, high = Image.open(io.BytesIO(shown.data)).size
    assert (wide == high, wide <= 320) == (True, True)
    assert b"rahasia" not in shown.data
    assert browser.post("/relawan/daftar", data=TYPED).status_code == 302
    assert (client.get(address).status_code, client.get(photo).status_code) == (404, 404)
    assert db.session().scalar(sa.select(sa.func.count()).where(AuditEntry.act == "narasumber.offer_to_speak")) == 4


def test_a_declined_volunteer_with_consent_is_not_shown(app: Flask, client: FlaskClient) -> None:
    id = factories.volunteer("Rina", public=True).id
    slug = queries.volunteer(id).slug
    assert client.get(f"/narasumber/{slug}").status_code == 200
    with db.transaction():
        services.decide(id, approve=False, actor=factories.SYSTEM, now=clock.now())
    assert client.get(f"/narasumber/{slug}").status_code == 404


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
        (b"MZ\x90\x00" + b"x" * 400, "kind"),
        (b"GIF89a" + b"\x00" * 40, "kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "kind"),
        (b"x" * (portraits.LARGEST_FILE + 1), "large"),
    ],
)
def test_a_file_is_judged_by_its_content(content: bytes, why: str) -> None:
    with pytest.raises(PhotoUnreadable) as refused:
        portraits.portrait(content)
    assert refused.value.facts == {"why": why}


def test_a_picture_of_too_many_points_is_refused_before_it_is_drawn() -> None:
    drawn = io.BytesIO()
    Image.new("1", (8000, 8000)).save(drawn, "PNG")
    with pytest.raises(PhotoUnreadable) as refused:
        portraits.portrait(drawn.getvalue())
    assert refused.value.facts == {"why": "pixels"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_small_and_without_its_past(kind: str) -> None:
    shown = portraits.portrait(picture(kind))
    assert len(shown) <= drawing.MOST_BYTES
    assert (Image.open(io.BytesIO(shown)).format, b"rahasia" in shown) == ("WEBP", False)


def test_a_lying_photo_is_said_beside_its_field_and_changes_nothing(app: Flask, client_of: Opener) -> None:
    person = factories.volunteer("Rina Puspita").id
    upload = {**TYPED, "headline": "Baru", "photo": (io.BytesIO(b"MZ bukan foto"), "foto.jpg")}
    answer = client_of(person).post("/relawan/daftar", data=upload)
    assert answer.status_code == 422
    assert "Foto harus JPG, PNG, atau WebP yang utuh." in answer.get_data(as_text=True)
    db.session().rollback()
    assert queries.volunteer(person).headline == "Guru"


def test_a_photo_that_was_replaced_or_erased_is_let_go_of(app: Flask, client_of: Opener) -> None:
    person = factories.volunteer("Rina Puspita").id
    browser, photos = client_of(person), []
    for size in ((900, 600), (600, 900)):
        upload = {**TYPED, "photo": (io.BytesIO(picture(size=size)), "saya.jpg")}
        assert browser.post("/relawan/daftar", data=upload).status_code == 302
        db.session().rollback()
        photos.append(queries.volunteer(person).photo_sha256)
    gone = sa.select(DiscardedFile.sha256)
    assert db.session().scalars(gone).all() == photos[:1]
    with db.transaction():
        erasure.erase(person, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    assert set(db.session().scalars(gone)) == set(photos)


def test_the_photo_of_an_offer_that_was_refused_is_let_go_of(app: Flask, client_of: Opener) -> None:
    upload = {**TYPED, "links": "http://example.org", "photo": (io.BytesIO(picture()), "foto.jpg")}
    assert client_of(factories.volunteer("Rina Puspita").id).post("/relawan/daftar", data=upload).status_code == 422
    db.session().rollback()
    assert len(db.session().scalars(sa.select(DiscardedFile.sha256)).all()) == 1


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://a@example.org",
        "https://[x",
        "https://e.org/a b",
    ],
)
def test_only_plain_public_links_are_kept(app: Flask, link: str) -> None:
    id = factories.person().id
    with pytest.raises(LinkNotAllowed), db.transaction():
        services.offer_to_speak(id, services.Offer(headline="x", links=[link]), actor=factories.SYSTEM, now=clock.now())


def test_a_fourth_link_is_refused(app: Flask) -> None:
    id = factories.person().id
    offer = services.Offer(headline="x", links=[f"https://example.org/{n}" for n in range(4)])
    with pytest.raises(LinkNotAllowed), db.transaction():
        services.offer_to_speak(id, offer, actor=factories.SYSTEM, now=clock.now())


def test_the_record_of_a_volunteer_is_for_the_panitia_alone(app: Flask, client_of: Opener) -> None:
    person, staff = factories.volunteer("Rina", public=True), factories.person("Panitia", Role.PANITIA)
    slug = queries.volunteer(person.id).slug
    address = f"/kelola/narasumber/{slug}"
    assert client_of(staff.id).post(f"{address}/catat", data={"catatan": ""}).status_code == 422
    assert client_of(staff.id).post(f"{address}/catat", data={"catatan": "Selalu siap lebih awal."}).status_code == 303
    assert "Selalu siap lebih awal." in client_of(staff.id).get(address).get_data(as_text=True)
    assert client_of(person.id).get(address).status_code == 403
    for path in (f"/narasumber/{slug}", "/relawan", "/relawan/jadwal", "/saya/data"):
        assert "Selalu siap" not in client_of(person.id).get(path).get_data(as_text=True)
    assert [(n.kind, n.author_id) for n in queries.notes_on(person.id)] == [(NoteKind.REMARK, staff.id)]


def test_a_stranger_reads_what_it_means_to_be_a_narasumber(app: Flask, client: FlaskClient) -> None:
    page = client.get("/relawan/daftar")
    assert page.status_code == 200
    assert "/akun/daftar?next=/relawan/daftar" in page.get_data(as_text=True)
    assert client.post("/relawan/daftar", data=TYPED).status_code == 302
