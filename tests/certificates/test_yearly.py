"""One paper over the JP of a year: found again, revised when a certificate changes, and checked by anyone."""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.certificates import queries, services
from calakan.certificates.errors import NothingThatYear
from calakan.certificates.models import Certificate, CertificateRole
from calakan.certificates.outside import services as outside
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import services as yearly
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.signing import inspect, token
from calakan.signing.keys import Keyring
from config import Settings
from tests import factories
from tests.certificates.issuing import Opener, held, issued, make_papers


def make(app: Flask, person_id: int, year: int, settings: Settings | None = None) -> YearPaper:
    used: Settings = settings or app.extensions["calakan.settings"]
    with db.transaction():
        return yearly.make(
            person_id, year, store=app.extensions["calakan.files"], seals=Seals(used, now=clock.now()),
            base_url=used.base_url, actor=factories.SYSTEM, now=clock.now(),
        )  # fmt: skip


def content(app: Flask, paper: YearPaper) -> bytes:
    found: bytes = app.extensions["calakan.files"].get(paper.sha256)
    return found


def year_of(paper: Certificate) -> int:
    assert paper.issued_on is not None
    return paper.issued_on.year


def revoke(paper: Certificate) -> None:
    with db.transaction():
        services.revoke(paper.id, reason="Keliru", actor=factories.SYSTEM, now=clock.now())


def test_it_says_what_was_certified_and_is_signed(app: Flask) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    made = make(app, person_id, year)
    assert made.jp == queries.jp_of_year(queries.of_person(person_id), year) == paper.jp
    file = content(app, made)
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages).split())
    for said in (
        "REKAP TAHUNAN",
        f"Rekap Jam Pelajaran Tahun {year}",
        "Sri Mulyati",
        paper.number,
        f"{paper.jp} JP",
        made.number,
    ):
        assert str(said) in text, said
    assert "Struktur program" not in text
    assert inspect.first_signature(file)
    keys = Keyring(app.extensions["calakan.settings"].data_dir / "keys").keys()
    proven = token.check(inspect.qr_text(file) or "", keys)
    assert (proven.code, proven.facts.jp, proven.facts.number) == (made.code, paper.jp, made.number)


def test_the_same_again_is_the_same_paper_and_a_new_certificate_revises_it(app: Flask) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    first = make(app, person_id, year)
    assert make(app, person_id, year).id == first.id
    held(person_id, title="Asesmen Sumatif")
    make_papers(app)
    second = make(app, person_id, year)
    assert (second.revision, len(second.facts["papers"])) == (1, 2)
    assert second.jp == queries.jp_of_year(queries.of_person(person_id), year)
    assert yearly.standing(first).newer == second
    assert yearly.standing(second).status.is_valid
    assert yearly.latest(person_id, year) == second
    with db.transaction():
        said = outside.Said(
            title="Lokakarya Kampus", organiser="Kampus", held_on=clock.today().replace(year=year, month=1), jp=9
        )
        shown = outside.Shown("a" * 64, "pdf")
        code = outside.send(person_id, said, shown, actor=factories.SYSTEM, now=clock.now()).code
    assert make(app, person_id, year).id == second.id  # it waits
    with db.transaction():
        outside.decide(code, agree=True, actor=factories.SYSTEM, now=clock.now())
    third = make(app, person_id, year)
    assert (third.revision, third.jp) == (2, second.jp)
    pages = pypdf.PdfReader(io.BytesIO(content(app, third))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert all(said in text for said in ("Di luar Dinas", "Lokakarya Kampus", f"{second.jp} JP"))


def test_nobody_makes_a_signed_paper_in_a_name_that_no_certificate_bears(app: Flask) -> None:
    """A profile is written by its owner; the name of a certificate changes by the panitia's word alone."""
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    first = make(app, person_id, year)
    with db.transaction() as session:
        person = session.get_one(Person, person_id)
        person.name, person.school_elsewhere = "Budi Santoso", "Sekolah Lain"
    again = make(app, person_id, year)
    assert (again.id, again.facts["name"]) == (first.id, "Sri Mulyati")
    held(person_id, title="Asesmen Sumatif")
    make_papers(app)
    second = make(app, person_id, year)
    assert second.facts["name"] == "Budi Santoso"  # the newest certificate bears it
    assert [line["bearer"] for line in second.facts["papers"]] == ["Sri Mulyati", ""]
    pages = pypdf.PdfReader(io.BytesIO(content(app, second))).pages
    assert "sertifikat atas nama Sri Mulyati" in " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_title_that_came_later_is_no_other_name(app: Flask) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    with db.transaction() as session:
        session.get_one(Person, person_id).title_after = "S.Pd."
        older = session.get_one(Certificate, paper.id)
        older.facts = {key: value for key, value in older.facts.items() if key != "bare_name"}
    held(person_id, title="Asesmen Sumatif")
    make_papers(app)
    made = make(app, person_id, year)
    assert (made.facts["name"], [line["bearer"] for line in made.facts["papers"]]) == ("Sri Mulyati, S.Pd.", ["", ""])


def test_a_withdrawn_certificate_does_not_live_on_in_a_sum(app: Flask) -> None:
    paper = issued(app)
    number, year, person_id = paper.number, year_of(paper), paper.person_id
    made = make(app, person_id, year)
    revoke(paper)
    standing = yearly.standing(made)
    assert (standing.newer, standing.gone, standing.status.is_replaced) == (None, [number], True)
    with pytest.raises(NothingThatYear):
        make(app, person_id, year)


def test_only_papers_of_a_participant_issued_in_the_year_count(app: Flask) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    for other in (year - 1, year + 1):
        with pytest.raises(NothingThatYear):
            make(app, person_id, other)
    with pytest.raises(NothingThatYear):
        make(app, factories.person("Orang Lain").id, year)
    with db.transaction() as session:
        session.get_one(Certificate, paper.id).role = CertificateRole.SPEAKER
    assert queries.years_of(queries.of_person(person_id)) == []
    with pytest.raises(NothingThatYear):
        make(app, person_id, year)


def test_nothing_is_kept_while_the_key_is_away(app: Flask, tmp_path: Path) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    away = replace(app.extensions["calakan.settings"], signing_p12=str(tmp_path / "none.p12"))
    with pytest.raises(OSError, match="CALAKAN_SIGNING_P12"):
        make(app, person_id, year, away)
    db.session().rollback()
    assert db.session().scalars(sa.select(YearPaper)).all() == []


def test_two_taps_at_once_make_one(app: Flask) -> None:
    paper = issued(app)
    year, person_id = year_of(paper), paper.person_id
    db.session().rollback()
    found: list[int] = []
    barrier = threading.Barrier(2)

    def tap() -> None:
        with app.app_context():
            barrier.wait()
            found.append(make(app, person_id, year).id)
            db.db.session.remove()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_one_tap_from_the_page_of_certificates_to_the_file(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    year, browser = year_of(paper), client_of(paper.person_id)
    assert f'action="/saya/rekap-{year}"' in browser.get("/saya/riwayat").get_data(as_text=True)
    sent = browser.post(f"/saya/rekap-{year}")
    made = db.session().scalars(sa.select(YearPaper)).one()
    assert (sent.status_code, sent.location) == (303, f"/saya/rekap/{made.code}.pdf")
    file = browser.get(sent.location)
    assert file.data == content(app, made)
    assert file.headers["Content-Disposition"] == f'attachment; filename="rekap-jp-{year}.pdf"'
    assert client_of(factories.person("Orang Lain").id).get(sent.location).status_code == 404
    none = browser.post(f"/saya/rekap-{year - 1}")
    assert (none.status_code, none.location) == (303, "/saya/riwayat")
    assert "belum ada yang direkap" in browser.get("/saya/riwayat").get_data(as_text=True)


def test_what_cannot_be_drawn_or_signed_is_said(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    year, browser = year_of(paper), client_of(paper.person_id)
    with db.transaction() as session:
        held_one = session.get_one(Certificate, paper.id)
        held_one.facts = held_one.facts | {"name": "Sri 漢字"}
    assert browser.post(f"/saya/rekap-{year}").location == "/saya/riwayat"
    assert "tidak dapat dicetak" in browser.get("/saya/riwayat").get_data(as_text=True)
    assert db.session().scalars(sa.select(YearPaper)).all() == []


def test_anyone_checks_it_by_code_number_and_file(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    made = make(app, paper.person_id, year_of(paper))
    code, number, file = made.code, made.number, content(app, made)
    stranger = client_of(None)
    page = stranger.get(f"/s/{code}").get_data(as_text=True)
    assert "Rekap JP sah" in page
    assert str(paper.number) in page
    for typed in (code, code.lower(), number):
        assert stranger.get("/periksa", query_string={"no": typed}).location == f"/s/{code}"
    told = stranger.get("/periksa/berkas", query_string={"sha256": hashlib.sha256(file).hexdigest()}).get_json()
    assert (told["status"], told["number"]) == ("valid", number)
    revoke(db.session().get_one(Certificate, paper.id))
    page = stranger.get(f"/s/{code}").get_data(as_text=True)
    assert "Rekap JP perlu diperbarui" in page
    assert "Mintalah rekap yang terbaru" in page
    told = stranger.get("/periksa/berkas", query_string={"sha256": hashlib.sha256(file).hexdigest()}).get_json()
    assert told["status"] == "replaced"


def test_what_was_confirmed_from_elsewhere_and_is_no_more_is_named(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    said = outside.Said(title="Lokakarya", organiser="Kampus", held_on=date(year_of(paper), 1, 1), jp=4)
    with db.transaction():
        row = outside.send(
            paper.person_id, said, outside.Shown("a" * 64, "pdf"), actor=factories.SYSTEM, now=clock.now()
        )
        outside.decide(row.code, agree=True, actor=factories.SYSTEM, now=clock.now())
        elsewhere = row.code
    code = make(app, paper.person_id, year_of(paper)).code
    stranger = client_of(None)
    page = stranger.get(f"/s/{code}").text
    own, _, apart = page.partition("Dari luar Dinas, tidak dijumlahkan")
    assert ("Rekap JP sah" in own, "Lokakarya" in own, f"{paper.jp} JP dari 1 sertifikat" in own) == (True, False, True)
    assert (apart.count("Lokakarya"), "Kampus · 1 Jan" in apart, "· 4 JP" in apart) == (1, True, True)
    with db.transaction():
        outside.annul(elsewhere, "sertifikatnya palsu", actor=factories.SYSTEM, now=clock.now())
    page = stranger.get(f"/s/{code}").text
    assert ("Rekap JP perlu diperbarui" in page, "palsu" in page) == (True, False)
    assert page.partition("Dari luar Dinas")[2].count("Tidak berlaku lagi") == page.count(">Tidak berlaku lagi<") == 1
    with db.transaction():
        outside.withdraw(elsewhere, actor=factories.SYSTEM, now=clock.now())
    assert "Rekap JP perlu diperbarui" in stranger.get(f"/s/{code}").text


def test_a_revision_names_what_replaced_it(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    first = make(app, paper.person_id, year_of(paper))
    person_id, year, code = paper.person_id, first.year, first.code
    held(person_id, title="Asesmen Sumatif")
    make_papers(app)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        make(app, person_id, year)
    page = client_of(None).get(f"/s/{code}").get_data(as_text=True)
    assert "sudah diganti oleh revisi 1" in page


def test_whoever_checks_reads_another_name_on_a_certificate(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    person_id = paper.person_id
    with db.transaction() as session:
        session.get_one(Person, person_id).name = "Budi Santoso"
    held(person_id, title="Asesmen Sumatif")
    make_papers(app)
    made = make(app, person_id, year_of(paper))
    page = client_of(None).get(f"/s/{made.code}").get_data(as_text=True)
    assert page.count("sertifikat atas nama Sri Mulyati") == 1
