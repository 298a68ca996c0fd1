"""Numbers: twenty workers at once, reserved ranges, voids, the register as a page and a workbook."""

from __future__ import annotations

import io
import threading

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import register, services
from calakan.certificates.errors import NotVoidable, RangeTaken
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.errors import ReasonMissing
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.reports.invariants import broken
from tests import factories
from tests.certificates.issuing import issued

WORKERS, PAPERS = 20, 60


def asked(count: int) -> list[int]:
    """That many papers that wait."""
    course, now = factories.diklat(days=1).id, clock.now()
    people = [factories.person(f"Guru {n}").id for n in range(count)]
    with db.transaction():
        db.insert_new(Certificate, [services._row(course, id, CertificateRole.PARTICIPANT, now=now) for id in people])
    return list(db.session().scalars(sa.select(Certificate.id).order_by(Certificate.id)))


def number(limit: int = 100) -> int:
    with db.transaction():
        token, ids = claims.claim(Certificate, now=clock.now(), limit=limit)
    with db.transaction():
        services.number_and_freeze(ids, token, now=clock.now())
    return len(ids)


def serials() -> list[int | None]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Certificate.serial).order_by(Certificate.serial)))


def test_twenty_workers_leave_no_double_and_no_gap(app: Flask) -> None:
    asked(PAPERS)
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
    assert serials() == list(range(1, PAPERS + 1))
    numbers = list(db.session().scalars(sa.select(Certificate.number)))
    assert len(set(numbers)) == PAPERS
    assert broken() == []


def reserve(first: int, last: int, purpose: str = "ditulis tangan") -> None:
    with db.transaction():
        register.reserve(clock.today().year, first, last, purpose=purpose, actor=factories.SYSTEM, now=clock.now())


def test_reserved_ranges_are_left_out_and_documented(app: Flask) -> None:
    asked(5)
    reserve(2, 3)
    reserve(4, 4)
    reserve(7, 9)
    number()
    assert serials() == [1, 5, 6, 10, 11]
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


def test_a_number_whose_paper_failed_is_voided_and_never_used_again(app: Flask, client_of) -> None:  # type: ignore[no-untyped-def]
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


def test_the_register_as_a_page_and_a_workbook(app: Flask, client_of) -> None:  # type: ignore[no-untyped-def]
    paper = issued(app, "=Sri Mulyati")
    year, shown = paper.year, (paper.year, paper.serial, paper.number, paper.revision, "=Sri Mulyati")
    panitia, guru = client_of(factories.person("Panitia", Role.PANITIA).id), client_of(factories.person("Guru").id)
    assert guru.get("/kelola/register").status_code == 403
    assert "Sri Mulyati" in panitia.get(f"/kelola/register?tahun={year}").get_data(as_text=True)
    form = {"first": "20", "last": "29", "purpose": "ditulis tangan"}
    assert panitia.post(f"/kelola/register?tahun={year}", data=form).status_code == 302
    refused = panitia.post(f"/kelola/register?tahun={year}", data=form)
    assert (refused.status_code, "sudah terpakai atau dicadangkan" in refused.get_data(as_text=True)) == (422, True)
    assert panitia.post(f"/kelola/register?tahun={year}", data=form | {"last": ""}).status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(panitia.get(f"/kelola/register.xlsx?tahun={year}").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == register.HEADINGS
    assert rows[1][:5] == shown
    assert rows[1][9] == "Berlaku"
    assert (rows[2][1], rows[2][9], rows[2][10]) == ("20–29", "Dicadangkan", "ditulis tangan")
