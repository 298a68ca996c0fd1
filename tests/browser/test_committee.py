"""A panitia at a desk: from an empty form to certificates and counts that agree on screen, in the file and in the rows."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from time_machine import TimeMachineFixture

from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import School
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh, go_on, type_account
from tests.browser.test_teacher import Hand


def minute(at: datetime) -> str:
    """As a field for a date and a time takes it."""
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


def write_course(page: Page, starts: datetime, speaker: str) -> str:
    """A draft with a session, its narasumber and work at home, then published; returns its slug."""
    page.locator(".adm-nav a[href='/kelola/diklat']").click()
    page.locator("main a[href='/kelola/diklat/baru']").click()
    page.fill("#title", "Numerasi Asyik")
    page.fill("#summary", "Bermain sambil berhitung di kelas awal.")
    page.fill("#outcomes", "Menyusun permainan\nMenilai tanpa angka")
    page.fill("#quota", "40")
    go_on(page)
    arrive(page, "*/sesi")
    slug = page.url.split("/")[-2]
    page.locator("main a[href$='/sesi/baru']").click()
    page.fill("#title", "Permainan kartu bilangan")
    page.fill("#starts_at", minute(starts))
    page.fill("#ends_at", minute(starts + timedelta(hours=3)))
    page.fill("#room_url", "https://ruang.example.org/numerasi")
    page.locator("#speakers summary").click()
    page.locator("#speakers label").filter(has_text=speaker).locator("input").check()
    go_on(page)
    arrive(page, "*/sesi")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Langkah berikutnya").click()
    arrive(page, f"/kelola/diklat/{slug}")
    page.locator("form[action$='/terbitkan'] button").click()
    arrive(page, "*/bagikan")
    return slug


def come_back(town: Town, page: Page, email: str, path: str) -> None:
    """Hours later: whoever works here has been logged out, and is brought back to where they were going."""
    page.goto(town.base + path)
    arrive(page, "/masuk")
    type_account(page, email)
    arrive(page, path)


def teachers_join(slug: str) -> Mapping[str, str]:
    """Three teachers of two kecamatan: the kecamatan by name of the teacher."""
    schools = list(fresh().scalars(sa.select(School).order_by(School.id)))
    here, there = schools[0], next(s for s in schools if s.kecamatan_code != schools[0].kecamatan_code)
    places = {"Sri Mulyati": here, "Budi Santoso": there, "Nur Hidayah": there}
    diklat_id = db.session().scalars(sa.select(Diklat.id).where(Diklat.slug == slug)).one()
    kecamatan = {name: school.kecamatan_code for name, school in places.items()}
    for name, school_id in {name: school.id for name, school in places.items()}.items():
        teacher = factories.person(name, school_id=school_id).id
        with db.transaction():
            enrolment.join(diklat_id, teacher, actor=factories.SYSTEM, now=clock.now())
    return kecamatan


def on_screen(page: Page) -> list[list[str]]:
    rows = page.locator("section[aria-labelledby=h-tbl] tbody tr").all()
    return [row.locator("th, td").all_inner_texts()[:-1] for row in rows]


def in_the_file(page: Page) -> list[list[str]]:
    with page.expect_download() as download:
        page.locator("a[href*='format=xlsx']").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))["Partisipasi"]
    return [[str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def counted(page: Page, stage: str) -> dict[str, int]:
    """Enrolments by kecamatan at this stage, the same on the screen and in the file."""
    if not page.locator("#tahap").is_visible():
        page.locator("summary").filter(has_text="Saringan lain").click()
    page.select_option("#tahap", stage)
    page.select_option("#menurut-1", "kecamatan")
    go_on(page)
    page.wait_for_url(f"**tahap={stage}**")
    *rows, total = on_screen(page)
    header, *lines = in_the_file(page)
    assert header == ["Kode kecamatan", "Kecamatan", "Kepesertaan", "Peserta unik"]
    assert sorted(line[1:] for line in lines) == sorted(rows)
    assert total[1] == str(sum(int(line[2]) for line in lines))
    return {line[0]: int(line[2]) for line in lines}


def tally(values: list[str]) -> dict[str, int]:
    return {value: values.count(value) for value in values}


@pytest.mark.timeout(120)
def test_from_an_empty_form_to_the_counts(town: Town, morning: datetime, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(morning)
    committee = town.account("Ratri Panitia", Role.PANITIA)
    factories.volunteer("Tri Handoko")
    page = town.log_in(committee, width=1280)
    page.locator(".nav a[href='/kelola']").click()
    slug = write_course(page, morning + timedelta(hours=2), "Tri Handoko")
    assert page.context.request.get(f"{town.base}/diklat/{slug}").status == 200
    kecamatan = teachers_join(slug)
    page.locator(".tabs a[href$='/peserta']").first.click()
    expect(page.locator("main tbody tr")).to_have_count(3)
    assert fits(page)

    time_machine.move_to(morning + timedelta(hours=3))
    come_back(town, page, committee, f"/kelola/diklat/{slug}/kehadiran")
    present = {"Sri Mulyati", "Nur Hidayah"}
    for name in present:
        page.locator("tbody tr").filter(has_text=name).locator("input[name=sel]").check()
    expect(page.locator("[data-n]").first).to_have_text("2")
    page.select_option("#status", label="Hadir")
    page.fill("#alasan", "Listrik padam, hadir menurut narasumber")
    page.locator("button[formaction$='/tandai']").click()
    expect(page.locator("tbody label").filter(has_text="sesi 1: Hadir")).to_have_count(2)

    time_machine.move_to(morning + timedelta(hours=8))
    come_back(town, page, committee, f"/kelola/diklat/{slug}")
    page.locator(".steps-all a[href$='/tutup']").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("main .btn-err").click()
    arrive(page, "*/sertifikat")
    assert certificate_tasks.issue_due(town.app.extensions["calakan.settings"]) == 3
    page.reload()
    papers = page.locator("section[aria-labelledby=h-reg] tbody th")
    expect(papers).to_have_count(3)
    assert sorted(papers.all_inner_texts()) == sorted([*present, "Tri Handoko"])

    page.locator(".adm-nav a[href='/kelola/laporan']").click()
    assert counted(page, "enrolled") == tally(list(kecamatan.values()))
    holders = sa.select(Certificate).where(Certificate.role == CertificateRole.PARTICIPANT)
    held = [kecamatan[paper.facts["name"]] for paper in fresh().scalars(holders)]
    assert counted(page, "certified") == tally(held) == tally([kecamatan[name] for name in present])
    assert fits(page)


@pytest.mark.timeout(120)
def test_four_sessions_by_a_rule_take_seven_fields_at_most(
    town: Town, morning: datetime, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(morning)
    committee = town.account("Ratri Panitia", Role.PANITIA)
    factories.volunteer("Tri Handoko")
    page = town.log_in(committee, width=1280)
    page.goto(f"{town.base}/kelola/diklat/baru")
    hand = Hand(page)
    hand.type("#title", "Numerasi Asyik")
    hand.type("#summary", "Bermain sambil berhitung di kelas awal.")
    hand.type("#quota", "40")
    go_on(page)
    arrive(page, "*/sesi")
    hand.tap(page.locator("main a[href$='/sesi/susun']"))
    first = page.locator("#first")
    expect(page.locator("#first + [data-baca]")).to_have_text(
        re.compile(r"^(Sen|Sel|Rab|Kam|Jum|Sab|Min)\w*, \d+ \w+ 20\d\d$")
    )
    was = first.input_value()
    first.fill("2027-06-12")
    expect(page.locator("#first + [data-baca]")).to_have_text("Sabtu, 12 Juni 2027")
    first.fill(was)
    hand.pick("#weekday", "3")
    hand.type("#speakers", "Tri Handoko")
    hand.type("#room_url", "https://ruang.example.org/numerasi")
    hand.tap(page.locator("button[value=pola]"))
    expect(page.locator("fieldset.panel")).to_have_count(4)
    assert fits(page)
    go_on(page)
    arrive(page, "*/sesi")
    expect(page.locator("main tbody tr")).to_have_count(4)
    assert hand.fields <= 7
    assert hand.taps <= 2
