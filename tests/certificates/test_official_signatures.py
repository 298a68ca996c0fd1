"""Papers that an official signs by way of BSrE: files out and back, and the service's own interface."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from calakan.audit.models import AuditEntry
from calakan.certificates import rendering, signatures
from calakan.certificates.errors import SignedFileOther
from calakan.certificates.esign import EsignClient, RefusedError, ServiceAwayError
from calakan.certificates.models import Certificate
from calakan.certificates.seals import Seals
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from tests import factories
from tests.certificates.issuing import held, make_papers
from tests.servers.esign import NIK, PASSPHRASE, Esign, esign_service, sign


@pytest.fixture
def service() -> Iterator[Esign]:
    with esign_service() as running:
        yield running


@pytest.fixture
def elsewhere(app: Flask, service: Esign) -> Iterator[Flask]:
    """An office whose papers are signed by an official."""
    before = app.extensions["calakan.settings"]
    app.extensions["calakan.settings"] = replace(
        before, signing="bsre", bsre_url=service.url, bsre_user="calakan", bsre_password="rahasia"
    )
    yield app
    app.extensions["calakan.settings"] = before


@pytest.fixture
def course(elsewhere: Flask) -> Diklat:
    """Three papers that wait for their signature."""
    made = held(*(factories.person(f"Guru {n}").id for n in range(3)))
    assert make_papers(elsewhere) == 3
    return db.session().get_one(Diklat, made.id, populate_existing=True)


@pytest.fixture
def panitia(course: Diklat, client_of) -> FlaskClient:
    return client_of(factories.person("Panitia", Role.PANITIA).id)


def papers() -> list[Certificate]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Certificate).order_by(Certificate.id)))


def letters() -> int:
    return db.session().scalar(sa.select(sa.func.count()).where(Message.kind == "certificates.issued")) or 0


def send(client: FlaskClient, course: Diklat, **files: bytes) -> str:
    parts = [FileStorage(io.BytesIO(content), filename=f"{name}.pdf") for name, content in files.items()]
    answer = client.post(
        f"/kelola/diklat/{course.slug}/sertifikat/tanda-tangan", data={"files": parts}, follow_redirects=True
    )
    return answer.get_data(as_text=True)


def test_an_unsigned_paper_is_nobodys_yet(course: Diklat, client: FlaskClient) -> None:
    rows = papers()
    assert [(row.state, row.serial, row.paper_kid) for row in rows] == [(WorkState.SIGNING, n, None) for n in (1, 2, 3)]
    assert client.get(f"/s/{rows[0].code}").status_code == 404
    assert client.get(f"/periksa/berkas?sha256={rows[0].sha256}").status_code == 404
    assert letters() == 0


def test_signed_files_come_back_and_become_the_papers(elsewhere: Flask, course: Diklat, panitia: FlaskClient) -> None:
    slug, store = course.slug, elsewhere.extensions["calakan.files"]
    answer = panitia.get(f"/kelola/diklat/{slug}/sertifikat/tanda-tangan/berkas.zip")
    files = {
        item: zipfile.ZipFile(io.BytesIO(answer.data)).read(item)
        for item in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    }
    assert sorted(files) == sorted(f"{row.code}.pdf" for row in papers())
    signed = {name.removesuffix(".pdf"): sign(content) for name, content in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, content in enumerate(signed.values()):
            archive.writestr(f"hasil/berkas-{number}.pdf", content)
    text = send(panitia, course, kumpulan=out.getvalue())
    assert "3 sertifikat bertanda tangan sudah terbit" in text
    for row in papers():
        assert row.state is WorkState.DONE
        assert rendering.read(row, store) == signed[row.code]
        assert row.sha256 == hashlib.sha256(signed[row.code]).hexdigest()
    assert letters() == 3
    assert panitia.get(f"/kelola/diklat/{slug}/sertifikat/tanda-tangan/berkas.zip").status_code == 404


def test_what_does_not_belong_is_told_and_changes_nothing(
    elsewhere: Flask, course: Diklat, panitia: FlaskClient
) -> None:
    store = elsewhere.extensions["calakan.files"]
    original = rendering.read(papers()[0], store)
    broken = bytearray(sign(original))
    broken[4000] ^= 1
    text = send(panitia, course, unsigned=original, broken=bytes(broken), other=b"%PDF-1.7", none=b"")
    assert text.count("belum ditandatangani, atau tanda tangannya rusak") == 2
    assert text.count("menunggu tanda tangan dengan kode di berkas ini") == 2
    assert {row.state for row in papers()} == {WorkState.SIGNING}
    assert "Pilih paling sedikit satu berkas" in send(panitia, course)


def test_another_file_with_the_code_of_a_waiting_paper_is_not_that_paper(elsewhere: Flask, course: Diklat) -> None:
    row, settings, store = papers()[0], elsewhere.extensions["calakan.settings"], elsewhere.extensions["calakan.files"]
    assert signatures.match(sign(rendering.read(row, store)), store).code == row.code
    with db.session().no_autoflush:
        row.facts = {**row.facts, "name": "Orang Lain"}
        templates, seals = rendering.Templates(settings.base_url, store), Seals(settings, now=clock.now())
        drawn = rendering.draw(row, templates, seals, now=clock.now())
    db.session().rollback()
    with pytest.raises(SignedFileOther):
        signatures.match(sign(drawn.prefix + drawn.tail), store)


def test_the_same_file_twice_is_told(elsewhere: Flask, course: Diklat, panitia: FlaskClient) -> None:
    signed = sign(rendering.read(papers()[0], elsewhere.extensions["calakan.files"]))
    text = send(panitia, course, a=signed, b=signed)
    assert "1 sertifikat bertanda tangan sudah terbit" in text
    assert "Tidak ada sertifikat yang menunggu" in text
    assert letters() == 1


def by_service(client: FlaskClient, course: Diklat, *, nik: str = NIK, passphrase: str = PASSPHRASE) -> tuple[int, str]:
    answer = client.post(
        f"/kelola/diklat/{course.slug}/sertifikat/tanda-tangan/esign",
        data={"nik": nik, "passphrase": passphrase},
        follow_redirects=True,
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_the_service_signs_with_a_passphrase_that_is_kept_nowhere(
    elsewhere: Flask, course: Diklat, panitia: FlaskClient, service: Esign, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status, text = by_service(panitia, course, passphrase="keliru sekali")
    assert (status, "Passphrase anda salah" in text, service.signed) == (422, True, 0)
    assert "keliru sekali" not in text
    status, text = by_service(panitia, course)
    assert (status, service.signed) == (200, 3)
    assert service.seen == ["file", "image", "nik", "passphrase", "tampilan"]
    assert {row.state for row in papers()} == {WorkState.DONE}
    trail = " ".join(str(row) for row in db.session().execute(sa.select(AuditEntry.__table__)))
    for secret in (PASSPHRASE, "keliru sekali", NIK):
        assert secret not in caplog.text
        assert secret not in trail
        assert secret not in text


@pytest.mark.parametrize("mode", ["away", "garbage"])
def test_a_service_in_trouble_leaves_the_papers_waiting(
    course: Diklat, panitia: FlaskClient, service: Esign, mode: str
) -> None:
    service.mode = mode
    status, text = by_service(panitia, course)
    assert (status, "Layanan BSrE tidak menjawab" in text) == (422, True)
    assert {row.state for row in papers()} == {WorkState.SIGNING}


def test_a_wrong_nik_is_caught_before_anything_is_sent(course: Diklat, panitia: FlaskClient, service: Esign) -> None:
    assert by_service(panitia, course, nik="123")[0] == 422
    assert service.seen == []


def test_the_client_tells_refusal_from_trouble_and_names_no_secret(service: Esign) -> None:
    with pytest.raises(RefusedError) as refused:
        EsignClient(service.url, "calakan", "rahasia").sign(b"%PDF-1.7", nik=NIK, passphrase="salah besar")
    with pytest.raises(ServiceAwayError) as away:
        EsignClient(service.url, "calakan", "bukan").sign(b"%PDF-1.7", nik=NIK, passphrase=PASSPHRASE)
    with pytest.raises(ServiceAwayError):
        EsignClient("http://127.0.0.1:9", "a", "b").sign(b"%PDF-1.7", nik=NIK, passphrase=PASSPHRASE)
    assert "salah besar" not in f"{refused.value!r} {away.value!r} {EsignClient(service.url, 'a', 'geheim')!r}"
    assert "geheim" not in repr(EsignClient(service.url, "a", "geheim"))
