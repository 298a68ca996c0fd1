"""Checking in a real Chromium: the dropped file, the signed QR, flight mode, and an old browser's arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from calakan.certificates import rendering, services
from calakan.kernel import clock, db
from calakan.signing import inspect
from tests import factories
from tests.browser.conftest import new_app, served
from tests.certificates.issuing import issued


@dataclass
class Site:
    base: str
    code: str
    content: bytes
    qr: str
    revoked: bytes

    def qr_path(self) -> str:
        """The address of the QR on this server: the papers name another host."""
        return self.base + "/S/" + self.qr.rpartition("/S/")[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = new_app(tmp_path_factory.mktemp("checking"))
    with app.app_context():
        papers = [issued(app, name) for name in ("Nur'aini Ḥasan", "Budi Dicabut")]
        files = [rendering.read(paper, app.extensions["calakan.files"]) for paper in papers]
        code, revoked = papers[0].code, papers[1].id
        with db.transaction():
            services.revoke(revoked, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    text = inspect.qr_text(files[0])
    assert text is not None
    with served(app) as base:
        yield Site(base, code, files[0], text, files[1])


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": 390, "height": 844}, locale="id-ID")
    yield opened
    opened.close()


def pick(page: Page, content: bytes) -> None:
    page.set_input_files("#berkas", {"name": "sertifikat.pdf", "mimeType": "application/pdf", "buffer": content})
    expect(page.locator(".berkas:has(#berkas)")).to_contain_text("sertifikat.pdf")


def flipped(content: bytes) -> bytes:
    return content[:9000] + bytes([content[9000] ^ 1]) + content[9001:]


def renamed(text: str) -> str:
    at = text.index("#") + 22
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_a_dropped_file_is_the_very_one_or_is_told(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    bodies: list[int] = []
    page.on("request", lambda request: bodies.append(len(request.post_data_buffer or b"")))
    page.goto(f"{site.base}/periksa")
    verdict = page.locator("#hasil h2")
    for content, words in (
        (site.content, "Berkas asli"),
        (flipped(site.content), "Berkas sudah berubah"),
        (site.revoked, "Berkas asli, sudah dicabut"),
        (b"%PDF-1.7 lain", "Tidak pernah diterbitkan"),
    ):
        pick(page, content)
        expect(verdict).to_have_text(words)
    assert set(bodies) == {0}


@pytest.mark.parametrize("old", [False, True])
def test_the_text_of_a_qr_is_proven_or_refused(site: Site, context: BrowserContext, old: bool) -> None:
    page = context.new_page()
    if old:
        page.add_init_script("crypto.subtle.importKey = () => Promise.reject(Error('NotSupportedError'))")
    page.goto(f"{site.base}/periksa/luring")
    verdict = page.locator("#hasil h2")
    for text, words in (
        (site.qr, "QR asli"),
        (renamed(site.qr), "QR tidak sah"),
        (site.qr.replace(site.code, "0" * 26), "QR tidak sah"),
        (site.qr[:-1] + ("0" if site.qr[-1] != "0" else "G"), "QR tidak sah"),
        ("halo", "QR tidak sah"),
    ):
        page.fill("#qr-teks", text)
        page.click("text=Periksa QR")
        expect(verdict).to_have_text(words)
    page.fill("#qr-teks", site.qr)
    page.click("text=Periksa QR")
    expect(page.locator("#hasil dd").first).to_have_text("Nur'aini Ḥasan")


def test_a_scanned_qr_is_checked_in_flight_mode(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{site.base}/periksa/luring")
    page.evaluate(
        "Promise.all(['/periksa', '/s/', '/S/'].map(scope => new Promise(done => {"
        "const look = async () => (await navigator.serviceWorker.getRegistration(scope))?.active"
        " ? done() : setTimeout(look, 50); look() })))"
    )
    context.set_offline(True)
    page.goto(site.qr_path())
    expect(page.locator("#hasil h2")).to_have_text("QR asli")
    expect(page.locator("#hasil dd").first).to_have_text("Nur'aini Ḥasan")
    page.goto("about:blank")
    page.goto(renamed(site.qr_path()))
    expect(page.locator("#hasil h2")).to_have_text("QR tidak sah")
    page.goto(f"{site.base}/periksa/luring")
    pick(page, site.content)
    expect(page.locator("#hasil h2")).to_have_text("Belum dapat dipastikan")
    context.set_offline(False)


def test_the_page_of_a_scanned_qr_tells_a_changed_qr(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.qr_path())
    expect(page.locator("h1")).to_have_text("Sertifikat sah")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#hasil")).to_be_hidden()
    page.goto("about:blank")
    page.goto(renamed(site.qr_path()))
    expect(page.locator("#hasil h2")).to_have_text("QR tidak sah")
