"""A panitia makes a template: moves a field with the pointer and with the keyboard, publishes it, and a diklat uses it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs import queries
from calakan.certificates.models import Design
from calakan.kernel.actor import Role
from calakan.kernel.formats import number
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh
from tests.certificates.designs import drawings

WIDTH = 297.0


def middle(page: Page, key: str) -> tuple[float, float, float]:
    """The middle of a field on the screen, and how many points a millimetre takes."""
    box = page.locator(f'[data-bidang="{key}"]').bounding_box()
    sheet = page.locator(".bidang").bounding_box()
    assert box is not None
    assert sheet is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, sheet["width"] / WIDTH


def drag(page: Page, key: str, right: float, down: float) -> None:
    x, y, scale = middle(page, key)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    with page.expect_response(re.compile("/pratinjau$")):
        page.mouse.up()


def test_a_template_is_made_with_the_pointer_and_chosen(town: Town) -> None:
    rina = town.account("Rina", Role.PANITIA)
    slug = factories.diklat().slug
    page = town.log_in(rina, width=1280)
    page.goto(f"{town.base}/kelola/templat")
    page.fill("#name", "Bingkai batik")
    page.get_by_role("button", name="Buat templat").click()
    arrive(page, "/kelola/templat/1")
    assert page.locator(".lembar img").evaluate("image => image.complete && image.naturalWidth") > 0
    drag(page, "unit", 0, -30)
    expect(page.locator(".peringatan")).to_contain_text("Unit kerja")
    drag(page, "unit", 20, 31)
    expect(page.locator(".peringatan")).to_have_count(0)
    page.locator('[data-bidang="unit"]').focus()
    with page.expect_response(re.compile("/pratinjau$")):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator('[data-bidang="unit"]')).to_be_focused()
    page.locator('[data-bidang="heading"]').click()
    expect(page.locator("#heading_x")).to_be_visible()
    with page.expect_response(re.compile("/pratinjau$")):
        page.fill("#heading_y", "66")
    with page.expect_response(re.compile("/pratinjau$")):
        page.get_by_role("link", name="Nama terpanjang").click()
    page.set_input_files("#file", {"name": "latar.pdf", "mimeType": "application/pdf", "buffer": drawings.pdf()})
    page.get_by_role("button", name="Simpan dan terbitkan").click()
    expect(page.locator(".alert-ok").first).to_contain_text("Versi 1 terbit")
    version = queries.newest_version(fresh().scalars(sa.select(Design.id)).one())
    assert version is not None
    layout = layouts.loaded(version.layout)
    places = {place.key: place for place in layout.places}
    assert layout.ground is layouts.Ground.OWN
    assert (places["unit"].x, places["unit"].y) == pytest.approx((50.5 + 20 - 4.5, 114), abs=1)
    assert places["heading"].y == 66
    page.goto(f"{town.base}/kelola/diklat/{slug}/sertifikat")
    page.select_option("#t-pilih", label="Bingkai batik")
    page.get_by_role("button", name="Pakai", exact=True).click()
    expect(page.locator("#t-pilih")).to_have_value(number(version.design_id))


@pytest.mark.parametrize("width", [390, 1280])
def test_without_script_numbers_do_the_same(town: Town, width: int) -> None:
    page = town.log_in(town.account("Rina", Role.PANITIA), width=width, script=False)
    page.goto(f"{town.base}/kelola/templat")
    page.fill("#name", "Bingkai jahe")
    page.get_by_role("button", name="Buat templat").click()
    arrive(page, "/kelola/templat/*")
    page.locator('[data-isian="name"] summary').click()
    page.fill("#name_y", "95")
    page.get_by_role("button", name="Simpan rancangan").click()
    expect(page.locator(".peringatan")).to_contain_text("Tulisan sebelum nama menumpuk pada Nama penerima.")
    page.get_by_role("link", name="Nama terpanjang").click()
    expect(page.get_by_role("link", name="Nama terpanjang")).to_have_attribute("aria-current", "true")
    assert fits(page)
