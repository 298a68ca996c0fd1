"""How many taps and fields the ways of every day cost, each held by a number: one more and this fails."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect
from time_machine import TimeMachineFixture

from calakan.attendance import services as attendance
from calakan.diklat import queries as diklat_queries
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as speaking
from calakan.notifications import letters
from calakan.people import queries as people
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh, go_on
from tests.browser.test_teacher import Hand, close_and_issue, enrol_first

PRIMARY = "main .btn:not(.btn-2, .btn-3)"


@pytest.mark.timeout(120)
def test_from_the_mail_to_the_code_a_narasumber_logs_in_nowhere(
    town: Town, morning: datetime, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(morning)
    session_id, speaker = factories.slot("Asesmen", days=3), factories.volunteer("Tri Handoko").id
    with db.transaction():
        speaking.invite(session_id, speaker, actor=factories.SYSTEM, now=clock.now())
    found = people.person(speaker)
    assert found is not None
    address = letters.site_link(factories.mailed(found.email, "narasumber."))
    link = re.sub(r"^https?://[^/]+", town.base, address)
    page = town.open()
    hand = Hand(page)
    page.goto(link)
    hand.taps += 1  # the link in the mail
    hand.tap(page.locator("button[name=jawab][value=bisa]"))
    expect(page.locator("button[name=jawab][value=bisa]")).to_have_count(0)

    time_machine.move_to(morning + timedelta(days=3, minutes=1))
    page.goto(link)
    hand.taps += 1  # the same link, on the day
    hand.tap(page.locator("form[action$='/kode'] button"))
    expect(page.locator(".code-mid")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    assert "/masuk" not in page.url
    assert fits(page)
    assert (hand.taps, hand.fields) == (4, 0)


@pytest.mark.timeout(120)
def test_three_sessions_and_the_paper_cost_a_teacher_nine_taps_and_three_codes(
    town: Town, morning: datetime, time_machine: TimeMachineFixture, tmp_path: Path
) -> None:
    time_machine.move_to(morning)
    made, email = factories.diklat("Numerasi Asyik", days=3), "sri.mulyati@example.org"
    id, slug, days = made.id, made.slug, (3, 10, 17)
    for day in days[1:]:
        factories.live_session(id, morning + timedelta(days=day))
    page = town.open()
    page.goto(f"{town.base}/diklat/{slug}")
    hand = enrol_first(town, page, email, script=True)
    hand.taps += 2  # the link in the group, and the code of the mail
    codes = 0
    for number, day in enumerate(days):
        time_machine.move_to(morning + timedelta(days=day, minutes=20))
        fresh()
        session_id = diklat_queries.sessions_of(id)[number].id
        with db.transaction():
            opened = attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now())
            code = opened.code
        page.goto(f"{town.base}/saya")
        page.fill("#kode", code)
        codes += 1
        hand.taps += 1
        go_on(page)
        arrive(page, f"/belajar/{slug}")
        expect(page.locator("main li.done")).to_have_count(number + 1)
    time_machine.move_to(morning + timedelta(days=18))
    close_and_issue(town, slug)
    fresh()
    found = re.search(r"^Unduh: (\S+)", factories.mailed(email, "certificates.").text, re.M)
    assert found is not None
    page = town.open()  # whoever holds the link needs no account
    with page.expect_download() as download, contextlib.suppress(PlaywrightError):  # a file is no page to arrive at
        hand.taps += 1
        page.goto(re.sub(r"^https?://[^/]+", town.base, found[1]))
    download.value.save_as(tmp_path / "sertifikat.pdf")
    assert "Sri Mulyati" in pypdf.PdfReader(tmp_path / "sertifikat.pdf").pages[0].extract_text()
    assert (hand.taps, codes, hand.fields) == (9, 3, 5)


@pytest.mark.timeout(120)
def test_a_clone_costs_two_taps_and_one_field_and_a_closing_two_taps(
    town: Town, morning: datetime, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(morning)
    committee = town.account("Ratri Panitia", Role.PANITIA)
    made = factories.diklat("Numerasi Asyik", days=1)
    slug = made.slug
    factories.enrol(made.id, [factories.person("Sri Mulyati").id])
    page = town.log_in(committee, width=1280)
    page.goto(f"{town.base}/kelola/diklat/{slug}")
    hand = Hand(page)
    hand.tap(page.locator(f"a[href='/kelola/diklat/{slug}/salin']"))
    page.fill("#first", f"{clock.local(morning + timedelta(days=30)):%Y-%m-%d}")
    hand.fields += 1
    hand.tap(page.locator(PRIMARY).filter(has_text="Buat salinan"))
    arrive(page, "*/sesi")
    expect(page.locator("main tbody tr")).to_have_count(1)
    assert hand.taps + hand.fields <= 3

    time_machine.move_to(morning + timedelta(days=2))
    page = town.log_in(committee, width=1280)
    page.goto(f"{town.base}/kelola/diklat/{slug}")
    hand = Hand(page)
    hand.tap(page.locator(".steps-all a[href$='/tutup']"))
    arrive(page, "*/tutup")
    hand.tap(page.locator("main button.btn-err"))
    arrive(page, "*/sertifikat")
    assert (hand.taps, hand.fields) == (2, 0)


@pytest.mark.timeout(120)
def test_many_are_ticked_over_pages_and_the_sheet_fits_the_smallest_phone(town: Town) -> None:
    committee = town.account("Ratri Panitia", Role.PANITIA)
    made = factories.diklat("Numerasi Asyik")
    slug, names = made.slug, [f"Guru {n:02}" for n in range(30)]
    factories.enrol(made.id, [factories.person(name).id for name in names])
    page = town.log_in(committee, width=320)
    page.goto(f"{town.base}/kelola/diklat/{slug}/peserta")
    page.locator("tbody tr").filter(has_text="Guru 01").locator("input[name=orang]").check()
    expect(page.locator("[data-n]")).to_have_text("1")
    page.get_by_role("button", name="Berikutnya").click()
    page.wait_for_url("**hal=2**")
    page.locator("tbody tr").filter(has_text="Guru 27").locator("input[name=orang]").check()
    expect(page.locator("[data-n]")).to_have_text("2")
    page.fill("#q", "guru 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=guru+1**")
    expect(page.locator("[data-n]")).to_have_text("2")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits(page)
    page.select_option("#tindakan", "batal")
    page.get_by_role("button", name="Lanjut").click()
    arrive(page, "*/banyak")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits(page)
    page.locator("details.panel summary").click()
    assert page.locator("details.panel li").all_inner_texts() == ["Guru 01", "Guru 27"]
    page.fill("#reason", "Pindah tugas")
    page.locator("main form .btn-err").click()
    arrive(page, "*/peserta")
    page.goto(f"{town.base}/kelola/diklat/{slug}/peserta?status=cancelled")
    expect(page.locator("main tbody tr")).to_have_count(2)
