"""Making a template over HTTP: draft, preview, background, publishing, choosing."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs import queries
from calakan.certificates.designs.layout import Ground
from calakan.certificates.models import Design
from calakan.kernel import db
from calakan.kernel.actor import Role
from tests import factories
from tests.certificates import issuing
from tests.certificates.designs import drawings
from tests.paper.paper_samples import page_text

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def browser(app: Flask, client_of: Opener) -> FlaskClient:
    return client_of(factories.person("Rina", Role.PANITIA).id)


def make(browser: FlaskClient, name: str = "Bingkai batik") -> str:
    answer = browser.post("/kelola/templat", data={"name": name, "start": ""})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def shown(browser: FlaskClient, address: str) -> dict[str, str]:
    """The form as it stands on the page: what a browser would send."""
    page = browser.get(address).get_data(as_text=True)
    form = page[page.index('class="templat"') :]
    sent = dict(
        re.findall(
            r'<input class="input[^"]*" id="[^"]+" name="([^"]+)" type="(?:text|number|color)" value="([^"]*)"', form
        )
    )
    sent |= dict(re.findall(r'<input type="checkbox" id="[^"]+" name="([^"]+)" value="(y)" checked', form))
    sent |= dict(
        re.findall(r'<select class="select[^"]*" id="([^"]+)"[^>]*>.*?<option value="([^"]*)" selected', form, re.S)
    )
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen is not None
    return sent | {"seen": seen[1]}


def design() -> Design:
    db.db.session.remove()
    return db.session().scalars(sa.select(Design)).one()


@pytest.mark.any_database
def test_the_form_as_shown_changes_nothing(browser: FlaskClient) -> None:
    address = make(browser)
    before = design().draft
    assert layouts.loaded(before) == layouts.fresh()
    assert browser.post(address, data=shown(browser, address)).status_code == 302
    assert design().draft == before


def test_a_field_is_moved_saved_published_and_chosen(app: Flask, browser: FlaskClient) -> None:
    address, course = make(browser), factories.diklat()
    slug, course_id = course.slug, course.id
    board = browser.get(f"/kelola/diklat/{slug}/sertifikat").get_data(as_text=True)
    assert "Bingkai batik" not in board
    typed = shown(browser, address) | {"name_x": "70,5", "name_y": "101.2", "name_colour": "#AA0000", "terbit": "1"}
    assert browser.post(address, data=typed).status_code == 302
    version = queries.newest_version(design().id)
    assert version is not None
    place = {place.key: place for place in layouts.loaded(version.layout).places}["name"]
    assert (version.number, place.x, place.y, place.colour) == (1, 70.5, 101.2, "#aa0000")
    page = browser.get(address).get_data(as_text=True)
    assert "Versi 1 terbit" in page
    assert "belum diterbitkan" not in page
    answer = browser.post(f"/kelola/diklat/{slug}/sertifikat/templat", data={"templat": str(version.design_id)})
    assert answer.headers["Location"].endswith("#templat")
    assert queries.current_version(course_id) == version.id
    board = browser.get(f"/kelola/diklat/{slug}/sertifikat").get_data(as_text=True)
    assert f'<option value="{version.design_id}" selected>Bingkai batik' in board
    again = browser.post(address, data=shown(browser, address) | {"terbit": "1"})
    assert again.status_code == 422
    assert "Tidak ada yang berubah sejak versi terakhir." in again.get_data(as_text=True)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_x": "297,5"}, "Tulis angka 0 sampai 297."),
        ({"name_size": "besar"}, "Tulis angka 1.5 sampai 40."),
        ({"name_least": "13"}, "Tidak boleh lebih besar daripada ukurannya."),
        ({"qr_width": "12"}, "Tulis angka 28 sampai 60."),
        ({"name_colour": "merah"}, "Pilih warna."),
        ({"text1_text": "王小明"}, "tidak dapat dicetak pada sertifikat."),
        ({"ground": "own"}, "Pilih berkas latarnya dulu."),
        ({"name": ""}, "Wajib diisi."),
        ({"seen": "2020-01-01T00:00:00+00:00"}, "baru saja diubah orang lain"),
        ({"seen": "kemarin"}, "baru saja diubah orang lain"),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(browser: FlaskClient, typed: dict[str, str], said: str) -> None:
    address = make(browser)
    answer = browser.post(address, data=shown(browser, address) | {"unit_x": "51.5"} | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert 'value="51.5"' in page
    assert layouts.loaded(design().draft) == layouts.fresh()


@pytest.mark.any_database
def test_a_background_is_taken_in_with_the_form(app: Flask, browser: FlaskClient) -> None:
    address = make(browser)
    data = shown(browser, address) | {"file": (io.BytesIO(drawings.pdf()), "latar.exe")}
    answer = browser.post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert layouts.loaded(design().draft).ground is Ground.OWN
    assert app.extensions["calakan.files"].path(design().background_sha256).exists()
    page = browser.get(address).get_data(as_text=True)
    svg = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", page)[1]).decode()
    assert svg.count("data:image/jpeg;base64,") == 1
    wrong = shown(browser, address) | {"file": (io.BytesIO(drawings.svg("<script/>")), "a.svg"), "unit_x": "51.5"}
    refused = browser.post(address, data=wrong, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "Berkas memuat skrip" in refused.get_data(as_text=True)
    assert 'value="51.5"' in refused.get_data(as_text=True)


@pytest.mark.any_database
def test_the_preview_follows_what_is_typed_and_keeps_nothing(browser: FlaskClient) -> None:
    address, name = make(browser), "Mohammad Wahyu Mumpuni"
    factories.person(f"{name} {name} {name}", complete=False, title_after="S.Pd., M.Pd.")
    typed = shown(browser, address) | {"name_y": "92"}
    part = browser.post(f"{address}/pratinjau", data=typed).get_data(as_text=True)
    assert "<html" not in part
    assert "Tulisan sebelum nama menumpuk pada Nama penerima." in part
    assert 'data-bidang="name"' in part
    assert part != browser.post(f"{address}/pratinjau", data=typed | {"nama": "terpanjang"}).get_data(as_text=True)
    small = typed | {"name_y": "103.4", "name_lines": "1", "name_width": "90"}
    assert "Dengan nama terpanjang: Nama penerima mengecil" in browser.post(
        f"{address}/pratinjau", data=small
    ).get_data(as_text=True)
    own = browser.post(f"{address}/pratinjau", data=typed | {"ground": "own"})
    assert own.status_code == 200
    bad = browser.post(f"{address}/pratinjau", data=typed | {"name_y": "x"})
    assert bad.status_code == 422
    assert "Dari atas (mm): Tulis angka 0 sampai 210." in bad.get_data(as_text=True)
    assert layouts.loaded(design().draft) == layouts.fresh()


@pytest.mark.any_database
def test_the_specimen_says_so(browser: FlaskClient) -> None:
    address = make(browser)
    answer = browser.get(f"{address}/contoh.pdf")
    assert answer.mimetype == "application/pdf"
    assert "CONTOH" in page_text(answer.data)
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert len(document.pages) == 2


@pytest.mark.any_database
def test_a_background_that_is_gone_is_told(app: Flask, browser: FlaskClient) -> None:
    address = make(browser)
    with db.transaction():
        row = db.session().scalars(sa.select(Design)).one()
        row.background_sha256, row.draft = "0" * 64, {**row.draft, "ground": "own"}
    page = browser.get(address)
    assert page.status_code == 200
    assert "Berkas latarnya tidak dapat dibaca" in page.get_data(as_text=True)
    assert browser.get(f"{address}/contoh.pdf").status_code == 404


def test_archived_templates_are_not_edited_and_come_back(browser: FlaskClient, app: Flask, client_of: Opener) -> None:
    address = make(browser)
    typed = shown(browser, address)
    assert browser.post(f"{address}/arsip").status_code == 302
    assert "Diarsipkan" in browser.get("/kelola/templat").get_data(as_text=True)
    refused = browser.post(address, data=typed)
    assert refused.status_code == 422
    assert "belum diterbitkan atau sudah diarsipkan" in refused.get_data(as_text=True)
    browser.post(f"{address}/arsip", data={"act": "restore"})
    assert browser.post(address, data=typed).status_code == 302
    assert browser.get("/kelola/templat/999").status_code == 404
    assert browser.get(f"/kelola/templat/{2**40}").status_code == 404


def test_only_an_admin_says_what_is_used_without_a_choice(app: Flask, browser: FlaskClient, client_of: Opener) -> None:
    address = make(browser)
    browser.post(address, data=shown(browser, address) | {"terbit": "1"})
    id = design().id
    assert browser.post("/kelola/templat/bawaan", data={"templat": str(id)}).status_code == 403
    admin = client_of(factories.person("Nur", Role.ADMIN).id)
    assert 'action="/kelola/templat/bawaan"' in admin.get("/kelola/templat").get_data(as_text=True)
    admin.post("/kelola/templat/bawaan", data={"templat": str(id)})
    db.db.session.remove()
    assert queries.default_design().id == id
    admin.post("/kelola/templat/bawaan", data={"templat": ""})
    db.db.session.remove()
    assert queries.default_design() is None
    admin.post("/kelola/templat/bawaan", data={"templat": "tidak"})
    assert queries.default_design() is None


def test_holders_see_the_template_before_they_get_their_paper(
    app: Flask, browser: FlaskClient, client_of: Opener
) -> None:
    address, course, teacher = make(browser), factories.diklat(), factories.person("Ani")
    slug, teacher_id = course.slug, teacher.id
    issuing.join(course.id, teacher_id)
    data = shown(browser, address) | {"file": (io.BytesIO(drawings.pdf()), "latar.pdf"), "terbit": "1"}
    browser.post(address, data=data, content_type="multipart/form-data")
    held = design()
    id, background = held.id, held.background_sha256
    mine = client_of(teacher_id)
    path = f"/diklat/{slug}/sertifikat-saya"
    assert "data:image/jpeg" not in mine.get(f"{path}.svg").get_data(as_text=True)
    browser.post(f"/kelola/diklat/{slug}/sertifikat/templat", data={"templat": str(id)})
    assert "data:image/jpeg" in mine.get(f"{path}.svg").get_data(as_text=True)
    app.extensions["calakan.files"].path(background).unlink()
    assert mine.get(f"{path}.svg").status_code == 404
    assert "berkas templatnya tidak terbaca" in mine.get(path).get_data(as_text=True)
