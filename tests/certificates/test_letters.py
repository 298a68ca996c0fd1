"""The letters that bring a paper or an answer, and the bundles that hold many."""

from __future__ import annotations

import io
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import letters as own
from calakan.certificates import links, services, signatures
from calakan.certificates.models import Certificate, Status
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories
from tests.certificates.issuing import issued
from tests.certificates.test_reads import paper


def test_a_paper_is_brought_while_it_is_valid(app: Flask) -> None:
    first = issued(app)
    id, code = first.id, first.code
    message = db.session().scalars(sa.select(Message).where(Message.kind == "certificates.issued")).one()
    letter = letters.compose(message, clock.now())
    assert letter is not None
    assert f"/sertifikat/{links.token(code)}.pdf" in letter.text
    assert "Asesmen Formatif" in letter.text
    for values in ({"status": Status.REVOKED}, {"status": Status.REPLACED}):
        with db.transaction() as session:
            session.execute(sa.update(Certificate).where(Certificate.id == id).values(**values))
        message = db.session().scalars(sa.select(Message).where(Message.kind == "certificates.issued")).one()
        assert letters.compose(message, clock.now()) is None
    assert own.issued(Message(subject_id=None, facts={}), clock.now()) is None
    assert own.correction_refused(Message(subject_id=None, facts={}), clock.now()) is None


def test_a_refusal_brings_the_answer(app: Flask) -> None:
    found = issued(app)
    facts = {"name": "Ani", "answer": "Lampirkan KTP"}
    letter = own.correction_refused(Message(subject_id=found.id, facts=facts), clock.now())
    assert letter is not None
    assert "Lampirkan KTP" in letter.text
    assert f"/s/{found.code}" in letter.text


def test_each_holder_is_told_of_his_own_paper(app: Flask) -> None:
    course = factories.diklat().id
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    ids = [paper(course, person, n) for n, person in enumerate(people)]
    with db.transaction():
        services.tell_holders(ids[:2], now=clock.now())
        services.tell_holders(ids[:1], now=clock.now())
    rows = db.session().execute(sa.select(Message.person_id, Message.subject_id).order_by(Message.id)).all()
    assert rows == list(zip(people[:2], ids[:2], strict=True))


def test_a_bundle_names_its_files(app: Flask) -> None:
    found, store = issued(app), app.extensions["calakan.files"]
    by_code = zipfile.ZipFile(io.BytesIO(signatures.bundle([found], store)))
    by_number = zipfile.ZipFile(io.BytesIO(signatures.year_bundle([found], store)))
    assert by_code.namelist() == [f"{found.code}.pdf"]
    assert found.number is not None
    assert by_number.namelist() == [f"{found.number.replace('/', '-')} asesmen-formatif.pdf"]
    assert by_code.read(f"{found.code}.pdf") == signatures.original(found, store)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1", [("x", b"%PDF-1")]), (b"PK broken", [("x", b"")]),
        (zipped(a__b_PDF=b"1", c_txt=b"2", d_pdf=b"3"), [("b.PDF", b"1"), ("d.pdf", b"3")]),
    ],
)  # fmt: skip
def test_what_is_taken_out_of_an_upload(content: bytes, found: list[tuple[str, bytes]]) -> None:
    assert list(signatures.unpack("x", content)) == found


def test_too_large_and_too_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "LARGEST", 3)
    monkeypatch.setattr(signatures, "MOST_FILES", 2)
    content = zipped(a_pdf=b"123", b_pdf=b"1234", c_pdf=b"1")
    assert list(signatures.unpack("x", content)) == [("a.pdf", b"123")]
