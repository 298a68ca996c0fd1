"""A phone without a signal: what somebody kept opens, a code waits for the line, and logging out leaves nothing."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_code import office

__all__ = ["office"]

KEPT = "caches.keys().then(all => all.filter(name => name.startsWith('saya-')))"


def keep(page: Page, base: str) -> None:
    page.goto(f"{base}/saya/luring")
    page.get_by_role("button", name="Simpan di HP ini").click()
    expect(page.locator("[data-keadaan]")).to_contain_text("Tersimpan.")
    page.evaluate("navigator.serviceWorker.ready.then(reg => reg.active.state)")
    page.wait_for_function("() => navigator.serviceWorker.controller")


def test_what_was_kept_opens_without_a_signal(office: Site) -> None:
    page = office.page("peserta")
    keep(page, office.base)
    page.context.set_offline(True)
    page.goto(f"{office.base}/saya")
    expect(page.locator("h1")).to_have_text("Halo, Sri")
    assert page.evaluate("document.fonts.ready.then(fonts => fonts.size)") > 0
    # What was not kept leads to what was.
    page.goto(f"{office.base}/diklat")
    expect(page.locator("h1")).to_have_text("Buka tanpa sinyal")
    expect(page.get_by_text("Tidak ada sinyal.")).to_be_visible()
    page.get_by_role("link", name="QR kehadiran").first.click()
    expect(page.locator("main svg").first).to_be_visible()
    page.context.set_offline(False)
    page.goto(f"{office.base}/diklat")
    expect(page.locator("h1")).not_to_have_text("Buka tanpa sinyal")
    page.context.close()


def test_what_is_ticked_is_kept_and_what_is_not_is_dropped(office: Site) -> None:
    page = office.page("peserta")
    keep(page, office.base)
    boxes = page.locator("input[type=checkbox][name=alamat]")
    address = boxes.first.get_attribute("value")
    held = f"caches.match('{address}').then(found => Boolean(found))"
    boxes.first.set_checked(True)
    keep_again = page.get_by_role("button", name="Simpan di HP ini")
    keep_again.click()
    page.wait_for_function(f"() => {held}")
    expect(page.locator("[data-keadaan]")).to_contain_text("Tersimpan.")
    page.reload()
    expect(boxes.first).to_be_checked()
    boxes.first.set_checked(False)
    keep_again.click()
    expect(page.locator("[data-keadaan]")).to_contain_text("Tersimpan.")
    assert not page.evaluate(held)
    page.get_by_role("button", name="Hapus dari HP ini").click()
    expect(page.locator("[data-keadaan]")).to_have_text("Dihapus dari HP ini.")
    assert page.evaluate(KEPT) == []
    page.context.close()


def test_a_code_typed_without_a_signal_is_sent_later(office: Site) -> None:
    page = office.page("peserta")
    keep(page, office.base)
    page.context.set_offline(True)
    page.goto(f"{office.base}/hadir")
    # A token of days ago: the page gets one of today before it gives up.
    page.evaluate("document.querySelector('form[data-kode]').elements.csrf_token.value = 'old'")
    page.locator("input[name=kode]").fill(office.world.values["code"])
    page.get_by_role("button", name="Catat hadir").click()
    expect(page.locator("[data-keadaan]")).to_contain_text("Belum terkirim")
    page.context.set_offline(False)
    expect(page.get_by_text("Kehadiran tercatat", exact=False).first).to_be_visible()
    page.context.close()


def test_logging_out_leaves_nothing_on_the_phone(office: Site) -> None:
    page = office.page("kepsek")
    keep(page, office.base)
    assert page.evaluate(KEPT)
    page.locator("header details.menu summary").click()
    page.get_by_role("button", name=re.compile("^Keluar")).click()
    page.wait_for_function(f"() => {KEPT}.then(all => !all.length)")
    page.context.close()


def test_somebody_else_on_the_same_phone_finds_nothing(office: Site) -> None:
    page = office.page("peserta")
    keep(page, office.base)
    other = office.page("narasumber").context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies(other)
    page.goto(f"{office.base}/hari-ini")
    page.wait_for_function(f"() => {KEPT}.then(all => !all.length)")
    page.context.close()


def test_a_page_that_knows_nobody_makes_nothing_forgotten(office: Site) -> None:
    page = office.page("peserta")
    keep(page, office.base)
    page.goto(f"{office.base}/tidak/ada/halaman/ini")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(KEPT)
    page.context.close()
