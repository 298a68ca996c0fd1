"""Scanned signatures of those who sign: taken in by an admin, printed on later papers, bound to the name."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import rendering
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import services
from calakan.office.errors import SignerGone
from calakan.office.models import OfficeSetting
from calakan.office.queries import Signer, office_settings
from tests import factories
from tests.certificates import issuing
from tests.certificates.designs import drawings

pytestmark = pytest.mark.any_database

Opener = Callable[[int | None], FlaskClient]
NAMES = ("Drs. Joko Wiyono, M.Si.", "Ratri Kusumaningtyas, M.Pd.")
ADDRESS = "/kelola/pengaturan/penanda-tangan/{}/gambar"


@pytest.fixture
def admin(app: Flask, client_of: Opener) -> FlaskClient:
    signers = [
        Signer(post="Kepala Dinas", name=NAMES[0]),
        Signer(post="Ketua", name=NAMES[1]),
        Signer(post="Kosong", name=""),
    ]
    with db.transaction():
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), signers=signers)
    return client_of(factories.person("Nur", Role.ADMIN).id)


def scans() -> list[bool]:
    db.db.session.remove()
    return [bool(signer.scan) for signer in office_settings().signers]


def send(admin: FlaskClient, number: int, name: str, content: bytes) -> str:
    data = {"signer": name, "file": (io.BytesIO(content), "x.png")}
    admin.post(ADDRESS.format(number), data=data, content_type="multipart/form-data")
    return admin.get("/kelola/pengaturan").get_data(as_text=True)


def test_a_scan_is_kept_shown_printed_and_removed(app: Flask, admin: FlaskClient) -> None:
    page = send(admin, 2, NAMES[1], drawings.signature())
    assert "Gambar tanda tangan disimpan." in page
    assert f'alt="Tanda tangan {NAMES[1]}"' in page
    assert scans() == [False, True, False]
    store = app.extensions["calakan.files"]
    paper = issuing.issued(app)
    printed = paper.facts["event"]["signers"][1]["scan"]
    with pikepdf.open(io.BytesIO(rendering.read(paper, store))) as document:
        assert set(document.pages[0].resources.XObject.keys()) == {"/S1"}
        image = document.pages[0].resources.XObject["/S1"]
        assert image.SMask.Width == image.Width
    admin.post(ADDRESS.format(2), data={"signer": NAMES[1], "act": "remove"})
    assert scans() == [False] * 3
    assert store.path(printed).exists()  # what is issued stays


def test_another_name_never_gets_the_hand_of_the_last_one(admin: FlaskClient) -> None:
    send(admin, 1, NAMES[0], drawings.signature())
    kept = [Signer(post="Ketua", name=NAMES[1]), Signer(post="Plt. Kepala Dinas", name=NAMES[0])]
    with db.transaction():
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), signers=kept)
    assert scans() == [False, True]
    with db.transaction():
        new = [Signer(post="Kepala Dinas", name="Dra. Sri Rejeki, M.M.")]
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), signers=new)
    assert scans() == [False]
    with pytest.raises(SignerGone), db.transaction():
        services.set_scan(1, NAMES[0], "0" * 64, actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize(("number", "name"), [(1, NAMES[1]), (3, ""), (4, NAMES[0]), (0, NAMES[0])])
def test_a_signer_who_is_not_there_gets_none(admin: FlaskClient, number: int, name: str) -> None:
    assert "sudah berubah atau belum bernama" in send(admin, number, name, drawings.signature())
    assert scans() == [False] * 3


def test_wrong_files_are_told(admin: FlaskClient) -> None:
    assert "Berkas rusak atau tidak utuh." in send(admin, 1, NAMES[0], drawings.pdf())
    assert "Berkas kosong" in send(admin, 1, NAMES[0], b"")
    assert scans() == [False] * 3
    assert db.session().scalar(sa.select(sa.func.count()).select_from(OfficeSetting)) == 1


def test_a_file_that_is_away_does_not_close_the_settings(app: Flask, admin: FlaskClient) -> None:
    with db.transaction():
        services.set_scan(1, NAMES[0], "0" * 64, actor=factories.SYSTEM, now=clock.now())
    page = admin.get("/kelola/pengaturan")
    assert page.status_code == 200
    assert "ada gambar" in page.get_data(as_text=True)
