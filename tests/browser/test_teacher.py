"""A teacher on a phone, from no account to a checked certificate; with the keyboard alone; and without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest
from playwright.sync_api import Locator, Page, expect
from time_machine import TimeMachineFixture

from calakan.attendance import services as attendance
from calakan.certificates import tasks as certificate_tasks
from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.people import queries as people
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh, go_on
from tests.world import PASSWORD

SCHOOL = "SD NEGERI 1 KEDUNGWULUH"


def letter_link(town: Town, address: str) -> str:
    """The link in the newest letter to this address, at the host of the test."""
    fresh()
    found = re.search(r"https?://\S+", factories.mailed(address).text)
    assert found is not None
    return town.base + urlsplit(found[0]).path


def open_code(slug: str) -> str:
    fresh()
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    session_id = diklat_queries.sessions_of(diklat.id)[0].id
    with db.transaction():
        return attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now()).code


def close_and_issue(town: Town, slug: str) -> None:
    fresh()
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    id = diklat.id
    with db.transaction():
        states.close(id, actor=factories.SYSTEM, now=clock.now())
    assert certificate_tasks.issue_due(town.app.extensions["calakan.settings"]) == 1


class Hand:
    """What it costs a person: how many fields are filled in, how often the finger taps."""

    def __init__(self, page: Page) -> None:
        self.page, self.fields, self.taps = page, 0, 0

    def type(self, selector: str, text: str) -> None:
        self.page.locator(selector).press_sequentially(text)
        self.fields += 1

    def pick(self, selector: str, value: str) -> None:
        self.page.select_option(selector, value)
        self.fields += 1

    def tap(self, where: Locator) -> None:
        where.click()
        self.taps += 1


def enrol_first(town: Town, page: Page, email: str, *, script: bool) -> Hand:
    """As a stranger on the page of a diklat: five fields, then the code of the mail."""
    hand = Hand(page)
    hand.type("#name", "Sri Mulyati")
    hand.type("#email", email)
    hand.type("#school_words", "sdn 1 kedungwuluh")
    if script:
        hand.tap(page.locator("#daftar button[type=button]").filter(has_text=SCHOOL).first)
        expect(page.locator("#daftar [name=school_id]")).not_to_have_value("")
    hand.pick("#jabatan", "guru_kelas")
    hand.tap(page.locator("#notice"))
    hand.fields += 1
    hand.tap(page.locator("#daftar button.btn:not([type=button])"))
    if not script:
        arrive(page, "/diklat/*/ikut")
        choice = page.locator("#school_id option").filter(has_text=SCHOOL).first
        page.select_option("#school_id", choice.get_attribute("value") or "")
        page.locator("#daftar button.btn").click()
        town.problems.remove(next(said for said in town.problems if "422" in said))  # of the page that asked which one
    arrive(page, "/masuk/kode-surat/kode")
    page.fill("#code", mailed_code(email))
    go_on(page)
    return hand


def mailed_code(email: str) -> str:
    fresh()
    found = re.search(r"^\d{6}$", factories.mailed(email).text, re.M)
    assert found is not None
    return found[0]


def make_sure_of_the_name(page: Page) -> None:
    page.locator("main a[href$='/sertifikat-saya']").click()
    page.fill("#title_after", "S.Pd.")
    page.select_option("#employment", "pns")
    go_on(page)
    expect(page.locator("#title_after")).to_have_value("S.Pd.")


def take_paper(town: Town, page: Page, tmp_path: Path) -> None:
    """Download one's certificate, and check it as a stranger would."""
    page.locator("a[href='/saya/riwayat']").locator("visible=true").first.click()
    page.locator("main li a:not([href$='.pdf'])").first.click()
    arrive(page, "/saya/sertifikat/*")
    with page.expect_download() as download:
        go_on(page)
    download.value.save_as(tmp_path / "sertifikat.pdf")
    printed = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "sertifikat.pdf").pages)
    assert "Sri Mulyati, S.Pd." in printed
    address = page.locator("main a[href^='/s/']").get_attribute("href") or ""
    anybody = town.open()
    anybody.goto(town.base + address)
    paper = anybody.locator("main [data-nomor]")
    assert paper.get_attribute("data-nama") == "Sri Mulyati, S.Pd."
    assert (paper.get_attribute("data-nomor") or "") in printed
    expect(anybody.locator("main .verdict h1")).to_have_text("Sertifikat sah")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_no_account_to_a_checked_certificate(
    town: Town, morning: datetime, time_machine: TimeMachineFixture, tmp_path: Path, script: bool
) -> None:
    time_machine.move_to(morning)
    slug, email = factories.diklat("Numerasi Asyik", days=3).slug, "sri.mulyati@example.org"
    other = factories.diklat("Literasi Asyik", days=9).slug
    page = town.open(script=script)
    page.fill("#q", "numerasi")
    page.press("#q", "Enter")
    page.locator(f"main a[href='/diklat/{slug}']").click()
    assert not script or fits(page)
    hand = enrol_first(town, page, email, script=script)
    arrive(page, f"/diklat/{slug}/terdaftar")
    assert hand.fields <= 5
    assert hand.taps <= 4
    expect(page.locator("main h1")).to_have_text("Bapak/Ibu sudah terdaftar")
    assert not script or fits(page)
    fresh()
    person = people.by_email(email)
    assert person is not None
    assert person.complete
    make_sure_of_the_name(page)

    page.goto(f"{town.base}/diklat")
    second = Hand(page)
    second.tap(page.locator(f"main a[href='/diklat/{other}']"))
    arrive(page, f"/diklat/{other}")
    second.tap(page.locator(f"form[action='/diklat/{other}/daftar'] button").locator("visible=true").first)
    arrive(page, f"/diklat/{other}/terdaftar")
    assert second.taps <= 2

    time_machine.move_to(morning + timedelta(days=3, minutes=20))
    page.goto(f"{town.base}/saya")
    page.fill("#kode", open_code(slug))
    go_on(page)
    arrive(page, f"/belajar/{slug}")
    expect(page.locator("main li.done")).to_have_count(1)
    assert not script or fits(page)

    time_machine.move_to(morning + timedelta(days=4))
    close_and_issue(town, slug)
    page.goto(f"{town.base}/saya")
    take_paper(town, page, tmp_path)


# The ring of what has the focus may be drawn around it or around the card it stands in.
SEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  if (!at || at === document.body) return false;
  for (let e = at; e && e !== document.body; e = e.parentElement) {
    const look = getComputedStyle(e), on = e === at || e.matches(':focus-within');
    if (on && (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2))
      return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  }
  return false;
}"""


def tab_to(page: Page, selector: str) -> None:
    """Tab until this has the focus; every stop on the way can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if where.startswith('<main id="isi"'):
            continue  # the way past the menu is kept by the redirect, and may have led here after the key was pressed
        assert page.evaluate(SEEN), where
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached")


@pytest.mark.parametrize("width", [390, 1280])
def test_with_the_keyboard_alone(town: Town, width: int) -> None:
    slug, email = factories.diklat("Numerasi Asyik").slug, town.account("Sri Mulyati")
    page = town.open(width=width)
    page.goto(f"{town.base}/masuk")
    tab_to(page, "a.skip")
    page.keyboard.press("Enter")
    tab_to(page, "#email")
    page.keyboard.type(email)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, "/hari-ini")
    tab_to(page, "a[href='/diklat']")
    page.keyboard.press("Enter")
    arrive(page, "/diklat")
    tab_to(page, "#q")
    page.keyboard.type("numerasi")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=numerasi**")
    tab_to(page, f"main a[href='/diklat/{slug}']")
    page.keyboard.press("Enter")
    arrive(page, f"/diklat/{slug}")
    tab_to(page, f"form[action='/diklat/{slug}/daftar'] button")
    page.keyboard.press("Space")
    arrive(page, f"/diklat/{slug}/terdaftar")


def test_the_enrol_button_lies_under_the_thumb(town: Town) -> None:
    """Above the tab bar, before any scrolling: what is at its middle is the button itself."""
    slug, email = factories.diklat("Numerasi Asyik").slug, town.account("Sri Mulyati")
    page = town.log_in(email)
    page.goto(f"{town.base}/diklat/{slug}")
    on_top = """b => { const r = b.getBoundingClientRect();
        return b.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)) }"""
    assert page.locator(".sticky button").evaluate(on_top) is True
