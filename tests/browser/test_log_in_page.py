"""The log-in page: a password that can be looked at, and every way in without crowding the narrowest phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from calakan.people import issuers
from calakan.people.services import passkeys
from config import Issuer
from tests.browser.conftest import PASSWORD, Town, arrive, fits, go_on
from tests.servers.issuer import CLIENT_ID, CLIENT_SECRET, running


@pytest.fixture
def every_way(town: Town) -> Iterator[Town]:
    """Passkeys work here, and an issuer is set up that runs in a process of its own."""
    with running() as process:
        process.says(sub="ani", email="ani@guru.sd.belajar.id", email_verified=True, name="Ani Rahmawati")
        issuers.connect(
            [
                Issuer(name=name, label=label, url=process.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
                for name, label in (("belajar", "belajar.id"), ("google", "Google"))
            ]
        )
        town.base = town.base.replace("127.0.0.1", "localhost")
        passkeys.connect(town.base)
        yield town
    issuers.connect([])
    passkeys.connect("")


@pytest.mark.parametrize("width", [320, 390])
def test_every_way_in_fits_and_the_password_stays_the_first(every_way: Town, width: int) -> None:
    page = every_way.open(width=width)
    page.goto(f"{every_way.base}/masuk")
    for name in ("Masuk dengan passkey", "Kirim kode ke email saya"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    for name in ("Masuk dengan belajar.id", "Masuk dengan Google"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    assert fits(page)


def test_a_password_is_looked_at_and_sent_as_one(town: Town) -> None:
    email = town.account("Sri Mulyati")
    page = town.open()
    page.goto(f"{town.base}/masuk")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.get_by_label("Tampilkan kata sandi").check()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(page.locator("#password")).to_have_value(PASSWORD)
    page.get_by_label("Tampilkan kata sandi").uncheck()
    expect(page.locator("#password")).to_have_attribute("type", "password")
    page.get_by_label("Tampilkan kata sandi").check()
    go_on(page)
    arrive(page, "/hari-ini")


def test_without_javascript_a_password_is_a_password(town: Town) -> None:
    page = town.open(script=False)
    page.goto(f"{town.base}/masuk")
    expect(page.locator("#password")).to_have_attribute("type", "password")
    expect(page.get_by_text("Tampilkan kata sandi")).to_have_count(0)
