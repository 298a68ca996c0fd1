"""A real Chromium walks the job: a panitia publishes, a teacher joins on a phone, is marked, and the paper is checked."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.services import ensure_choices
from calakan.people import passwords
from calakan.people.directory import ensure_places
from calakan.people.models import Person
from tests import factories
from tests.conftest import make_app

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.xdist_group("browser"),
]
PASSWORD = "jambu kuning di kebun belakang"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, str]]:
    folder: Path = tmp_path_factory.mktemp("site")
    app = make_app(f"sqlite:///{folder / 'site.sqlite3'}", folder)
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def account(name: str, *roles: Role) -> str:
    person = factories.person(name, *roles)
    with db.transaction():
        db.session().get_one(Person, person.id).password_hash = passwords.hashed(PASSWORD)
    return db.session().get_one(Person, person.id).email


def log_in(browser: Browser, base: str, email: str, *, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 844}, accept_downloads=True).new_page()
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.goto(f"{base}/masuk")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/saya")
    return page


problems: list[str] = []


def test_from_publishing_to_the_checked_certificate(site, browser: Browser) -> None:  # type: ignore[no-untyped-def]
    app, base = site
    with app.app_context():
        committee, teacher = account("Ratri Panitia", Role.PANITIA), account("Sri Mulyati")
        course = factories.diklat("Numerasi Asyik", publish=False, days=2)
        slug, diklat_id = course.slug, course.id
    staff = log_in(browser, base, committee, width=1280)
    staff.goto(f"{base}/kelola/diklat/{slug}/sesi")
    staff.get_by_role("button", name="Terbitkan").first.click()
    staff.wait_for_load_state()
    phone = log_in(browser, base, teacher, width=390)
    phone.goto(f"{base}/diklat/{slug}")
    phone.locator(f'form[action="/diklat/{slug}/daftar"] button:visible').first.click()
    phone.wait_for_url(f"**/diklat/{slug}/terdaftar")
    assert "Numerasi Asyik" in phone.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    # Two days pass.
    past = clock.now() - timedelta(hours=5)
    values = {"starts_at": past, "ends_at": past + timedelta(hours=3)}
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(LiveSession).where(LiveSession.diklat_id == diklat_id).values(**values))
        session.execute(sa.update(Diklat).where(Diklat.id == diklat_id).values(**values))
    staff.goto(f"{base}/kelola/diklat/{slug}/kehadiran")
    staff.locator("tbody input[type=checkbox]").first.check()
    staff.locator("[name=alasan]").first.fill("Listrik padam, hadir menurut narasumber")
    staff.locator("form[action$='/kehadiran/tandai'] button").last.click()
    staff.wait_for_load_state()
    staff.goto(f"{base}/kelola/diklat/{slug}/tutup")
    if staff.locator("main form button").count() == 0:
        staff.goto(f"{base}/kelola/diklat/{slug}/sesi")
    staff.locator(f'form[action="/kelola/diklat/{slug}/tutup"] button, main form button').first.click()
    staff.wait_for_load_state()
    with app.app_context():
        assert certificate_tasks.issue_due(app.extensions["calakan.settings"]) == 1
        code = db.session().scalars(sa.select(Certificate.code)).one()
    phone.goto(f"{base}/saya/riwayat")
    assert phone.locator(f'a[href="/saya/sertifikat/{code}.pdf"]').count() >= 1
    anyone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    anyone.goto(f"{base}/s/{code}")
    assert anyone.inner_text("h1") == "Sertifikat sah"
    assert "Sri Mulyati" in anyone.inner_text("main")
    staff.goto(f"{base}/kelola/laporan")
    assert "Laporan" in staff.inner_text("h1")
    assert problems == []
