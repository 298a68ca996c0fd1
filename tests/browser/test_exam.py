"""A test on a phone whose signal comes and goes: each answer is saved, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, new_app, served
from tests.world import build


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """An office of its own: these tests write."""
    app = new_app(tmp_path_factory.mktemp("exams"))
    with app.app_context():
        made = build(app)
    with served(app) as base:
        yield Site(app, base, made, chromium)


def test_answers_wait_for_the_signal(office: Site) -> None:
    page = office.page("peserta")
    page.goto(f"{office.base}/belajar/{office.world.diklat['own']}/tes/1")
    told = page.locator("[data-keadaan]")
    page.locator("input[name=soal-1]").first.check()
    expect(told).to_have_text("Tersimpan.")
    page.context.set_offline(True)
    page.locator("input[name=soal-2]").last.check()
    expect(told).to_contain_text("Belum tersimpan")
    page.context.set_offline(False)
    expect(told).to_have_text("Tersimpan.")
    page.reload()
    expect(page.locator("input[name=soal-1]").first).to_be_checked()
    expect(page.locator("input[name=soal-2]").last).to_be_checked()
    page.context.close()


def test_without_a_script_a_button_saves(office: Site) -> None:
    page = office.page("peserta", script=False)
    page.goto(f"{office.base}/belajar/{office.world.diklat['own']}/tes/1")
    page.locator("input[name=soal-2]").first.check()
    page.get_by_role("button", name="Simpan dulu").click()
    expect(page.get_by_text("Jawaban tersimpan.")).to_be_visible()
    expect(page.locator("input[name=soal-2]").first).to_be_checked()
    page.context.close()
