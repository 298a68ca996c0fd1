"""What the panitia do to the list of participants: cancel with a reason, seat the waiting, add by hand, take a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services
from calakan.enrolment.errors import EnrolmentClosed, NoSeatLeft, NotEligible, NotEnrolled, RemovalNeedsReason
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person
from calakan.reports.documents import rosters
from tests import factories

Opener = Callable[[int | None], FlaskClient]
CONFIRMED, WAITING, CANCELLED = EnrolmentState.CONFIRMED, EnrolmentState.WAITING, EnrolmentState.CANCELLED


def join(diklat_id: int, *person_ids: int, by_hand: bool = False) -> None:
    for person_id in person_ids:
        with db.transaction():
            services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), by_hand=by_hand)


def state(diklat_id: int, person_id: int) -> EnrolmentState:
    db.session().rollback()
    found = queries.enrolment(diklat_id, person_id)
    assert found is not None
    return found.state


def remove(diklat_id: int, *person_ids: int, reason: str = "pindah tugas") -> int:
    with db.transaction():
        return services.remove(diklat_id, person_ids, reason=reason, actor=factories.SYSTEM, now=clock.now())


def promote(diklat_id: int, *person_ids: int) -> int:
    with db.transaction():
        return services.promote(diklat_id, person_ids, actor=factories.SYSTEM, now=clock.now())


@pytest.fixture
def line(app: Flask) -> tuple[int, list[int]]:
    """Two seats; Ani and Budi sit, Citra, Dewi and Eko wait in this order."""
    course = factories.diklat(quota=2).id
    people = [factories.person(name).id for name in ("Ani", "Budi", "Citra", "Dewi", "Eko")]
    join(course, *people)
    return course, people


def test_those_removed_are_told_why_and_the_line_moves_up(app: Flask, line: tuple[int, list[int]]) -> None:
    course, (ani, budi, citra, dewi, eko) = line
    assert remove(course, ani, dewi) == 2
    states = [state(course, id) for id in (ani, budi, citra, dewi, eko)]
    assert states == [CANCELLED, CONFIRMED, CONFIRMED, CANCELLED, WAITING]
    told = db.session().scalars(sa.select(Message).where(Message.kind == "enrolment.removed")).all()
    assert sorted(message.person_id or 0 for message in told) == sorted([ani, dewi])
    letter = letters.compose(told[0], now=clock.now())
    assert letter is not None
    assert "pindah tugas" in letter.text
    acts = (
        db.session()
        .scalars(sa.select(AuditEntry).where(AuditEntry.act == "enrolment.remove").order_by(AuditEntry.id))
        .all()
    )
    assert [(entry.facts["person_id"], entry.facts["reason"]) for entry in acts] == [
        (ani, "pindah tugas"),
        (dewi, "pindah tugas"),
    ]
    assert remove(course, ani) == 0


def test_removal_is_refused_without_a_reason_and_for_strangers(app: Flask, line: tuple[int, list[int]]) -> None:
    course, (ani, *_) = line
    with pytest.raises(RemovalNeedsReason):
        remove(course, ani, reason="  ")
    with pytest.raises(NotEnrolled):
        remove(course, ani, factories.person("Lain").id)
    assert state(course, ani) is CONFIRMED


def test_the_chosen_are_seated_only_while_there_are_seats(app: Flask, line: tuple[int, list[int]]) -> None:
    course, (_, _, citra, dewi, eko) = line
    with pytest.raises(NoSeatLeft):
        promote(course, eko)
    with db.transaction() as session:
        session.execute(sa.update(Diklat).where(Diklat.id == course).values(quota=3))
    with pytest.raises(NoSeatLeft) as refused:
        promote(course, dewi, eko)
    assert refused.value.facts == {"free": 1, "wanted": 2}
    assert promote(course, eko) == 1
    assert [state(course, id) for id in (citra, dewi, eko)] == [WAITING, WAITING, CONFIRMED]
    assert promote(course, eko) == 0


def test_by_hand_the_window_does_not_bind_but_quota_target_and_the_end_do(app: Flask) -> None:
    now = clock.now()
    course = factories.diklat(quota=1, levels=[Jenjang.SD], enrol_closes_at=now + timedelta(hours=1)).id
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    smp = factories.person("Sari", jenjang=Jenjang.SMP).id
    with time_machine.travel(now + timedelta(hours=2)):
        with pytest.raises(EnrolmentClosed):
            join(course, ani)
        join(course, ani, budi, by_hand=True)
        with pytest.raises(NotEligible):
            join(course, smp, by_hand=True)
    assert (state(course, ani), state(course, budi)) == (CONFIRMED, WAITING)
    with time_machine.travel(now + timedelta(days=9)), pytest.raises(EnrolmentClosed) as refused:
        join(course, factories.person("Citra").id, by_hand=True)
    assert refused.value.facts == {"why": "ended"}


def test_the_page_cancels_and_seats_and_keeps_what_was_typed(
    app: Flask, client_of: Opener, line: tuple[int, list[int]]
) -> None:
    course, (ani, _, _, _, eko) = line
    slug = db.session().get_one(Diklat, course).slug
    codes = dict(db.session().execute(sa.select(Person.id, Person.code)).all())
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    path = f"/kelola/diklat/{slug}/peserta"
    page = browser.get(path).get_data(as_text=True)
    assert f'href="/kelola/orang/{codes[ani]}"' in page
    sheet = browser.post(f"{path}/banyak", data={"tindakan": "batal", "orang": codes[ani]}).get_data(as_text=True)
    assert "Ani" in sheet
    assert f'name="dipilih" value="{codes[ani]}"' in sheet
    todo = f"{path}/banyak/lakukan"
    refused = browser.post(todo, data={"tindakan": "batal", "dipilih": codes[ani], "reason": ""})
    assert refused.status_code == 422
    assert f'value="{codes[ani]}"' in refused.get_data(as_text=True)
    waiting = {"tindakan": "kursi", "dipilih": codes[eko]}
    full = browser.post(f"{todo}?status=waiting", data=waiting).get_data(as_text=True)
    assert "Kursi kosong tinggal 0." in full
    assert ">Eko<" in full
    # Nobody is seated from the list of the seated.
    assert "Tindakan ini tidak dapat" in browser.post(todo, data=waiting, follow_redirects=True).get_data(as_text=True)
    done = browser.post(todo, data={"tindakan": "batal", "dipilih": codes[ani], "reason": "ganda"})
    assert done.status_code == 303
    assert state(course, ani) is CANCELLED
    gone = browser.get(f"{path}?status=cancelled").get_data(as_text=True)
    assert "ganda" in gone
    assert 'value="batal"' not in gone


def test_somebody_is_found_and_added(app: Flask, client_of: Opener) -> None:
    course, ani = factories.diklat(quota=1), factories.person("Ani Rahmawati", phone="081234567890")
    empty = factories.person("Belum Lengkap", complete=False)
    id, slug, code, empty_code = course.id, course.slug, ani.code, empty.code
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    path = f"/kelola/diklat/{slug}/peserta/tambah"
    assert "Rahmawati" in browser.get(f"{path}?q=rahma").get_data(as_text=True)
    assert "Belum punya akun" in browser.get(f"{path}?q=tidakada").get_data(as_text=True)
    assert browser.post(path, data={"orang": code}).status_code == 302
    assert state(id, ani.id) is CONFIRMED
    assert browser.post(path, data={"orang": empty_code}).status_code == 422
    assert browser.post(path, data={"orang": "TIDAKADA00"}).status_code == 422
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1
    roster = browser.get(f"/kelola/diklat/{slug}/peserta").get_data(as_text=True)
    assert 'href="https://wa.me/6281234567890?text=' in roster


@pytest.mark.parametrize("path", ["peserta", "peserta/tambah", "peserta/unduh?format=csv"])
def test_participants_are_the_panitias_business(app: Flask, client_of: Opener, path: str) -> None:
    slug = factories.diklat().slug
    for role in ([], [Role.NARASUMBER], [Role.KORWILCAM], [Role.PIMPINAN]):
        who = factories.person("Orang", *role).id
        assert client_of(who).get(f"/kelola/diklat/{slug}/{path}").status_code == 404


def test_the_file_holds_text_as_text_and_runs_nothing(app: Flask, client_of: Opener) -> None:
    course = factories.diklat(quota=1)
    id, slug = course.id, course.slug
    nip, nuptk = "198501012010012001", "1234567890123450"
    first = factories.person("=cmd|' /C calc'!A0", nip=nip, nuptk=nuptk, phone="0812 3456 7890").id
    join(id, first, factories.person("Budi").id)
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    answer = browser.get(f"/kelola/diklat/{slug}/peserta/unduh?format=csv")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="peserta-{slug}-')
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == rosters.NAMES
    cells = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2
    assert (cells["Nama tanpa gelar"], cells["NIP"]) == ("'=cmd|' /C calc'!A0", "19850101 201001 2 001")
    assert (cells["NUPTK"], cells["WhatsApp"], cells["Status"]) == (
        "1234 5678 9012 3450",
        "0812 3456 7890",
        "Terdaftar",
    )
    book = openpyxl.load_workbook(
        io.BytesIO(browser.get(f"/kelola/diklat/{slug}/peserta/unduh?format=xlsx&status=waiting").data)
    )
    sheet = book["Peserta"]
    assert [cell.value for cell in sheet[2]][:3] == [1, "Budi", "Budi"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    typed = openpyxl.load_workbook(io.BytesIO(browser.get(f"/kelola/diklat/{slug}/peserta/unduh?format=xlsx").data))[
        "Peserta"
    ]
    row = dict(zip([cell.value for cell in typed[1]], typed[2], strict=True))
    for name, value in (("NIP", nip), ("NUPTK", nuptk), ("NPSN", row["NPSN"].value)):
        assert (row[name].value, row[name].data_type, row[name].number_format) == (value, "s", "@")
    assert (row["Sejak"].data_type, row["JP hadir"].data_type) == ("d", "n")
    entries = db.session().scalars(
        sa.select(AuditEntry).where(AuditEntry.act == "reports.roster").order_by(AuditEntry.id)
    )
    assert [(e.subject_id, e.facts["format"], e.facts["rows"], e.facts["state"]) for e in entries] == [
        (id, "csv", 1, "confirmed"),
        (id, "xlsx", 1, "waiting"),
        (id, "xlsx", 1, "confirmed"),
    ]
    assert browser.get(f"/kelola/diklat/{slug}/peserta/unduh?format=json").status_code == 404
