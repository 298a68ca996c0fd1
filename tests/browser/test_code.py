"""A code that is typed where the signal comes and goes: it is kept, sent again, and counted once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, new_app, served
from tests.world import build


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """An office of its own: these tests write."""
    app = new_app(tmp_path_factory.mktemp("codes"))
    with app.app_context():
        made = build(app)
    with served(app) as base:
        yield Site(app, base, made, chromium)


def test_a_code_waits_for_the_signal(office: Site) -> None:
    page = office.page("peserta")
    page.goto(f"{office.base}/hadir")
    page.context.set_offline(True)
    page.locator("input[name=kode]").fill(office.world.values["code"])
    page.get_by_role("button", name="Catat hadir").click()
    expect(page.locator("[data-keadaan]")).to_contain_text("Belum terkirim")
    page.context.set_offline(False)
    expect(page.get_by_text("Kehadiran tercatat", exact=False).first).to_be_visible()
    page.goto(f"{office.base}/hadir")
    expect(page.locator("[data-keadaan]")).to_be_empty()
    page.context.close()


def test_a_wrong_code_is_answered_and_not_sent_for_ever(office: Site) -> None:
    page = office.page("peserta")
    page.goto(f"{office.base}/hadir")
    page.locator("input[name=kode]").fill("000")
    page.get_by_role("button", name="Catat hadir").click()
    expect(page.get_by_text("Kode tidak cocok", exact=False).first).to_be_visible()
    page.goto(f"{office.base}/hadir")
    expect(page.locator("input[name=kode]")).to_have_value("")
    page.context.close()


def test_without_a_script_a_button_sends(office: Site) -> None:
    page = office.page("peserta", script=False)
    page.goto(f"{office.base}/hadir")
    page.locator("input[name=kode]").fill("001")
    page.get_by_role("button", name="Catat hadir").click()
    expect(page.get_by_text("Kode tidak cocok", exact=False).first).to_be_visible()
    page.context.close()
