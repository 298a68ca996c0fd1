"""The logo and the head of letters: uploaded by an admin, made anew by the limited process, read by everything that shows one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from calakan.audit.models import AuditEntry
from calakan.certificates import rendering
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import LETTERHEAD, LOGO
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import emblems, services
from calakan.office.errors import TooManyLines
from calakan.office.house import house
from calakan.office.models import Emblem
from calakan.paper import unpack
from calakan.reports.documents.lists.listing import Column
from calakan.reports.documents.writing import printed
from calakan.reports.documents.writing.tables import Table
from calakan.web.card import drawn
from tests import factories
from tests.certificates import issuing

pytestmark = pytest.mark.any_database

Opener = Callable[[int | None], FlaskClient]
ADDRESS = "/kelola/pengaturan/lambang/{}"
ROUND = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19" fill="#b00020"/></svg>"""


def picture(width: int, height: int, *, kind: str = "PNG", colour: str = "#b00020") -> bytes:
    made = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(made).ellipse((2, 2, width - 3, height - 3), fill=colour)
    file = io.BytesIO()
    made.save(file, kind)
    return file.getvalue()


@pytest.fixture
def admin(app: Flask, client_of: Opener) -> FlaskClient:
    return client_of(factories.person("Nur", Role.ADMIN).id)


def send(admin: FlaskClient, emblem: Emblem, content: bytes) -> TestResponse:
    data = {f"{emblem.value}-file": (io.BytesIO(content), "x.png")}
    return admin.post(ADDRESS.format(emblem.value), data=data, content_type="multipart/form-data")


def kept(emblem: Emblem) -> str:
    return house().logo if emblem is Emblem.LOGO else house().letterhead


@pytest.mark.parametrize(
    "content", [picture(300, 300), picture(400, 300, kind="JPEG"), ROUND], ids=["png", "jpg", "svg"]
)
def test_a_logo_becomes_a_square_of_one_size(content: bytes) -> None:
    made = unpack(process.piece_of(content, LOGO))
    assert (made.width, made.height) == (512, 512)
    assert made.picture.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("content", "purpose", "why"),
    [
        (picture(600, 200), LOGO, "square"),
        (picture(60, 60), LOGO, "coarse"),
        (b"%PDF-1.4", LOGO, "emblem"),
        (ROUND.replace(b"<circle", b"<script/><circle"), LOGO, "active"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 9000"/>', LOGO, "square"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>', LOGO, "empty"),
        (picture(300, 300)[:200], LOGO, "broken"),
        (b"", LOGO, "empty"),
        (picture(800, 600), LETTERHEAD, "strip"),
        (picture(400, 90), LETTERHEAD, "coarse"),
    ],
)
def test_what_is_no_emblem_is_refused(content: bytes, purpose: str, why: str) -> None:
    with pytest.raises(ArtworkUnfit) as refused:
        process.piece_of(content, purpose)
    assert refused.value.facts["why"] == why


def test_the_logo_is_shown_everywhere_and_goes_back_to_the_built_in_one(app: Flask, admin: FlaskClient) -> None:
    stranger = app.test_client()
    assert "/lambang/" not in stranger.get("/").get_data(as_text=True)
    plain_card = stranger.get("/").get_data(as_text=True).partition("/kartu/")[2][:12]
    assert send(admin, Emblem.LOGO, picture(300, 300)).status_code == 302
    address = f"/lambang/logo-{kept(Emblem.LOGO)[:16]}.png"
    for page in ("/", "/statistik/bingkai", "/periksa/luring", "/kelola/pengaturan"):
        assert address in admin.get(page).get_data(as_text=True), page
    for manifest in ("/manifest.webmanifest", "/periksa/manifest.webmanifest"):
        assert [icon["src"] for icon in json.loads(stranger.get(manifest).data)["icons"]] == [address]
    assert stranger.get("/aplikasi.json").json["icon"] == f"http://calakan.test{address}"
    for worker in ("/notifikasi-sw.js", "/periksa/sw.js"):
        assert address in stranger.get(worker).get_data(as_text=True), worker
    assert stranger.get("/").get_data(as_text=True).partition("/kartu/")[2][:12] != plain_card
    assert drawn("Rumah", "Diklat", kept(Emblem.LOGO)) != drawn("Rumah", "Diklat")
    admin.post(ADDRESS.format("logo"), data={"act": "remove"})
    assert kept(Emblem.LOGO) == ""
    assert "/lambang/" not in stranger.get("/").get_data(as_text=True)
    assert stranger.get(address).headers["Location"].endswith("/logo.svg")
    acts = list(
        db.session().scalars(
            sa.select(AuditEntry.facts).where(AuditEntry.act == "office.change_settings").order_by(AuditEntry.id)
        )
    )
    assert [list(facts["changed"]) for facts in acts] == [["logo"], ["logo"]]


def test_the_picture_is_kept_for_a_year_under_its_own_address_and_asked_again_under_another(
    app: Flask, admin: FlaskClient
) -> None:
    send(admin, Emblem.LOGO, picture(300, 300))
    stranger, mark = app.test_client(), kept(Emblem.LOGO)[:16]
    found = stranger.get(f"/lambang/logo-{mark}.png")
    assert (found.status_code, found.mimetype) == (200, "image/png")
    assert "immutable" in found.headers["Cache-Control"]
    with Image.open(io.BytesIO(found.data)) as shown:
        assert shown.size == (512, 512)
    again = stranger.get(f"/lambang/logo-{mark}.png", headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    older = stranger.get("/lambang/logo-ffff.png")
    assert (older.data, older.headers["Cache-Control"]) == (found.data, "no-cache")
    assert stranger.get("/lambang/letterhead-ffff.png").status_code == 404
    assert stranger.get("/lambang/stempel-ffff.png").status_code == 404


def test_a_file_that_is_away_costs_the_picture_alone(app: Flask, admin: FlaskClient) -> None:
    with db.transaction():
        services.set_emblem(Emblem.LOGO, "ab" * 32, actor=factories.SYSTEM, now=clock.now())
        services.set_emblem(Emblem.LETTERHEAD, "cd" * 32, actor=factories.SYSTEM, now=clock.now())
    stranger = app.test_client()
    assert stranger.get("/").status_code == 200
    assert stranger.get(f"/lambang/logo-{'ab' * 8}.png").status_code == 404
    assert drawn("Rumah", "Diklat", "ab" * 32) == drawn("Rumah", "Diklat")


@pytest.mark.parametrize("emblem", list(Emblem))
def test_a_bad_file_is_told_beside_its_own_field_and_changes_nothing(admin: FlaskClient, emblem: Emblem) -> None:
    for content, told in ((b"GIF89a", "Kirim PNG, JPG, WebP, atau SVG."), (b"", "Berkas kosong")):
        answer = send(admin, emblem, content)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert told in page.partition(f'id="{emblem.value}-file-e"')[2][:700]
    assert admin.post(ADDRESS.format("stempel")).status_code == 404
    assert kept(emblem) == ""


def test_papers_bear_the_logo_of_their_day(app: Flask, admin: FlaskClient) -> None:
    store = app.extensions["calakan.files"]
    before = issuing.issued(app)
    assert "/L" not in _drawings(rendering.read(before, store))
    send(admin, Emblem.LOGO, picture(300, 300))
    after = issuing.issued(app)
    db.session().rollback()
    assert after.facts["event"]["logo"] == kept(Emblem.LOGO)
    assert "/L" in _drawings(rendering.read(after, store))
    shown = rendering.picture(after, store, base_url="http://calakan.test")
    assert unpack(store.get(kept(Emblem.LOGO))).picture in shown


def _drawings(content: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(content)) as document:
        resources = document.pages[0].resources
        return set(resources.XObject.keys()) if "/XObject" in resources else set()


def test_the_head_of_letters_is_typed_in_lines_or_is_a_picture(app: Flask, admin: FlaskClient, tmp_path: Path) -> None:
    def head() -> pypdf.PageObject:
        path = tmp_path / "daftar.pdf"
        printed.write_pdf(Table("Daftar hadir", [Column("Nama", printed=4)], [["Ani"]], [], {}), path)
        return pypdf.PdfReader(path).pages[0]

    assert house().organiser.upper() in head().extract_text()
    lines = "PEMERINTAH KOTA TARAKAN\nDINAS PENDIDIKAN\nJl. Jenderal Sudirman 1\nTelepon (0551) 21620"
    with db.transaction():
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), letterhead_text=lines)
    assert head().extract_text().splitlines()[:4] == lines.splitlines()
    assert not head().images
    send(admin, Emblem.LOGO, picture(300, 300))
    assert len(head().images) == 1
    send(admin, Emblem.LETTERHEAD, picture(1200, 200))
    shown = head()
    assert ["PEMERINTAH" in shown.extract_text(), len(shown.images)] == [False, 1]
    with Image.open(io.BytesIO(emblems.letterhead(kept(Emblem.LETTERHEAD)))) as strip:
        assert strip.size == (1200, 200)
    assert "/lambang/letterhead-" in admin.get("/kelola/pengaturan").get_data(as_text=True)


def test_a_head_of_too_many_lines_is_refused(app: Flask) -> None:
    with pytest.raises(TooManyLines), db.transaction():
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), letterhead_text="a\nb\nc\nd\ne\nf")
