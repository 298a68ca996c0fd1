"""Numbers: twenty workers at once, reserved ranges, voids, the register as a page and a workbook."""

from __future__ import annotations

import csv
import io
import re
import threading
from itertools import cycle

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import numbering, register, services
from calakan.certificates.errors import NotVoidable, RangeTaken
from calakan.certificates.models import Certificate, CertificateRole, RegisterKind
from calakan.diklat.errors import ReasonMissing
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.kernel.wording import phrase
from calakan.office.services import change_settings
from calakan.people.models import Person
from calakan.promises.invariants import broken
from calakan.reports.documents.lists import LISTS
from calakan.reports.models import ExportKind
from tests import factories
from tests.certificates.issuing import Opener, issued

WORKERS, PAPERS = 20, 60


def asked(count: int, *roles: CertificateRole) -> list[int]:
    """That many papers that wait, of these roles in turn."""
    course, now = factories.diklat(days=1).id, clock.now()
    people = [factories.person(f"Guru {n}").id for n in range(count)]
    turns = cycle(roles or (CertificateRole.PARTICIPANT,))
    with db.transaction():
        rows = [services._row(course, id, role, now=now) for id, role in zip(people, turns, strict=False)]
        db.insert_new(Certificate, rows)
    return list(db.session().scalars(sa.select(Certificate.id).order_by(Certificate.id)))


def number(limit: int = 100) -> int:
    with db.transaction():
        token, ids = claims.claim(Certificate, now=clock.now(), limit=limit)
    with db.transaction():
        numbering.number_and_freeze(ids, token, now=clock.now())
    return len(ids)


def serials(kind: RegisterKind = RegisterKind.CERTIFICATE) -> list[int | None]:
    db.session().rollback()
    of_kind = sa.select(Certificate.serial).where(Certificate.register == kind)
    return list(db.session().scalars(of_kind.order_by(Certificate.serial)))


def test_twenty_workers_leave_no_double_and_no_gap_in_either_register(app: Flask) -> None:
    asked(2 * PAPERS, CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE)
    barrier, failures = threading.Barrier(WORKERS), []

    def work() -> None:
        with app.app_context():
            try:
                barrier.wait()
                while number(limit=2):
                    pass
            except BaseException as error:
                failures.append(error)
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [serials(kind) for kind in RegisterKind] == [list(range(1, PAPERS + 1))] * 2
    numbers = list(db.session().scalars(sa.select(Certificate.number)))
    assert len(set(numbers)) == 2 * PAPERS
    assert broken() == []


def reserve(
    first: int, last: int, purpose: str = "ditulis tangan", kind: RegisterKind = RegisterKind.CERTIFICATE
) -> None:
    year = clock.today().year
    with db.transaction():
        register.reserve(kind, year, first, last, purpose=purpose, actor=factories.SYSTEM, now=clock.now())


def test_reserved_ranges_are_left_out_and_documented(app: Flask) -> None:
    asked(5)
    reserve(2, 3)
    reserve(4, 4)
    reserve(7, 9)
    number()
    assert serials() == [1, 5, 6, 10, 11]
    assert broken() == []


def test_a_range_is_reserved_in_its_own_register_alone(app: Flask) -> None:
    reserve(1, 2, kind=RegisterKind.STATEMENT)
    asked(4, CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE)
    number()
    assert [serials(kind) for kind in RegisterKind] == [[1, 2], [3, 4]]
    reserve(3, 5)
    with pytest.raises(RangeTaken):
        reserve(4, 5, kind=RegisterKind.STATEMENT)
    assert broken() == []


def test_a_number_that_another_pattern_gave_already_is_left_out_and_documented(app: Flask) -> None:
    """Patterns are changed in the middle of a year, and what certificates bear the statements would get."""
    change = {"actor": factories.SYSTEM, "now": clock.now()}
    with db.transaction():
        change_settings(number_pattern="{urut}/{tahun}", **change)
    asked(3)
    number()
    with db.transaction():
        change_settings(number_pattern="S-{urut}/{tahun}", statement_pattern="{urut:01}/{tahun}", **change)
    asked(3, CertificateRole.ATTENDEE)
    number()
    year = clock.today().year
    assert serials(RegisterKind.STATEMENT) == [4, 5, 6]
    kept = [(row.first, row.last, row.purpose) for row in register.reserved(RegisterKind.STATEMENT, year)]
    assert kept == [(1, 3, phrase("certificates.number_borne"))]
    numbers = db.session().scalars(sa.select(Certificate.number).order_by(Certificate.id)).all()
    assert numbers == [f"{n}/{year}" for n in range(1, 7)]
    assert broken() == []


@pytest.mark.parametrize(("first", "last", "purpose"), [(1, 2, "x"), (6, 5, "x"), (8, 12, "x"), (20, 9000, "x")])
def test_a_range_that_is_taken_or_makes_no_sense_is_refused(app: Flask, first: int, last: int, purpose: str) -> None:
    asked(2)
    number()
    reserve(8, 9)
    with pytest.raises(RangeTaken):
        reserve(first, last, purpose)
    with pytest.raises(ReasonMissing):
        reserve(30, 31, " ")


def test_a_number_whose_paper_failed_is_voided_and_never_used_again(app: Flask, client_of: Opener) -> None:
    ids = asked(2)
    number()
    with db.transaction() as session:
        session.execute(sa.update(Certificate).where(Certificate.id == ids[0]).values(state=WorkState.FAILED))
    for id, reason, refusal in ((ids[1], "x", NotVoidable), (ids[0], " ", ReasonMissing)):
        with pytest.raises(refusal), db.transaction():
            register.void(id, reason=reason, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        register.void(ids[0], reason="nama ganda", actor=factories.SYSTEM, now=clock.now())
    assert serials() == [1, 2]
    assert broken() == []
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    text = panitia.get("/kelola/register").get_data(as_text=True)
    assert ("Batal" in text, "nama ganda" in text) == (True, True)


def test_the_register_as_a_page_and_a_workbook(app: Flask, client_of: Opener) -> None:
    paper = issued(app, "=Sri Mulyati")
    year, shown = paper.year, (paper.year, paper.serial, paper.number, paper.revision, "=Sri Mulyati")
    panitia, guru = client_of(factories.person("Panitia", Role.PANITIA).id), client_of(factories.person("Guru").id)
    assert guru.get("/kelola/register").status_code == 403
    page = panitia.get(f"/kelola/register?tahun={year}").get_data(as_text=True)
    assert "Sri Mulyati" in page
    assert "/kelola/ekspor?jenis=register&amp;format=pdf" in page
    form = {"first": "20", "last": "29", "purpose": "ditulis tangan"}
    assert panitia.post(f"/kelola/register?tahun={year}", data=form).status_code == 302
    refused = panitia.post(f"/kelola/register?tahun={year}", data=form)
    assert (refused.status_code, "sudah terpakai atau dicadangkan" in refused.get_data(as_text=True)) == (422, True)
    assert panitia.post(f"/kelola/register?tahun={year}", data=form | {"last": ""}).status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(panitia.get(f"/kelola/register.xlsx?tahun={year}").data))
    head, *rows = book["Data"].iter_rows(values_only=True)
    first, kept = (dict(zip(head, row, strict=True)) for row in rows)
    assert tuple(first[name] for name in ("Tahun", "Urut", "Nomor", "Revisi", "Nama")) == shown
    assert (first["Status"], first["Tanggal terbit"].date()) == ("Berlaku", paper.issued_on)
    assert (kept["Urut"], kept["Status"], kept["Alasan"]) == ("20–29", "Dicadangkan", "ditulis tangan")
    told = dict(book["Keterangan"].iter_rows(max_col=2, values_only=True))
    assert (told["Daftar"], told["Tahun"], bool(told["Dibuat"])) == ("Register sertifikat", year, True)
    text = panitia.get(f"/kelola/register.csv?tahun={year}").data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert lines[0] == list(head) == [column.name for column in LISTS[ExportKind.REGISTER].columns]
    assert [line[2] for line in lines[1:]] == [paper.number, ""]
    assert panitia.get("/kelola/register.pdf").status_code == 404


def test_the_register_of_surat_keterangan_is_chosen_and_is_another_file(app: Flask, client_of: Opener) -> None:
    ids = asked(3, CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE, CertificateRole.PARTICIPANT)
    number()
    numbers = {id: db.session().get_one(Certificate, id).number or "" for id in ids}
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    for address, shown in (
        ("", [0, 2]),
        ("?buku=sertifikat", [0, 2]),
        ("?buku=lain", [0, 2]),
        ("?buku=keterangan", [1]),
    ):
        page = panitia.get(f"/kelola/register{address}").get_data(as_text=True)
        assert [n for n, id in enumerate(ids) if numbers[id] in page] == shown
        answer = panitia.get(f"/kelola/register.xlsx{address}")
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.data))["Data"].iter_rows(min_row=2, values_only=True))
        assert [row[2] for row in rows] == [numbers[ids[n]] for n in shown]
    assert f"register-keterangan-{clock.today().year}.xlsx" in answer.headers["Content-Disposition"]
    form = {"first": "20", "last": "29", "purpose": "ditulis tangan"}
    answer = panitia.post("/kelola/register?buku=keterangan", data=form)
    assert "buku=keterangan" in answer.headers["Location"]
    assert [len(register.reserved(kind, clock.today().year)) for kind in RegisterKind] == [0, 1]
    assert numbers[ids[1]].split("/")[1:3] == ["0001", "SKET-BC"]


def test_a_revision_stays_in_the_register_of_its_number(app: Flask) -> None:
    """Also of a surat keterangan that was numbered before it had a register of its own."""
    (id,) = asked(1, CertificateRole.ATTENDEE)
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(register=RegisterKind.CERTIFICATE))
    number()
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(state=WorkState.DONE, sha256="0" * 64))
    with db.transaction():
        new = services.reissue(id, reason="nama", actor=factories.SYSTEM, now=clock.now())
        assert (new.register, new.serial, new.revision) == (RegisterKind.CERTIFICATE, 1, 1)
    assert broken() == []


def test_a_number_or_a_name_is_found_in_the_register(app: Flask, client_of: Opener) -> None:
    asked(3)
    number()
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.name == "Guru 2").values(name="Dewi_1", name_key="dewi 1"))
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    year = clock.today().year

    def found(words: str) -> list[str]:
        page = browser.get("/kelola/register", query_string={"tahun": year, "q": words}).get_data(as_text=True)
        assert "Cari nomor atau nama" in page
        return re.findall(r'<td class="full">(Guru [0-9])', page)

    first = db.session().scalar(sa.select(Certificate.number).order_by(Certificate.serial).limit(1))
    assert first is not None
    assert found(first.lower()) == ["Guru 0"]
    assert found("guru 1") == ["Guru 1"]
    assert found("DEWI") == ["Guru 2"]  # printed under the former name
    assert found("%") == found("_") == found("tiada") == []
    assert found("guru") == ["Guru 0", "Guru 1", "Guru 2"]
