"""What a holder does with papers: see one, share it, copy its data, print it, take a whole year home."""

from __future__ import annotations

import io
import zipfile

import sqlalchemy as sa
from flask import Flask

from calakan.certificates import links, rendering
from calakan.certificates.documents import typed_elsewhere
from calakan.certificates.models import Certificate, Status
from calakan.kernel import db
from calakan.narasumber import tokens
from tests import factories
from tests.certificates.issuing import Opener, issued


def test_the_page_of_a_paper_has_what_other_applications_want_typed(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    code, person_id, rows = paper.code, paper.person_id, typed_elsewhere(paper)
    day = paper.facts["event"]["dates"][0]
    assert [label for label, _ in rows] == [
        "Nama kegiatan",
        "Jenis",
        "Nomor sertifikat",
        "Penyelenggara",
        "Peran",
        "Tingkat",
        "Tanggal mulai",
        "Tanggal selesai",
        "Tahun",
        "Jumlah jam (JP)",
    ]
    values = dict(rows)
    assert values["Tanggal mulai"] == f"{day[8:]}-{day[5:7]}-{day[:4]}"
    assert (values["Peran"], values["Tingkat"], values["Jumlah jam (JP)"]) == ("Peserta", "kabupaten", "4")
    page = f"/saya/sertifikat/{code}"
    text = client_of(person_id).get(page).get_data(as_text=True)
    for value in values.values():
        assert f'data-salin="{value}"' in text
    assert "https://wa.me/?text=" in text
    assert f"/lencana/{code}.jwt" in text
    assert client_of(factories.person("Orang Lain").id).get(page).status_code == 404


def test_a_paper_is_printed_from_the_browser_or_downloaded(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    page, browser = f"/saya/sertifikat/{paper.code}.pdf", client_of(paper.person_id)
    assert browser.get(page).headers["Content-Disposition"].startswith("attachment; ")
    assert browser.get(f"{page}?cetak=1").headers["Content-Disposition"].startswith("inline; ")


def test_the_link_of_the_letter_opens_that_paper_without_a_log_in(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    id, code, content = paper.id, paper.code, rendering.read(paper, app.extensions["calakan.files"])
    anybody, page = client_of(None), f"/sertifikat/{links.token(code)}.pdf"
    answer = anybody.get(page)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", content)
    assert answer.headers["Cache-Control"] == "private, no-store"
    forged = tokens.token(id, 0)  # signed by us for something else
    for wrong in (code, links.token("x"), links.token(code)[:-1], forged):
        assert anybody.get(f"/sertifikat/{wrong}.pdf").status_code == 404
    for status in (Status.REVOKED, Status.REPLACED):
        with db.transaction() as session:
            session.execute(sa.update(Certificate).where(Certificate.id == id).values(status=status))
        answer = anybody.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/s/{code}")


def test_a_whole_year_comes_as_one_file(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    year = paper.issued_on.year if paper.issued_on else 0
    number, content = paper.number or "", rendering.read(paper, app.extensions["calakan.files"])
    browser = client_of(paper.person_id)
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"/saya/sertifikat-{year}.zip").data))
    assert archive.namelist() == [f"{number.replace('/', '-')} asesmen-formatif.pdf"]
    assert archive.read(archive.namelist()[0]) == content
    assert browser.get(f"/saya/sertifikat-{year - 1}.zip").status_code == 404
    assert f"/saya/sertifikat-{year}.zip" in browser.get("/saya/riwayat").get_data(as_text=True)
    assert client_of(None).get(f"/saya/sertifikat-{year}.zip").status_code == 302
