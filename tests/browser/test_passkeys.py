"""A phone with a fingerprint: a passkey is made on it, logs in with it, and stands in for the code of staff (Chromium's
virtual authenticator). Without JavaScript nothing of it is in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import CDPSession, Page, expect

from calakan.kernel.actor import Role
from calakan.people.services import passkeys
from calakan.people.ways_in import Passkey
from tests.browser.conftest import PASSWORD, Town, arrive, fits, fresh, go_on, type_account


@pytest.fixture
def named(town: Town) -> Iterator[Town]:
    """The site under a name, because browsers know passkeys under names alone."""
    town.base = f"http://localhost:{urlsplit(town.base).port}"
    passkeys.connect(town.base)
    yield town
    passkeys.connect("")


def with_fingerprint(page: Page) -> tuple[CDPSession, str]:
    """The device of this page has a reader of fingerprints, and the finger is its owner's."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def log_out(page: Page) -> None:
    page.context.clear_cookies()


def by_passkey(page: Page, base: str) -> None:
    page.goto(f"{base}/masuk")
    page.get_by_role("button", name="Masuk dengan passkey").click()


def test_a_teacher_makes_a_passkey_and_comes_in_with_it(named: Town) -> None:
    email = named.account("Sri Mulyati")
    page = named.log_in(email)
    device, id = with_fingerprint(page)
    page.goto(f"{named.base}/akun/perangkat")
    page.get_by_role("link", name="Tambah passkey").click()
    expect(page.get_by_text("Browser ini belum dapat")).to_be_hidden()
    page.fill("#name", "HP saya")
    go_on(page)
    arrive(page, "/akun/perangkat")
    expect(page.locator("b", has_text="HP saya")).to_be_visible()
    assert fits(page)
    log_out(page)
    by_passkey(page, named.base)
    arrive(page, "/hari-ini")
    log_out(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": False})  # somebody else's finger
    by_passkey(page, named.base)
    expect(page.get_by_text("Belum jadi.")).to_be_visible()
    expect(page.get_by_role("button", name="Masuk dengan passkey")).to_be_enabled()
    assert fits(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": True})
    page.get_by_role("button", name="Masuk dengan passkey").click()
    arrive(page, "/hari-ini")
    [key] = fresh().scalars(sa.select(Passkey)).all()
    assert (key.name, key.sign_count > 1) == ("HP saya", True)
    page.goto(f"{named.base}/akun/passkey")
    go_on(page)  # there is one on this phone
    expect(page.get_by_text("Perangkat ini sudah punya passkey")).to_be_visible()
    page.goto(f"{named.base}/akun/perangkat")
    page.get_by_role("button", name="Hapus HP saya").click()
    arrive(page, "/akun/perangkat")
    expect(page.locator("b", has_text="HP saya")).to_have_count(0)
    log_out(page)
    by_passkey(page, named.base)
    expect(page.get_by_text("Passkey ini tidak diterima")).to_be_visible()
    assert [problem.split()[-1] for problem in named.problems] == ["ENTITY)"]  # the page that refuses it
    named.problems.clear()


def test_the_passkey_of_staff_stands_for_the_code(named: Town) -> None:
    email = named.account("Sri Panitia", Role.PANITIA)
    page = named.log_in(email)
    with_fingerprint(page)
    page.goto(f"{named.base}/akun/passkey")
    go_on(page)
    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    log_out(page)
    page.goto(f"{named.base}/masuk")
    type_account(page, email)
    arrive(page, "/masuk/kode")
    page.get_by_role("button", name="Pakai passkey").click()
    arrive(page, "/hari-ini")


def test_without_javascript_there_is_no_button_and_everything_else_works(named: Town) -> None:
    email = named.account("Sri Mulyati")
    page = named.open(script=False)
    page.goto(f"{named.base}/masuk")
    expect(page.get_by_role("button", name="Masuk dengan passkey")).to_be_hidden()
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    go_on(page)
    arrive(page, "/hari-ini")
    page.goto(f"{named.base}/akun/passkey")
    expect(page.get_by_text("Browser ini belum dapat")).to_be_visible()
    expect(page.get_by_role("button", name="Buat passkey")).to_be_hidden()
